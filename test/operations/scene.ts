import { CommandError } from '../../src/errors.ts'
import { type Lab, type LabNode, postgresNodes } from '../../src/lab.ts'
import type { LiveLab } from '../../src/observe/live-lab.ts'
import type { ServerAnswer } from '../../src/observe/servers.ts'
import type { Output } from '../../src/tools/runner.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'
import { testLab, testSlave } from '../support/lab.ts'

/** Three servers on 192.168.11.150 to .152, without a backup host. */
export function threeServers(overrides: Partial<Lab> = {}): Lab {
  const slave2 = testSlave({ name: 'slave2', address: '192.168.11.152', slot: 'slave2_slot' })
  return testLab({ slaves: [testSlave(), slave2], backup: undefined, ...overrides })
}

/**
 * `gone`: ssh does not get through. `unheard`: neither, and the others reach PostgreSQL there. `silent`: PostgreSQL does
 * not answer. `FATAL: …`: it answers so.
 */
export type Is = Partial<ServerAnswer> | 'gone' | 'unheard' | 'silent' | `FATAL: ${string}`

export const PRIMARY: Is = { in_recovery: false }
export const standby = (lsn = '0/5000000', more: Partial<ServerAnswer> = {}): Is => ({
  in_recovery: true,
  streams_from: '192.168.11.150',
  lsn,
  ...more,
})

interface Scene {
  readonly place: LiveLab
  /** What was done to the servers: `slave: SELECT pg_promote…`. */
  readonly done: readonly string[]
}

/** Servers that are so, and everything that is done to them. */
export function scene(
  servers: Readonly<Record<string, Is>>,
  lab = threeServers(),
  shell?: Guest['shell'],
): Scene {
  const done: string[] = []
  const answer = ({ name }: LabNode): Output => {
    const is = servers[name] ?? 'gone'
    if (is === 'gone' || is === 'unheard')
      throw new CommandError(`${name} cannot be reached`, { command: 'ssh', exitCode: 255 })
    const full = { system_identifier: '7', timeline: 1, lsn: '0/5000000', streams_from: null, history: [] }
    if (typeof is === 'string')
      return { exitCode: 2, stdout: '', stderr: is.replace('silent', ''), durationMs: 1 }
    return { exitCode: 0, stdout: JSON.stringify({ ...full, ...is }), stderr: '', durationMs: 1 }
  }
  const readiness = (argv: readonly string[]): number => {
    const asked = postgresNodes(lab).find(({ address }) => argv.includes(address))
    return ['gone', 'silent'].includes(String(servers[asked?.name ?? ''] ?? 'gone')) ? 2 : 0
  }
  const guest: Guest = {
    shell: async (node, argv, options) => {
      if (argv.some((word) => word.endsWith('/psql') || word === 'psql')) return answer(node)
      if (argv[0] === 'barman') return { exitCode: 1, stdout: '', stderr: 'not found', durationMs: 1 }
      if (argv[0] === 'pg_isready' && !shell)
        return { exitCode: readiness(argv), stdout: '', stderr: '', durationMs: 1 }
      done.push(`${node.name}: ${argv.join(' ')}`)
      if (shell) return shell(node, argv, options)
      return { ...answer(node), exitCode: 0, stdout: 'state=shut down\ntimeline=1\ncheckpoint=0/6000028\n' }
    },
    rows: async <Row>(node: LabNode, sql: string) => {
      done.push(`${node.name}: ${sql}`)
      return [{ promoted: true }] as unknown as readonly Row[]
    },
    execute: async (node, sql) => void done.push(`${node.name}: ${sql.split('\n')[0]}`),
  }
  const run = () => Promise.reject(new Error('no tool is started'))
  return { place: { lab, guest, run, directory: '/lab', logFile: '/log' }, done }
}

/** What the promise is rejected with: what is wrong, and what to type. */
export async function refusal(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error('it was not refused'),
    (reason: Error & { hint?: string }) => reason,
  )
  return [error.message, 'hint' in error ? error.hint : undefined].filter(Boolean).join(' → ')
}
