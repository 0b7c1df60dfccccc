import type { LabNode } from '../../src/lab.ts'
import type { Replication, Sender } from '../../src/observe/server-parts.ts'
import type { Output } from '../../src/tools/runner.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'
import { answerOf, fakeGuest, problemOf } from '../support/fake-lab.ts'

/** What `df -kP` adds to an answer. */
const DF = `Filesystem     1024-blocks     Used Available Capacity Mounted on
/dev/vda1         10000000  4000000   6000000      40% /
`

/** What a survey hears of the master of a lab that is well. */
export function masterAnswer(overrides: Partial<Replication> = {}): object {
  const replication = { ...MASTER, ...overrides }
  return answerOf({ in_recovery: false, system_identifier: '7711050165216593789', replication })
}

export function slaveAnswer(overrides: Partial<Replication> = {}): object {
  const replication = { ...MASTER, ...SLAVE, ...overrides }
  return answerOf({ in_recovery: true, system_identifier: '7711050165216593789', replication })
}

export function sender(overrides: Partial<Sender>): Sender {
  return {
    application_name: 'slave',
    user: 'replica',
    client_addr: '192.168.11.151',
    state: 'streaming',
    sync_state: 'async',
    slot_name: 'slave_slot',
    bytes: 2048,
    seconds: 0.004,
    write_seconds: 0.001,
    flush_seconds: 0.002,
    ...overrides,
  }
}

const MASTER: Replication = {
  version: '15.20 (Debian 15.20-0+deb12u1)',
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
}

const SLAVE: Partial<Replication> = {
  replayed: '0/90001D0',
  receiver: { status: 'streaming', slot_name: 'slave_slot', sender_host: '192.168.11.150' },
  senders: [],
  slots: [],
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

/** A guest whose hosts say these things to a survey: it asks by one shell a host. */
export function speakingGuest(voices: Readonly<Record<string, Voice>>): Guest & { readonly asked: string[] } {
  const asked: string[] = []
  const shell = async ({ name }: LabNode): Promise<Output> => {
    asked.push(name)
    const voice = voices[name] ?? 'down'
    if (voice === 'down') throw problemOf(name, 'gone')
    if (voice === 'slow') throw problemOf(name, 'slow')
    if (typeof voice === 'string') return { exitCode: 0, stdout: `${DF}${voice}`, stderr: '', durationMs: 1 }
    if ('stderr' in voice) return { exitCode: 2, stdout: '', stderr: String(voice.stderr), durationMs: 1 }
    return { exitCode: 0, stdout: `${JSON.stringify(voice)}\n${DF}`, stderr: '', durationMs: 1 }
  }
  return { ...fakeGuest({}, { shell }), asked }
}
