import type { Lab } from '../../src/lab.ts'
import type { LiveLab } from '../../src/observe/live-lab.ts'
import type { Output } from '../../src/tools/runner.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'
import { fakeGuest, readiness, type Servers, verifyReached } from '../support/fake-lab.ts'
import { testLab, testSlave } from '../support/lab.ts'

/** Three servers on 192.168.11.150 to .152, without a backup host. */
export function threeServers(overrides: Partial<Lab> = {}): Lab {
  const slave2 = testSlave({ name: 'slave2', address: '192.168.11.152', slot: 'slave2_slot' })
  return testLab({ slaves: [testSlave(), slave2], backup: undefined, ...overrides })
}

interface Scene {
  readonly place: LiveLab
  /** What was done to the servers: `slave: SELECT pg_promote…`. */
  readonly done: readonly string[]
}

/** Servers that are so, and everything that is done to them. */
export function scene(servers: Servers, lab = threeServers(), shell?: Guest['shell']): Scene {
  const done: string[] = []
  const tell = (stdout: string, exitCode = 0): Output => ({ exitCode, stdout, stderr: '', durationMs: 1 })
  const guest = fakeGuest(servers, {
    shell: async (node, argv, options) => {
      if (argv[0] === 'barman') return tell('', 1)
      if (argv[0] === 'pg_isready' && !shell) return readiness(lab, servers, argv)
      done.push(`${node.name}: ${argv.join(' ')}`)
      if (shell) return shell(node, argv, options)
      verifyReached(servers, node)
      return tell('state=shut down\ntimeline=1\ncheckpoint=0/6000028\n')
    },
    rows: ({ name }, sql) => {
      done.push(`${name}: ${sql}`)
      return [{ promoted: true }]
    },
    execute: async (node, sql) => void done.push(`${node.name}: ${sql.split('\n')[0]}`),
  })
  const run = () => Promise.reject(new Error('no tool is started'))
  return { place: { lab, guest, run, directory: '/lab', logFile: '/log' }, done }
}

/** What it is refused with: what is wrong, and what to type. */
export async function refusal(asked: Promise<unknown> | (() => unknown)): Promise<string> {
  const promise = typeof asked === 'function' ? Promise.resolve().then(asked) : asked
  const error = await promise.then(
    () => new Error('it was not refused'),
    (reason: Error & { hint?: string }) => reason,
  )
  return [error.message, 'hint' in error ? error.hint : undefined].filter(Boolean).join(' → ')
}
