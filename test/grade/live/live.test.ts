import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Interrupted } from '../../../src/errors.ts'
import { copyHandIn, movesFor } from '../../../src/grade/live/copy.ts'
import { gradeLive, type LiveAnswers } from '../../../src/grade/live/live.ts'
import { GRADE_WORDS } from '../../../src/grade/rubric.ts'
import { readSubmission } from '../../../src/grade/submission.ts'
import { parseSubnet } from '../../../src/resolve/addresses.ts'
import { createRunner } from '../../../src/tools/process/run.ts'
import type { Command, Output, Runner } from '../../../src/tools/runner.ts'
import { folderWith, scriptedTools } from '../../tools/helpers.ts'

const VAGRANTFILE = `Vagrant.configure("2") do |config|
  config.vm.define "a" do |a|
    a.vm.network "private_network", ip: "192.168.56.10"
    a.vm.provider("docker") { |d| d.name = "db-a" }
  end
  (1..2).each { |i| config.vm.define("b#{i}") { |b| b.vm.network "private_network", ip: "10.0.7.#{i}" } }
end
`
const HAND_IN = {
  Vagrantfile: VAGRANTFILE,
  'hosts.ini': 'a ansible_host=192.168.56.10\nb1 ansible_host=10.0.7.1\n',
  'run.sh': '#!/bin/sh\necho 1.2.3.4 8.8.8.8\n',
}

describe('the copy of a hand-in', () => {
  const taken = [parseSubnet('192.168.11.0/24'), parseSubnet('192.168.12.0/24')]

  test('has networks and names of its own, everywhere the same', () => {
    const folder = folderWith(HAND_IN)
    const submission = readSubmission(folder)
    const moves = movesFor(submission, taken)
    const copy = join(folderWith(), 'copy')
    copyHandIn(submission, copy, { moves, prefix: 'grade-x' })
    const [first = '', second = ''] = moves.values()
    expect([...moves.keys()]).toEqual(['192.168.56.', '10.0.7.'])
    expect(new Set([first, second, '192.168.11.', '192.168.12.']).size).toBe(4)
    expect(readFileSync(join(copy, 'Vagrantfile'), 'utf8')).toBe(
      VAGRANTFILE.replace('192.168.56.', first)
        .replace('10.0.7.', second)
        .replace('"db-a"', '"grade-x-db-a"'),
    )
    expect(readFileSync(join(copy, 'hosts.ini'), 'utf8')).toBe(
      `a ansible_host=${first}10\nb1 ansible_host=${second}1\n`,
    )
    expect(readFileSync(join(copy, 'run.sh'), 'utf8')).toBe(HAND_IN['run.sh'])
  })

  test('has no links, and nothing that another lab has kept', () => {
    const folder = folderWith({ ...HAND_IN, '.pg-lab/secrets/replica': 'x' })
    symlinkSync('/etc/passwd', join(folder, 'link'))
    const copy = join(folderWith(), 'copy')
    copyHandIn(readSubmission(folder), copy, { moves: new Map(), prefix: 'x' })
    expect(readdirSync(copy).sort()).toEqual(['Vagrantfile', 'hosts.ini', 'run.sh'])
  })
})

/** Machines of a hand-in that answer so. */
interface Says {
  readonly up?: Partial<Output>
  readonly slot?: string | null
  readonly standbyWrites?: boolean
  readonly rowLost?: boolean
  readonly check?: Partial<Output>
  readonly provision?: string
  readonly noBarman?: boolean
}

const RECAP = (changed: number) =>
  `PLAY RECAP ****\na : ok=9    changed=${changed}    unreachable=0    failed=0    skipped=1\nb1 : ok=4    changed=0    unreachable=0    failed=0\n`

