import { spawnSync } from 'node:child_process'
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { createRunner } from '../../src/tools/process/run.ts'
import { program } from '../commands/program.ts'
import { faults as schemaFaults } from '../support/json-schema.ts'
import { folderWith } from '../tools/helpers.ts'

/** Eight hand-ins: two are right, six have the faults that courses know. */
const FAULTS: Readonly<Record<string, readonly string[]>> = {
  fedorov: ['files', 'vagrantfile', 'playbook'],
  ivanova: [],
  kuznetsov: ['trust'],
  petrov: [],
  popova: ['superuser'],
  sidorov: ['slot'],
  smirnova: ['recoveryConf'],
  volkov: ['secrets'],
}
const NAMES = Object.keys(FAULTS)

interface PrintedMark {
  readonly id: string
  readonly outcome: string
  readonly seen: readonly string[]
  readonly command: string
}

interface Printed {
  readonly handIns: readonly {
    readonly name: string
    readonly points: number
    readonly of: number
    readonly marks: readonly PrintedMark[]
  }[]
  readonly similar: readonly { readonly names: readonly string[]; readonly reasons: readonly string[] }[]
}

const run = createRunner()

function git(cwd: string, ...args: readonly string[]): void {
  const who = ['-c', 'user.name=student', '-c', 'user.email=student@localhost', '-c', 'commit.gpgsign=false']
  const { status, stderr } = spawnSync('git', [...who, ...args], { cwd, encoding: 'utf8' })
  expect([status, stderr]).toEqual([0, expect.anything()])
}

/** As a teacher has them: clones, each with its history. */
function clones(): string {
  const folder = folderWith()
  cpSync('test/fixtures/hand-ins', folder, { recursive: true })
  for (const name of NAMES) {
    const cwd = join(folder, name)
    git(cwd, 'init', '--quiet')
    if (name === 'volkov') {
      const vars = join(cwd, 'vars/db.yml')
      const now = readFileSync(vars, 'utf8')
      writeFileSync(vars, `${now}stream_password: Gb7-kestrel-41\n`)
      git(cwd, 'add', '--all')
      git(cwd, 'commit', '--quiet', '-m', 'it works')
      writeFileSync(vars, now)
    }
    git(cwd, 'add', '--all')
    git(cwd, 'commit', '--quiet', '-m', 'hand in')
  }
  return folder
}

async function graded(
  cwd: string,
  folders: readonly string[],
  ...options: readonly string[]
): Promise<Printed> {
  const { stdout, stderr } = await program(['grade', ...folders, '--static', '--json', ...options], {
    cwd,
    run,
  })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

function failed(marks: readonly PrintedMark[]): readonly string[] {
  return marks.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id)
}

