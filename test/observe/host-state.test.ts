import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { CommandError } from '../../src/errors.ts'
import type { LabNode } from '../../src/lab.ts'
import { differences, markText, readHostState, seeHostState } from '../../src/observe/host-state.ts'
import type { Output } from '../../src/tools/runner.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'
import { testLab } from '../support/lab.ts'

const HOST = [
  'host\tname\tbackup',
  'stat\t/etc/cron.d/barman\tf 644 root:root 120 1796059003.8004762820 ',
  'content\t/etc/hosts\tf02d  -',
  'unit\tcron.service\tloaded active running',
]
const SERVER = ['server\trole\tprimary', 'setting\tport\t"5432"', 'role\t"replica"\t16384 725']
const MORE = [
  'database\t"otus"\t16389',
  'privileges\tfunctions\t69a0',
  'data\tdirectory\t/var/lib/postgresql',
]
const END = 'end\t\t'
const state = [...HOST, END]
const mark = { applied: 'sources secrets', atMs: 1_796_059_003_000, state }

const answerOf = (lines: readonly string[], before = '') => `${before}\nnow\t\t\n${lines.join('\n')}\n`
const backup = { role: 'backup' } as const
const master = { role: 'master' } as const

describe('what a host says', () => {
  it('is its lines and the mark over them', () => {
    expect(readHostState(answerOf(state, markText(mark)), backup)).toEqual({ lines: state, mark })
  })

  it('may be without a mark', () => {
    expect(readHostState(answerOf(state), backup)).toEqual({ lines: state, mark: undefined })
  })

  it.each([
    ['another format', (text: string) => text.replace('"format":1', '"format":2')],
    ['a field nobody knows', (text: string) => text.replace('{', '{"more":1,')],
    ['no time', (text: string) => text.replace(/"atMs":\d+/, '"atMs":"noon"')],
    ['a line too few', (text: string) => text.replace(`${HOST[1]}\n`, '')],
    ['a line that ends in the middle', (text: string) => text.trimEnd().slice(0, -3)],
    ['no JSON at its head', () => 'otus\n'],
    ['nothing in it', () => '\n'],
  ])('has no mark when that is of %s', (_what, change) => {
    const text = change(markText(mark))
    expect(readHostState(answerOf(state, text), backup)).toEqual({ lines: state, mark: undefined })
  })

  it.each<[string, readonly string[], Pick<LabNode, 'role'>, string]>([
    ['cut off', [...HOST], backup, 'its answer is not whole'],
    ['empty', [''], backup, 'its answer is not whole'],
    ...HOST.map((gone) => {
      const rest = state.filter((line) => line !== gone)
      return [`without ${gone.split('\t')[0]}`, rest, backup, 'its answer is not whole'] as [
        string,
        string[],
        typeof backup,
        string,
      ]
    }),
    ['of a server that was not asked', state, master, 'its answer is not whole'],
    [
      'of a file that cannot be read',
      ['failed\tlook for files in /etc\t', ...state],
      backup,
      'it could not look for files in /etc',
    ],
  ])('is doubted when it is %s', (_what, lines, node, doubt) => {
    expect(readHostState(answerOf(lines, markText(mark)), node)).toEqual({ doubt })
  })

  it('is doubted without the line between mark and state', () => {
    expect(readHostState(`${markText(mark)}${state.join('\n')}\n`, backup)).toHaveProperty('doubt')
  })

  it('has all of a server where there is one', () => {
    const lines = [...HOST, ...SERVER, ...MORE, END]
    expect(readHostState(answerOf(lines), master)).toEqual({ lines, mark: undefined })
  })
})

describe('what is not as it was', () => {
  const [host = '', file = '', hosts = '', unit = ''] = HOST

  it('is nothing in two states that are alike, in whatever order', () => {
    expect(differences(state, state)).toEqual([])
    expect(differences(state, [unit, END, hosts, file, host])).toEqual([])
  })

  it.each([
    ['a file that changed', state.map((line) => line.replace('644', '664')), ['/etc/cron.d/barman']],
    [
      'a file that is gone',
      state.filter((line) => line !== file),
      ['/etc/cron.d/barman', 'line of its state'],
    ],
    ['a file that has come', [...state, 'stat\t/etc/x\tf'], ['/etc/x', 'line of its state']],
    ['a unit', state.map((line) => line.replace('running', 'dead')), ['unit cron.service']],
    ['one of two lines that are alike', [...state, unit], ['line of its state']],
  ])('is %s', (_what, is, names) => {
    expect(differences(state, is)).toEqual(names)
  })
})

describe('a host is asked', () => {
  const lab = testLab()
  const guestWith = (shell: Guest['shell']): Guest => ({ shell, rows: fail, execute: fail })
  const fail = () => Promise.reject(new Error('only the script is run'))
  const output = (given: Partial<Output>): Output => ({
    exitCode: 0,
    stdout: '',
    stderr: '',
    durationMs: 1,
    ...given,
  })

  it('once, as root, a server with its psql, database and table', async () => {
    const calls: unknown[] = []
    const guest = guestWith(async (node, argv, options) => {
      calls.push([node.name, argv, options?.as])
      return output({ stdout: answerOf([...HOST, ...SERVER, ...MORE, END]) })
    })
    expect(await seeHostState(lab, guest, lab.master)).toHaveProperty('lines')
    const psql = '/usr/lib/postgresql/15/bin/psql'
    expect(calls).toEqual([['master', ['sh', '-s', 'look', psql, 'otus', 'dz'], 'root']])
  })

  it.each([
    ['fails', async () => output({ exitCode: 1 }), 'it cannot say how it was left'],
    [
      'does not answer',
      () => Promise.reject(new CommandError('no', { command: 'ssh' })),
      'it does not say in time how it was left',
    ],
  ])('and doubted when it %s', async (_what, shell, doubt) => {
    expect(await seeHostState(lab, guestWith(shell), lab.master)).toEqual({ doubt })
  })
})

test('the script is clean for shellcheck, and has nothing secret in its answer', () => {
  const script = 'provisioning/support/mark/host-state.sh'
  execFileSync('shellcheck', [script])
  execFileSync('sh', ['-n', script])
  expect(readFileSync(script, 'utf8')).not.toMatch(/rolpassword|sha256sum <"|md5sum/)
})