function machines(says: Says = {}): { readonly run: Runner; readonly commands: Command[] } {
  const commands: Command[] = []
  let row = ''
  const inside = (node: string, words: string, stdin: string): Partial<Output> => {
    const refused = {
      exitCode: 1,
      stderr: 'ERROR:  cannot execute CREATE TABLE in a read-only transaction\n',
    }
    if (words.includes('list-server'))
      return says.noBarman || node !== 'c' ? { exitCode: 127 } : { stdout: 'main\n' }
    if (words.includes("'barman' 'check'") || words.includes('barman check'))
      return says.check ?? { stdout: 'OK\n' }
    if (words.includes('barman')) return { stdout: 'Backup completed\n' }
    if (node === 'c') return { exitCode: 127, stderr: 'psql: not found' }
    if (stdin.includes('pg_is_in_recovery')) return { stdout: JSON.stringify([{ standby: node === 'b1' }]) }
    if (stdin.includes('pg_stat_wal_receiver'))
      return { stdout: JSON.stringify([{ slot_name: says.slot === undefined ? 's' : says.slot }]) }
    const [, made] = /CREATE TABLE public\.pg_lab_grade AS SELECT '(grade \d+)'/.exec(stdin) ?? []
    if (made) row = made
    if (stdin.includes('on_a_standby')) return says.standbyWrites ? {} : refused
    if (stdin.includes('SELECT v')) return { stdout: JSON.stringify(says.rowLost ? [] : [{ v: row }]) }
    return {}
  }
  const run: Runner = async (command) => {
    commands.push(command)
    const { file, args, stdin = '', onLine } = command
    const words = args.join(' ')
    let answer: Partial<Output> = {}
    if (file === 'vagrant' && args[0] === 'up') answer = says.up ?? {}
    if (file === 'vagrant' && args[0] === 'provision') answer = { stdout: says.provision ?? RECAP(0) }
    if (file === 'vagrant' && args[0] === 'status')
      for (const name of ['a', 'b1', 'c']) onLine?.(`1,${name},state,running`, 'stdout')
    if (file === 'vagrant' && args[0] === 'ssh-config') answer = { stdout: 'Host a\n  HostName 127.0.0.1\n' }
    if (file === 'ssh') {
      const node = ['a', 'b1', 'c'].find((name) => args.includes(name)) ?? ''
      answer = inside(node, words, stdin)
      answer = { ...answer, stdout: `--- pg-lab ---\n${answer.stdout ?? ''}` }
    }
    return { exitCode: 0, stdout: '', stderr: '', durationMs: 1, ...answer }
  }
  return { run, commands }
}

const place = (run: Runner, folder: string, notes: string[] = []) => ({
  run,
  folder,
  words: GRADE_WORDS.en,
  networks: async () => [],
  note: (text: string) => void notes.push(text),
})

function told(answers: LiveAnswers): Record<string, string> {
  return Object.fromEntries(
    Object.entries(answers).map(([id, { outcome, seen }]) => [id, `${outcome}: ${seen.join('; ')}`]),
  )
}

async function grade(says: Says = {}, folder = folderWith()): Promise<Record<string, string>> {
  return told(await gradeLive(readSubmission(folderWith(HAND_IN)), place(machines(says).run, folder)))
}