describe('eight hand-ins', () => {
  let folder = ''
  let grades: Printed
  beforeAll(async () => {
    folder = clones()
    grades = await graded(folder, NAMES, '--out', 'out')
  })

  const markOf = (name: string, id: string) =>
    grades.handIns.find((handIn) => handIn.name === name)?.marks.find((mark) => mark.id === id)

  test('are those of the fixtures', () => {
    expect(readdirSync('test/fixtures/hand-ins').sort()).toEqual(NAMES)
  })

  test('have every fault found, and none invented', () => {
    expect(Object.fromEntries(grades.handIns.map(({ name, marks }) => [name, failed(marks)]))).toEqual(FAULTS)
  })

  test('are like no other', () => {
    expect(grades.similar).toEqual([])
  })

  test('lose the points of what is missing, and of nothing else', () => {
    expect(
      Object.fromEntries(grades.handIns.map(({ name, points, of }) => [name, `${points}/${of}`])),
    ).toEqual({
      fedorov: '70/90',
      ivanova: '90/90',
      kuznetsov: '75/90',
      petrov: '90/90',
      popova: '80/90',
      sidorov: '65/90',
      smirnova: '80/90',
      volkov: '80/90',
    })
  })

  test('are told where each fault is', () => {
    expect(markOf('kuznetsov', 'trust')?.seen).toEqual([
      'roles/db/files/pg_hba.conf:6: host    replication     stream          172.20.5.0/24           trust',
    ])
    expect(markOf('smirnova', 'recoveryConf')?.seen).toEqual([
      'conf/recovery.conf.j2: a recovery.conf, with which PostgreSQL 14 does not start',
      'plays/database.yaml: a recovery.conf, with which PostgreSQL 14 does not start',
    ])
    expect(markOf('sidorov', 'slot')?.seen).toEqual([
      'primary_slot_name is set nowhere: pg2_slot is made, and nobody uses it',
    ])
    expect(markOf('fedorov', 'vagrantfile')?.seen[0]).toMatch(/^Vagrantfile: Vagrantfile:8: syntax error/)
    expect(markOf('fedorov', 'playbook')?.seen[0]).toMatch(/^standby.yml:4: /)
    expect(markOf('fedorov', 'files')?.seen).toEqual([
      "there is neither Barman's configuration nor a backup script that cron starts",
    ])
    expect(markOf('volkov', 'secrets')?.seen).toEqual([
      expect.stringMatching(/^vars\/db\.yml:5 \(git show [0-9a-f]{12}\): a password as plain text$/),
    ])
  })

  test('do not show a secret again', () => {
    expect(JSON.stringify(grades)).not.toContain('kestrel')
  })

  test.each(['kuznetsov', 'smirnova', 'popova'])('are given a command that shows the fault: %s', (name) => {
    const [id = ''] = FAULTS[name] ?? []
    const { stdout } = spawnSync('sh', ['-c', markOf(name, id)?.command ?? ''], {
      cwd: join(folder, name),
      encoding: 'utf8',
    })
    expect(stdout).not.toBe('')
  })

  test('are written as data by the schema, as a table, and as a page each', () => {
    const data = JSON.parse(readFileSync(join(folder, 'out/grades.json'), 'utf8'))
    expect(data.handIns).toEqual(grades.handIns)
    expect(schemaFaults(data, JSON.parse(readFileSync('schemas/grade.schema.json', 'utf8')))).toEqual([])
    const csv = readFileSync(join(folder, 'out/grades.csv'), 'utf8').trimEnd().split('\r\n')
    expect(csv).toHaveLength(NAMES.length + 1)
    expect(csv[1]).toBe('fedorov,70,90,0,0,0,25,10,15,10,10,,')
    const page = readFileSync(join(folder, 'out/index.html'), 'utf8')
    expect(page.match(/class="student"/g)).toHaveLength(NAMES.length)
    expect(page).toContain('fedorov: 70 of 90')
  })

  test('are told in Russian where the rubric asks for it', async () => {
    writeFileSync(
      join(folder, 'rubric.yml'),
      'title: ДЗ 7\nlanguage: ru\ncriteria:\n  slot: { points: 60, asked: Слот }\n  trust: 40\n',
    )
    const { stdout, exitCode } = await program(['grade', 'sidorov', '--static', '--rubric', 'rubric.yml'], {
      cwd: folder,
      run,
    })
    expect(exitCode).toBe(1)
    expect(stdout).toMatchInlineSnapshot(`
      "ДЗ 7

      Работа   Баллы      Чего не хватает
      sidorov  40 из 100  slot

      sidorov
        ✖ Слот 0/60
            слот кто-то создаёт, и primary_slot_name реплики называет его же
            primary_slot_name нигде не задан: слот pg2_slot создаётся, но никем не используется
            grep -rnE 'primary_slot_name|physical_replication_slot|postgresql_slot|--?(S|slot)\\b' .
        ✔ По сети никто не входит через trust 40/40
            строк с trust для сети нет

      Только по файлам: ничего из сданных работ не запускалось.
      "
    `)
  })
})

describe('two hand-ins', () => {
  test('that share a secret, commits and their lines are shown', async () => {
    const folder = clones()
    const copy = join(folder, 'orlov')
    cpSync(join(folder, 'volkov'), copy, { recursive: true })
    writeFileSync(join(copy, 'README.md'), 'All my own work.\n')
    const { similar } = await graded(folder, [...NAMES, 'orlov'])
    expect(similar).toEqual([
      {
        names: ['volkov', 'orlov'],
        reasons: ['the same secret', 'the same commits', '100 % of the lines are the same'],
      },
    ])
  })

  test('that share their lines alone are shown as well', async () => {
    const folder = clones()
    const copy = join(folder, 'orlov')
    cpSync(join(folder, 'ivanova'), copy, { recursive: true })
    rmSync(join(copy, '.git'), { recursive: true })
    writeFileSync(
      join(copy, 'Vagrantfile'),
      readFileSync(join(copy, 'Vagrantfile'), 'utf8').replaceAll('192.168.57', '10.1.1'),
    )
    const { similar } = await graded(folder, [...NAMES, 'orlov'])
    expect(similar).toEqual([
      { names: ['ivanova', 'orlov'], reasons: [expect.stringMatching(/^\d\d % of the lines/)] },
    ])
  })

  test('of equal names are told apart', async () => {
    const folder = folderWith({ 'a/lab/README.md': 'a', 'b/lab/README.md': 'b' })
    const { handIns } = await graded(folder, ['a/lab', 'b/lab'])
    expect(handIns.map(({ name }) => name)).toEqual(['a/lab', 'b/lab'])
  })
})
