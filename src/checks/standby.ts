import { sameSetting } from '../catalog/same-setting.ts'
import type { Lab, LabNode } from '../lab.ts'
import type { ServerState } from '../observe/servers.ts'
import { everything } from '../postgres/barman.ts'
import { toSender } from '../postgres/conninfo.ts'
import { psqlEvidence } from '../postgres/evidence.ts'
import { delayOf, type Link, linksOf } from '../postgres/topology.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { type Check, lookAt, type Seen, withPrimary } from './support/check.ts'

interface StandbyRow {
  readonly in_recovery: boolean
  readonly read_only: string
  readonly paused: boolean
  readonly status: string | null
  readonly slot_name: string | null
  readonly sender_host: string | null
  /** recovery_min_apply_delay in milliseconds, and as SHOW prints it. */
  readonly delay_ms: string
  readonly delay: string
}

const SQL = `SELECT pg_is_in_recovery() AS in_recovery, current_setting('transaction_read_only') AS read_only,
  CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END AS paused,
  w.status, w.slot_name, w.sender_host,
  s.setting AS delay_ms, current_setting('recovery_min_apply_delay') AS delay
  FROM pg_settings s LEFT JOIN pg_stat_wal_receiver w ON true WHERE s.name = 'recovery_min_apply_delay'`

const WRITE_AGAIN = 'Write its settings again: npx create-pg-lab provision'

export const standby: Check = {
  id: 'standby',
  title: 'Each slave is read-only and follows its upstream through its slot',
  async run(lab, guest) {
    if (lab.slaves.length === 0) return []
    return withPrimary('standby', lab, guest, async (primary, states) => {
      const findings = await Promise.all(
        linksOf(lab, primary).map((link) =>
          lookAt('standby', link.node, async () => [
            ...(await lookAtStandby(lab, link, guest)),
            ...seeKinship(link.node, primary, states),
          ]),
        ),
      )
      return findings.flat()
    })
  },
}

async function lookAtStandby(lab: Lab, link: Link, guest: Guest): Promise<readonly Seen[]> {
  const rows = await guest.rows<StandbyRow>(link.node, SQL)
  const [row] = rows
  if (!row) return []
  const refusal = row.in_recovery && !streams(row) ? await tryLogin(lab, link, guest) : undefined
  const seen = [
    seeRecovery(row, link),
    seeReceiver(row, link, refusal),
    seeReplay(row, link),
    seeDelay(lab, row, link),
  ]
  return seen.map((one) => ({ ...one, ...psqlEvidence(SQL, rows) }))
}

function seeRecovery({ in_recovery, read_only }: StandbyRow, { node }: Link): Seen {
  return {
    what: 'recovery',
    expected: 'in recovery, read-only',
    observed: `${in_recovery ? 'in recovery' : 'not in recovery'}, ${read_only === 'on' ? 'read-only' : 'writable'}`,
    ok: in_recovery && read_only === 'on',
    hint: `It was promoted and is a primary of its own now. Make it follow again: npx create-pg-lab rejoin ${node.name}`,
  }
}

/** Until it has got through, a walreceiver is `starting`, and from PostgreSQL 19 on `connecting`: who keeps it away? */
function streams({ status }: StandbyRow): boolean {
  return status === 'streaming'
}

/**
 * Connects as the walreceiver does, with the standby's own passfile.
 * @returns libpq's words when it is not let in; `undefined` when it is
 */
async function tryLogin(lab: Lab, { node, upstream }: Link, guest: Guest): Promise<string | undefined> {
  // dbname=replication: by that name a walreceiver looks for its password
  const server = toSender(lab, upstream)
  // -w: a missing password is an error, not a question
  const argv = ['psql', '-X', '-w', '-c', 'IDENTIFY_SYSTEM', server]
  const output = await guest.shell(node, argv, { as: 'postgres', timeoutMs: 10_000 })
  if (output.exitCode === 0) return undefined
  const lines = everything(output).split('\n')
  const reason = lines.find((line) => /(FATAL|failed): /.test(line)) ?? lines.at(-1) ?? 'psql gave no reason'
  return reason.replace(/^.*(FATAL|failed): +/, '')
}

function seeReceiver(row: StandbyRow, { node, upstream }: Link, refusal: string | undefined): Seen {
  const expected = `streaming from ${upstream.address} through ${node.slot}`
  const through = row.slot_name ? `through ${row.slot_name}` : 'without a slot'
  const observed = streams(row)
    ? `streaming from ${row.sender_host} ${through}`
    : `${row.status === null ? 'no walreceiver' : `a walreceiver that is ${row.status}`}${refusal ? `: ${refusal}` : ''}`
  return {
    what: 'walreceiver',
    expected,
    observed,
    ok: observed === expected,
    hint: streams(row)
      ? `primary_conninfo or primary_slot_name is another. ${WRITE_AGAIN}`
      : receiverRemedy({ node, upstream }, refusal),
  }
}

function receiverRemedy({ node, upstream }: Link, refusal: string | undefined): string {
  if (refusal)
    return `${upstream.name} does not let it in. Set password and pg_hba.conf again: npx create-pg-lab up`
  return (
    `It can log in on ${upstream.name}, but gets no WAL there: its slot or its settings are missing, ` +
    `or the WAL it needs is gone. Make them again: npx create-pg-lab provision. If the WAL is gone: npx create-pg-lab reinit ${node.name}`
  )
}

function seeReplay({ paused }: StandbyRow, { node }: Link): Seen {
  return {
    what: 'replay',
    expected: 'not paused',
    observed: paused ? 'paused' : 'not paused',
    ok: !paused,
    hint:
      'Somebody called pg_wal_replay_pause(): WAL arrives, its rows do not show. ' +
      `On ${node.name}: sudo -u postgres psql -c "SELECT pg_wal_replay_resume()"`,
  }
}

function seeDelay(lab: Lab, { delay, delay_ms }: StandbyRow, { node }: Link): Seen {
  const name = 'recovery_min_apply_delay'
  const wanted = delayOf(lab, node) || '0'
  return {
    what: name,
    expected: wanted,
    observed: delay,
    ok: sameSetting(wanted, { name, setting: delay_ms, unit: 'ms', vartype: 'integer' }),
    hint: `It replays WAL at another pace than the config says. ${WRITE_AGAIN}`,
  }
}

/** Same system identifier: made from one initdb. Same timeline: nobody was promoted in between. */
function seeKinship(node: LabNode, primary: LabNode, states: readonly ServerState[]): readonly Seen[] {
  const own = states.find((state) => state.node.name === node.name)?.answer
  const its = states.find((state) => state.node.name === primary.name)?.answer
  const lost = own?.system_identifier !== its?.system_identifier
  return [
    {
      what: 'system identifier',
      expected: `${its?.system_identifier}, as on ${primary.name}`,
      observed: String(own?.system_identifier),
      ok: !lost,
      hint: `${node.name} is another cluster (an initdb of its own) and can never follow. Clone it again: npx create-pg-lab reinit ${node.name}`,
      command: 'sudo -u postgres psql -c "SELECT system_identifier FROM pg_control_system()"',
    },
    {
      what: 'timeline',
      expected: `${its?.timeline}, as on ${primary.name}`,
      observed: String(own?.timeline),
      ok: own?.timeline === its?.timeline,
      hint:
        `${primary.name} was promoted and ${node.name} does not follow its new timeline. ` +
        `Make it follow: npx create-pg-lab rejoin ${node.name}`,
      command: 'sudo -u postgres psql -c "SELECT received_tli FROM pg_stat_wal_receiver"',
    },
  ]
}
