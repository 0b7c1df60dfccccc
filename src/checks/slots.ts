import { postgresHas } from '../catalog/postgres-features.ts'
import { type Lab, type LabNode, nodesOf, postgresNodes } from '../lab.ts'
import { psqlEvidence } from '../postgres/evidence.ts'
import { followersOf } from '../postgres/topology.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { type Check, lookAtEach, type Seen, withPrimary } from './support/check.ts'

interface SlotRow {
  readonly slot_name: string
  readonly slot_type: string
  readonly active: boolean
  /** Missing before PostgreSQL 13. */
  readonly wal_status: string | null
  readonly retained: string | null
}

/** A slot the lab asks for, and who is to use it. */
interface WantedSlot {
  readonly slot: string
  readonly node: LabNode
}

// Temporary slots belong to a pg_basebackup that is running. The detour over jsonb makes a missing column null.
const SQL = `SELECT slot_name, slot_type, active, to_jsonb(s) ->> 'wal_status' AS wal_status,
  pg_size_pretty(pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
    ELSE pg_current_wal_lsn() END, restart_lsn)) AS retained
  FROM pg_replication_slots s WHERE NOT temporary ORDER BY slot_name`

export const slots: Check = {
  id: 'slots',
  title: 'Each slot of the config exists and is used; no other one holds WAL',
  run: (lab, guest) =>
    withPrimary('slots', lab, guest, (primary) =>
      lookAtEach('slots', postgresNodes(lab), (node) =>
        lookAtSlots(lab, node, wantedSlots(lab, primary, node), guest),
      ),
    ),
}

/** Barman streams from the primary, each standby from its upstream. */
function wantedSlots(lab: Lab, primary: LabNode, node: LabNode): readonly WantedSlot[] {
  const followers = followersOf(lab, primary, node).map((follower) => ({
    slot: follower.slot,
    node: follower,
  }))
  const { backup } = lab
  return backup && node.name === primary.name
    ? [...followers, { slot: backup.slot, node: backup }]
    : followers
}

async function lookAtSlots(
  lab: Lab,
  node: LabNode,
  wanted: readonly WantedSlot[],
  guest: Guest,
): Promise<readonly Seen[]> {
  const rows = await guest.rows<SlotRow>(node, SQL)
  const names = wanted.map(({ slot }) => slot)
  const { otherSlots } = lab.replication
  const others = rows.filter(({ slot_name }) => otherSlots.includes(slot_name))
  const surplus = rows.filter(({ slot_name }) => ![...names, ...otherSlots].includes(slot_name))
  const evidence = psqlEvidence(SQL, rows)
  return [
    ...wanted.map((one) => ({ ...seeSlot(lab, one, rows), ...evidence })),
    ...surplus.map((row) => ({ ...seeSurplus(lab, node, row), ...evidence })),
    ...others.map((row) => ({ ...seeOthers(row), ...evidence })),
  ]
}

function seeSlot(lab: Lab, { slot, node }: WantedSlot, rows: readonly SlotRow[]): Seen {
  const row = rows.find(({ slot_name }) => slot_name === slot)
  const tellsWal = postgresHas(lab.postgres.version, 'slot_limit')
  const keepsWal = !tellsWal || ['reserved', 'extended'].includes(row?.wal_status ?? '')
  return {
    what: `slot ${slot} of ${node.name}`,
    expected: tellsWal ? 'physical, active, WAL reserved' : 'physical, active',
    observed: row ? describe(row) : 'missing',
    ok: row !== undefined && row.slot_type === 'physical' && row.active && keepsWal,
    hint: remedy({ slot, node }, row),
  }
}

function describe({ slot_type, active, wal_status }: SlotRow): string {
  const words = [slot_type, active ? 'active' : 'inactive', wal_status === null ? '' : `WAL ${wal_status}`]
  return words.filter(Boolean).join(', ')
}

function remedy({ slot, node }: WantedSlot, row: SlotRow | undefined): string {
  const isBarman = node.role === 'backup'
  const lost = row?.wal_status === 'lost'
  if (row?.wal_status === 'unreserved') {
    const start = isBarman ? 'npx create-pg-lab provision' : 'npx create-pg-lab up'
    return `WAL that ${node.name} needs goes at the next checkpoint; it can still catch up if it streams before that: ${start}`
  }
  if (lost && isBarman) {
    return (
      'Barman was away so long that WAL it had not received was removed (max_slot_wal_keep_size). ' +
      'It starts over with a new slot and a new backup: npx create-pg-lab provision'
    )
  }
  if (lost) {
    return (
      `${node.name} was away so long that WAL it needs was removed (max_slot_wal_keep_size). ` +
      `Clone it again: npx create-pg-lab reinit ${node.name}`
    )
  }
  if (isBarman) {
    return (
      `receive-wal does not run${row ? '' : ' and its slot was dropped'}. ` +
      `Barman's cron job starts it${row ? '' : ' and makes the slot'}. On ${node.name}: sudo -u barman barman cron`
    )
  }
  if (!row)
    return `It was dropped, and nothing keeps the WAL ${node.name} needs. Make it again: npx create-pg-lab provision`
  if (row.slot_type !== 'physical') {
    return `A ${row.slot_type} slot has its name. Drop it: sudo -u postgres psql -c "SELECT pg_drop_replication_slot('${slot}')"; then npx create-pg-lab provision`
  }
  return (
    `${node.name} does not stream, or streams without its slot (primary_slot_name). ` +
    'Start it and write its settings again: npx create-pg-lab up'
  )
}

/** It may be idle or lost: that is for whoever uses it to see to. What it holds back is shown. */
function seeOthers(row: SlotRow): Seen {
  return {
    what: `slot ${row.slot_name}`,
    expected: 'somebody else’s: left alone',
    observed: `${describe(row)}, holds back ${row.retained ?? 'nothing'}`,
    ok: true,
    hint: '',
  }
}

function seeSurplus(lab: Lab, node: LabNode, row: SlotRow): Seen {
  return {
    what: `slot ${row.slot_name}`,
    expected: 'no such slot in the config',
    observed: `${describe(row)}, holds back ${row.retained ?? 'nothing'}`,
    ok: false,
    hint: surplusRemedy(lab, node, row),
  }
}

function surplusRemedy(lab: Lab, node: LabNode, { slot_name, active }: SlotRow): string {
  const why = `WAL is kept for it until the disk is full${active ? '; somebody streams through it' : ''}.`
  const owner = nodesOf(lab).find(({ slot }) => slot === slot_name)
  if (owner) {
    return `${why} ${owner.name} has its slot elsewhere now. Move it there and remove this one: npx create-pg-lab up`
  }
  return (
    `${why} If somebody needs it, name it in replication.otherSlots. If nobody does, on ${node.name}: ` +
    `sudo -u postgres psql -c "SELECT pg_drop_replication_slot('${slot_name}')"`
  )
}
