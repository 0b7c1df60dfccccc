import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Answer, Terminal } from '../support/terminal.ts'
import { spawn } from './support.ts'

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'pg-lab-newcomer-'))
const packed = spawn('npm', ['pack', '--json', '--pack-destination', folder]).stdout
const tarball: string = JSON.parse(packed.slice(packed.indexOf('[\n')))[0].filename

afterAll(() => rmSync(folder, { recursive: true }))

/** What a program proposes to type: a line of its own, two spaces in, with what it is for behind it. */
function proposed(shown: string): string[] {
  return [...shown.matchAll(/^ {2}((?:cd|npm|npx) \S.*?)(?: {2,}|$)/gm)].map(([, command = '']) => command)
}

describe.each([
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
])('a newcomer with a terminal of $columns×$rows and no registry', ({ columns, rows }) => {
  const name = `newcomer-${columns}`
  const terminal = new Terminal(name, {
    columns,
    rows,
    cwd: folder,
    env: { npm_config_offline: 'true', LANG: 'C.UTF-8', npm_config_update_notifier: 'false' },
  })
  let steps: string[] = []

  afterAll(() => {
    terminal.close()
    spawn('node', [join('dist', 'pg-lab.js'), '-C', join(folder, name), 'destroy', '--yes'])
  })

  /** Types what must succeed. */
  async function must(command: string, ...answers: readonly Answer[]) {
    const { shown, status } = await terminal.type(command, { answers })
    expect({ command, status, shown }).toMatchObject({ status: 0 })
    return shown
  }

  it('makes a lab by Enter alone', async () => {
    const shown = await must(
      `npx --yes ./${tarball} ${name}`,
      ['Which lab?', 'Enter'],
      ['What should the machines run on?', 'Enter'],
      ['Which system and PostgreSQL?', 'Enter'],
      ['How many slaves?', 'Enter'],
      ['In which language should the README be?', 'Enter'],
    )
    steps = proposed(shown)
    expect(steps).toEqual([`cd ${name}`, 'npm install --prefer-offline', 'npm run up'])
  })

  it('types what it was told, and the lab is up', async () => {
    let shown = ''
    for (const step of steps) shown = await must(step)
    expect(shown).toMatch(/✔ Verify +\d+ checks passed/)
    steps = proposed(shown)
    expect(steps.length).toBeGreaterThan(5)
  })

  it('types all that the closing words propose', async () => {
    for (const step of steps) {
      const [, , command = '', node = ''] = step.split(' ')
      const leave: Readonly<Record<string, Answer>> = {
        psql: ['otus', '\\q', 'Enter'],
        ssh: [`@${node}:`, 'exit', 'Enter'],
      }
      await must(step, ...[leave[command] ?? []].filter((answer): answer is Answer => answer.length > 0))
    }
  })

  it('starts it again, edits a role and the config, and regenerates', async () => {
    await must('npm run up')
    const role = 'provisioning/roles/master/tasks/main.yml'
    await must(`echo '# as I explained it in class' >> ${role}`)
    await must("sed -i 's/8MB/16MB/' cluster.config.ts")
    expect(await must('npm run plan')).toContain('work_mem')
    await must('npm run generate')
    expect(await must(`tail -1 ${role}`)).toBe('# as I explained it in class')
    expect(await must('npx create-pg-lab generate --edits')).toContain(role)
  })

  it('goes on in a clone in another folder', async () => {
    await must('git init --quiet && git add --all')
    await must('git -c user.name=student -c user.email=student@example.org commit --quiet --message lab')
    await must(`git clone --quiet . ../${name}-elsewhere && cd ../${name}-elsewhere`)
    await must('npm install --prefer-offline')
    const shown = await must('npm run plan')
    expect(shown).not.toMatch(/refus|conflict/i)
    expect(await must('npx create-pg-lab generate --check')).toContain('Every file is as the config gives it')
  })
})
