import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DRILLS } from '../../../src/drills/index.ts'
import type { OpenDrill } from '../../../src/drills/rehearsal/open-drill.ts'
import { masterAnswer, slaveAnswer } from '../../observe/answers.ts'
import { testLab } from '../../support/lab.ts'
import { labFolder, program } from '../program.ts'
import { speakingRun } from '../speaking-run.ts'

const STATE: OpenDrill = {
  drill: 'slave-outage',
  cast: { primary: 'master', victim: 'slave', writer: 'backup', how: undefined },
  startedMs: 1,
  disasterMs: 2,
  pid: 1,
  identity: 'another boot',
  step: 'Stop PostgreSQL on slave',
  kept: true,
  hints: 0,
  steps: [],
}

/** A lab in which a drill has not ended. */
function openLab(state: Partial<OpenDrill> = {}): string {
  const folder = labFolder()
  mkdirSync(join(folder, '.pg-lab/drill'), { recursive: true })
  writeFileSync(join(folder, '.pg-lab/drill/state.json'), JSON.stringify({ ...STATE, ...state }))
  return folder
}

describe('pg-lab drill', () => {
  it('lists every drill with one line', async () => {
    const { exitCode, stdout } = await program(['drill'], { cwd: labFolder() })
    expect(exitCode).toBe(0)
    for (const { id, teaches } of DRILLS) expect(stdout).toMatch(new RegExp(`^ {2}${id} +${teaches.en}`, 'm'))
  })

  it('lists them in Russian', async () => {
    const { stdout } = await program(['drill', '--lang', 'ru'], { cwd: labFolder() })
    for (const { teaches } of DRILLS) expect(stdout).toContain(teaches.ru)
  })

  it('has each of them in the README', () => {
    const text = readFileSync('README.md', 'utf8')
    expect(DRILLS.filter(({ id }) => !text.includes(`| \`${id}\` |`)).map(({ id }) => id)).toEqual([])
  })

  const SERVERS = `{
    name: shop, provider: ssh,
    master: { address: 192.168.11.150 }, slaves: [{ address: 192.168.11.151 }], backup: { address: 192.168.11.152 },
  }`

  it.each([
    [['slave-outage'], 'were there before it', 'npx create-pg-lab drill slave-outage --on shop'],
    [
      ['failover', '--how', 'process'],
      'were there',
      'npx create-pg-lab drill failover --how process --on shop',
    ],
    [['slave-outage', '--on', 'shopp'], 'This is the lab shop, not shopp', 'drill slave-outage --on shop'],
    [['failover', '--how', 'machine', '--on', 'shop'], 'cannot rehearse failover', 'power or their network'],
    [['failover', '--how', 'network', '--on', 'shop'], 'cannot rehearse failover', 'power or their network'],
  ])('%j breaks no server that was there before the lab', async (words, message, hint) => {
    const cwd = labFolder({ machines: [], config: SERVERS })
    const { exitCode, stderr } = await program(['drill', ...words], { cwd })
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain(hint)
  })

  it.each([
    [['drill', 'slave-outag'], 'There is no drill slave-outag', 'slave-outage'],
    [['drill', 'slave-outage', '--how', 'fire'], 'slave-outage has no --how fire', 'leave --how out'],
    [['drill', 'slave-outage', '--in-place'], 'slave-outage has no --how in-place', 'leave --how out'],
    [['drill', 'hint'], 'No drill is waiting to be repaired', '--keep'],
    [['drill', 'check'], 'No drill is waiting to be repaired', 'npx create-pg-lab verify'],
    [['drill', 'repair'], 'No drill is unfinished', 'npx create-pg-lab verify'],
  ])('%j is the user’s mistake', async (argv, message, hint) => {
    const { exitCode, stderr } = await program(argv, { cwd: labFolder() })
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain(hint)
  })

  it('begins no drill while another has not ended', async () => {
    const { exitCode, stderr } = await program(['drill', 'backup-outage'], { cwd: openLab() })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('The drill slave-outage has not ended')
    expect(stderr).toContain('npx create-pg-lab drill repair')
  })

  const hintsOf = (id: string) => DRILLS.find((drill) => drill.id === id)?.hints(STATE.cast, testLab()) ?? []
  const hint = async (cwd: string, run = speakingRun({}).run, ...options: string[]) =>
    (await program(['drill', 'hint', ...options], { cwd, run })).stdout

  it('gives the hints one by one, and the last again until it is done', async () => {
    const cwd = openLab()
    const hints = hintsOf('slave-outage')
    for (const [at, { en, type }] of hints.entries()) {
      expect(await hint(cwd)).toBe(`${at + 1}/${hints.length}  ${en}\n\n     ${type}\n\n`)
    }
    expect(await hint(cwd)).toContain(hints.at(-1)?.en)
    expect(await hint(cwd, undefined, '--all')).toContain(hints.map(({ en }) => en)[0])
  })

  it('passes over what is done, and says so when nothing is left', async () => {
    const { run } = speakingRun({
      master: () => ({ stdout: `${JSON.stringify(masterAnswer())}\n` }),
      slave: () => ({ stdout: `${JSON.stringify(slaveAnswer())}\n` }),
    })
    expect(await hint(openLab(), run)).toContain('npx create-pg-lab drill check')
  })

  it('names the way out where no look shows what was done', async () => {
    const cwd = openLab({ drill: 'pitr', cast: { ...STATE.cast, how: 'beside' }, hints: 99 })
    expect(await hint(cwd)).toContain('npx create-pg-lab drill repair')
  })
})

describe('pg-lab status', () => {
  it.each([
    [{}, 'The drill slave-outage waits for your repair'],
    [
      { kept: false },
      'was cut off (Stop PostgreSQL on slave). Repair the lab: npx create-pg-lab drill repair',
    ],
  ])('tells of a drill that has not ended: %j', async (state, words) => {
    const { run } = speakingRun({})
    const { stdout } = await program(['status'], { cwd: openLab(state), run })
    expect(stdout).toContain(words)
  })
})
