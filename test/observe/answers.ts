import { CommandError } from '../../src/errors.ts'
import type { LabNode } from '../../src/lab.ts'
import type { ServerAnswer } from '../../src/observe/status-answers.ts'
import type { Output } from '../../src/tools/runner.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'

/** What `df -kP` adds to an answer. */
const DF = `Filesystem     1024-blocks     Used Available Capacity Mounted on
/dev/vda1         10000000  4000000   6000000      40% /
`

export function masterAnswer(overrides: Partial<ServerAnswer> = {}): object {
  return {
    version: '15.20 (Debian 15.20-0+deb12u1)',
    in_recovery: false,
    system_identifier: '7711050165216593789',
    timeline: 1,
    lsn: '0/90001D0',
    replayed: null,
    paused: false,
    receiver: null,
    senders: [
      sender({
        application_name: 'barman_receive_wal',
        client_addr: '192.168.11.152',
        slot_name: 'barman',
        bytes: null,
      }),
      sender({}),
    ],
    slots: [
      { slot_name: 'barman', active: true, wal_status: 'reserved', retained: 237_568 },
      { slot_name: 'slave_slot', active: true, wal_status: 'reserved', retained: 56 },
    ],
    ...overrides,
  }
}

export function sender(overrides: Partial<ServerAnswer['senders'][number]>): ServerAnswer['senders'][number] {
  return {
    application_name: 'slave',
    client_addr: '192.168.11.151',
    state: 'streaming',
    sync_state: 'async',
    slot_name: 'slave_slot',
    bytes: 2048,
    seconds: 0.004,
    ...overrides,
  }
}

export function slaveAnswer(overrides: Partial<ServerAnswer> = {}): object {
  return {
    ...masterAnswer(),
    in_recovery: true,
    replayed: '0/90001D0',
    receiver: { status: 'streaming', slot_name: 'slave_slot', sender_host: '192.168.11.150' },
    senders: [],
    slots: [],
    ...overrides,
  }
}

/** Barman's catalogue with one backup. */
export const BACKUPS = `catalogue:
now 1795372421
base/20261122T173338/backup.info:end_time=2026-11-22 17:33:41.159834+00:00
base/20261122T173338/backup.info:size=47771667
base/20261122T173338/backup.info:status=DONE
wal 1795372301.5 00000001000000000000000A
rehearsed {"at":"2026-11-22T06:33:41Z","backup":"20261121T030001","ok":true,"said":"3 rows as on the primary"}
`

/** What a host prints when it is asked; `down`, `slow`, or psql's words on stderr. */
export type Voice = object | string | 'down' | 'slow' | { readonly stderr: string }

/** A guest whose hosts say these things to a survey. */
export function speakingGuest(voices: Readonly<Record<string, Voice>>): Guest & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    async shell({ name }: LabNode): Promise<Output> {
      asked.push(name)
      const voice = voices[name] ?? 'down'
      if (voice === 'down') {
        throw new CommandError(`${name} cannot be reached`, {
          command: 'ssh',
          exitCode: 255,
          lastLines: ['ssh: connect to host 127.0.0.1 port 2202: Connection refused'],
        })
      }
      if (voice === 'slow')
        throw new CommandError(`${name} did not answer within 4 s`, {
          command: 'ssh',
          lastLines: ['asked: psql'],
          timedOut: true,
        })
      if (typeof voice === 'string')
        return { exitCode: 0, stdout: `${DF}${voice}`, stderr: '', durationMs: 1 }
      if ('stderr' in voice) return { exitCode: 2, stdout: '', stderr: String(voice.stderr), durationMs: 1 }
      return { exitCode: 0, stdout: `${JSON.stringify(voice)}\n${DF}`, stderr: '', durationMs: 1 }
    },
    rows: () => Promise.reject(new Error('a survey asks by one shell a host')),
    execute: () => Promise.reject(new Error('a survey changes nothing')),
  }
}
