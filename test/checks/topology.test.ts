import { describe, expect, it } from 'vitest'
import { runChecks } from '../../src/checks/index.ts'
import type { Lab } from '../../src/lab.ts'
import { answerOf } from '../support/fake-lab.ts'
import { testSlave } from '../support/lab.ts'
import { type Rows, recordedLab, scriptedGuest } from './scripted-guest.ts'

const cascade: Lab = recordedLab({
  slaves: [
    testSlave(),
    testSlave({
      name: 'slave2',
      address: '192.168.11.153',
      slot: 'slave2_slot',
      upstream: 'slave',
      applyDelay: '60s',
    }),
  ],
})

const state = (timeline: number, in_recovery: boolean) => [answerOf({ in_recovery, timeline })]
const slot = (slot_name: string) => ({
  slot_name,
  slot_type: 'physical',
  active: true,
  wal_status: 'reserved',
  retained: '0',
})
const sender = (name: string, address: string) => ({
  application_name: name,
  user: 'replica',
  client_addr: address,
  state: 'streaming',
  slot_name: null,
})
const receiver = (over: object) => [
  {
    in_recovery: true,
    read_only: 'on',
    paused: false,
    status: 'streaming',
    delay_ms: '0',
    delay: '0',
    ...over,
  },
]

const STATE = 'pg_ls_waldir()'
const SLOTS = 'pg_replication_slots s WHERE'
const SENDERS = 'r.usename AS "user"'
const RECEIVER = "s.name = 'recovery_min_apply_delay'"

async function failedOf(lab: Lab, rows: readonly Rows[], only: readonly string[]) {
  const findings = await runChecks(lab, scriptedGuest({ rows }), { only })
  return findings
    .filter(({ ok }) => !ok)
    .map(({ check, node, what, observed }) => `${check} ${node} ${what}: ${observed}`)
}

describe('a cascade with a delayed standby', () => {
  const healthy: readonly Rows[] = [
    { of: STATE, node: 'master', rows: state(1, false) },
    { of: STATE, rows: state(1, true) },
    { of: SLOTS, node: 'slave', rows: [slot('slave2_slot')] },
    { of: SLOTS, node: 'slave2', rows: [] },
    { of: SENDERS, node: 'slave', rows: [sender('slave2', '192.168.11.153')] },
    {
      of: RECEIVER,
      node: 'slave2',
      rows: receiver({
        slot_name: 'slave2_slot',
        sender_host: '192.168.11.151',
        delay_ms: '60000',
        delay: '1min',
      }),
    },
    {
      of: 'replay_bytes',
      node: 'slave',
      rows: [{ application_name: 'slave2', replay_bytes: 2 ** 30, receive_bytes: 0, seconds: 60 }],
    },
    { of: 'pg_last_wal_receive_lsn() AS received', node: 'slave2', rows: [{ received: '0/A000298' }] },
  ]
  const only = ['primary', 'slots', 'replication', 'standby', 'rows', 'lag']

  it('is healthy', async () => {
    expect(await failedOf(cascade, healthy, only)).toEqual([])
  })

  it('is found where a slave streams past its upstream, and does not wait', async () => {
    const past = receiver({ slot_name: 'slave2_slot', sender_host: '192.168.11.150' })
    expect(
      await failedOf(cascade, [{ of: RECEIVER, node: 'slave2', rows: past }, ...healthy], ['standby']),
    ).toEqual([
      'standby slave2 walreceiver: streaming from 192.168.11.150 through slave2_slot',
      'standby slave2 recovery_min_apply_delay: 0',
    ])
  })
})

describe('after a failover', () => {
  const rows: readonly Rows[] = [
    { of: STATE, node: 'slave', rows: state(2, false) },
    { of: STATE, node: 'master', rows: state(2, true) },
    { of: SLOTS, node: 'slave', rows: [slot('master_slot'), slot('barman')] },
    { of: SLOTS, node: 'master', rows: [] },
    {
      of: SENDERS,
      node: 'slave',
      rows: [
        sender('master', '192.168.11.150'),
        { ...sender('barman_receive_wal', '192.168.11.152'), user: 'barman_streaming' },
      ],
    },
    {
      of: RECEIVER,
      node: 'master',
      rows: receiver({ slot_name: 'master_slot', sender_host: '192.168.11.151' }),
    },
  ]

  it('the promoted server is measured, not the one of the config', async () => {
    expect(await failedOf(recordedLab(), rows, ['primary', 'slots', 'replication', 'standby'])).toEqual([])
  })

  it('a Barman that stayed with the old primary is named', async () => {
    expect(await failedOf(recordedLab(), rows, ['barman-replication'])).toContain(
      'barman-replication backup server that Barman backs up: 192.168.11.150',
    )
  })
})