describe('the machines of a hand-in', () => {
  test('that is right have all their points', async () => {
    expect(await grade()).toMatchInlineSnapshot(`
      {
        "again": "met: changed=0",
        "backup": "met: main: taken",
        "barman": "met: main: OK",
        "readOnly": "met: b1 refuses a write",
        "row": "met: the row came to b1",
        "streams": "met: b1 streams through s",
        "up": "met: running: a, b1, c",
      }
    `)
  })

  test.each([
    ['streams', { slot: null }, 'failed: b1 streams without a slot'],
    ['readOnly', { standbyWrites: true }, 'failed: b1 takes writes'],
    ['barman', { noBarman: true }, 'unasked: no machine has a Barman that knows a server'],
    ['again', { provision: RECAP(3) }, 'failed: changed=3'],
    ['again', { provision: 'no play' }, 'failed: no play'],
    ['up', { up: { exitCode: 1, stderr: 'a: it broke\n' } }, 'failed: a: it broke'],
  ] as const)('are found out: %s by %o', async (id, says, text) => {
    expect((await grade(says))[id]).toBe(text)
  })

  test('are deleted with the copy, and asked once', async () => {
    const folder = folderWith()
    const submission = readSubmission(folderWith(HAND_IN))
    const [first, second] = [machines(), machines()]
    const notes: string[] = []
    const answers = await gradeLive(submission, place(first.run, folder))
    expect(first.commands.filter(({ file }) => file === 'vagrant').map(({ args }) => args[0])).toEqual([
      'up',
      'status',
      'ssh-config',
      'provision',
      'destroy',
    ])
    expect(readdirSync(folder).filter((name) => !/\.(json|log)$/.test(name))).toEqual([])
    expect(await gradeLive(submission, place(second.run, folder, notes))).toEqual(answers)
    expect([second.commands, notes]).toEqual([[], ['its machines were asked before']])
  })

  test('of two equal hand-ins never have the same names', async () => {
    const [one, other] = [machines(), machines()]
    const folder = folderWith()
    for (const [name, { run }] of [
      ['one', one],
      ['other', other],
    ] as const)
      await gradeLive({ ...readSubmission(folderWith(HAND_IN)), name }, place(run, folder))
    const cwds = [one, other].map(({ commands }) => commands[0]?.cwd)
    expect(new Set(cwds).size).toBe(2)
  })

  test('that a killed run has left are deleted first', async () => {
    const folder = folderWith()
    const submission = readSubmission(folderWith(HAND_IN))
    const { run, commands } = machines()
    await gradeLive(submission, place(run, folder))
    const left = String(commands[0]?.cwd)
    copyHandIn(submission, left, { moves: new Map(), prefix: 'x' })
    commands.length = 0
    const changed = { ...submission, files: submission.files.map((file) => ({ ...file, sha256: 'other' })) }
    await gradeLive(changed, place(run, folder))
    expect(commands[0]).toMatchObject({ file: 'vagrant', args: ['destroy', '--force'], cwd: left })
    expect(existsSync(left)).toBe(false)
  })

  test('that a signal cuts off are told of, with what deletes them', async () => {
    const run: Runner = async () => {
      throw new Interrupted('SIGINT')
    }
    const submission = { ...readSubmission(folderWith(HAND_IN)), name: 'anna' }
    const error = await gradeLive(submission, place(run, folderWith())).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      left: [
        'Left     the machines of anna; the next run deletes them first',
        expect.stringMatching(/^Delete {3}cd \S+\/anna-[0-9a-f]{6} && vagrant destroy --force$/),
      ],
    })
  })

  test('that Vagrant cannot delete are told of, and stop no other', async () => {
    const { run } = machines()
    const notes: string[] = []
    const stuck: Runner = async (command) => {
      const output = await run(command)
      return command.args[0] === 'destroy' ? { ...output, exitCode: 1 } : output
    }
    const answers = await gradeLive(readSubmission(folderWith(HAND_IN)), place(stuck, folderWith(), notes))
    expect(told(answers).up).toBe('met: running: a, b1, c')
    expect(notes.at(-1)).toMatch(/^machines are left, which Vagrant could not delete: \S+$/)
  })

  test('that hang are stopped, and their copy is gone', async () => {
    const folder = folderWith()
    const tools = scriptedTools({
      vagrant: '#!/bin/sh\n[ "$1" = up ] && { echo starting; sleep 600; }\nexit 0\n',
    })
    const before = process.env.PATH
    process.env.PATH = tools.PATH
    try {
      const limits = { upMs: 500, againMs: 500, destroyMs: 5_000, freeDiskBytes: 0 }
      const run = createRunner({ termAfterMs: 200, killAfterMs: 200 })
      const answers = await gradeLive(readSubmission(folderWith(HAND_IN)), { ...place(run, folder), limits })
      expect(told(answers).up).toBe('failed: vagrant took longer than 0.5 s and was stopped')
      expect(told(answers).row).toBe('failed: the machines do not run')
    } finally {
      process.env.PATH = before
    }
    expect(readdirSync(folder).filter((name) => !/\.(json|log)$/.test(name))).toEqual([])
  })

  test('are not started where there is no room', async () => {
    const limits = { upMs: 1, againMs: 1, destroyMs: 1, freeDiskBytes: 2 ** 60 }
    const { run, commands } = machines()
    const answers = await gradeLive(readSubmission(folderWith(HAND_IN)), {
      ...place(run, folderWith()),
      limits,
    })
    expect(told(answers).up).toBe('failed: not started: less than 4 GB are free on this computer')
    expect(commands).toEqual([])
  })
})
