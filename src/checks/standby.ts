import type { Lab, LabNode } from '../lab.ts'
import { type Follower, followersOf, type ServerState } from '../tools/cluster.ts'
import type { Guest } from '../tools/contracts.ts'
import { everything } from './barman.ts'
import { type Check, lookAtEach, type Seen, withPrimary } from './check.ts'
import { psqlEvidence } from './evidence.ts'

interface StandbyRow {
  readonly in_recovery: boolean
  readonly read_only: string
  readonly paused: boolean
  readonly status: string | null
  readonly slot_name: string | null
  readonly sender_host: string | null
  readonly sender_port: number | null
}

const SQL = `SELECT pg_is_in_recovery() AS in_recovery, current_setting('transaction_read_only') AS read_only,
  CASE WHEN pg_is_in_recovery() THEN pg_is_wal_replay_paused() ELSE false END AS paused,
  w.status, w.slot_name, w.sender_host, w.sender_port
  FROM (SELECT) AS server LEFT JOIN pg_stat_wal_receiver w ON true`

const WRITE_AGAIN =
  'primary_conninfo or primary_slot_name is not what the config says. Write them again: pg-lab provision'

export const standby: Check = {
  id: 'standby',
  title: 'Each slave is read-only and follows the primary through its slot',
  run: (lab, guest) =>
    withPrimary('standby', lab, guest, (primary, states) => {
      const followers = followersOf(lab, primary)
      return lookAtEach(
        'standby',
        followers.map(({ node }) => node),
        (node) => look(lab, primary, followerNamed(followers, node), states, guest),
      )
    }),
}

function followerNamed(followers: readonly Follower[], node: LabNode): Follower {
  return followers.find((follower) => follower.node.name === node.name) ?? { node, slot: '' }
}

async function look(
  lab: Lab,
  primary: LabNode,
  follower: Follower,
  states: readonly ServerState[],
  guest: Guest,
): Promise<readonly Seen[]> {
  const { node } = follower
  const rows = await guest.rows<StandbyRow>(node, SQL)
  const [row] = rows
  if (!row) return []
  const evidence = psqlEvidence(SQL, rows)
  const refusal =
    row.in_recovery && row.status === null ? await tryLogin(lab, primary, node, guest) : undefined
  const seen = [seeRecovery(row, node), seeReceiver(row, primary, follower, refusal), seeReplay(row, node)]
  return [...seen.map((one) => ({ ...one, ...evidence })), ...seeKinship(lab, node, primary, states)]
}

function seeRecovery({ in_recovery, read_only }: StandbyRow, node: LabNode): Seen {
  return {
    what: 'recovery',
    expected: 'in recovery, read-only',
    observed: `${in_recovery ? 'in recovery' : 'not in recovery'}, ${read_only === 'on' ? 'read-only' : 'writable'}`,
    ok: in_recovery && read_only === 'on',
    hint: `It was promoted and is a primary of its own now. Make it follow again: pg-lab rejoin ${node.name}`,
  }
}

/**
 * Connects as the walreceiver does, with the standby's own passfile.
 * @returns libpq's words when it is not let in; `undefined` when it is
 */
async function tryLogin(
  lab: Lab,
  primary: LabNode,
  node: LabNode,
  guest: Guest,
): Promise<string | undefined> {
  const server = `host=${primary.address} port=5432 user=${lab.replication.user} replication=true connect_timeout=3`
  // -w: a missing password is an error, not a question
  const argv = ['psql', '-X', '-w', '-c', 'IDENTIFY_SYSTEM', server]
  const output = await guest.shell(node, argv, { as: 'postgres', timeoutMs: 10_000 })
  if (output.exitCode === 0) return undefined
  const lines = everything(output).split('\n')
  const reason = lines.find((line) => /(FATAL|failed): /.test(line)) ?? lines.at(-1) ?? 'psql gave no reason'
  return reason.replace(/^.*(FATAL|failed): +/, '')
}

function seeReceiver(
  row: StandbyRow,
  primary: LabNode,
  { node, slot }: Follower,
  refusal: string | undefined,
): Seen {
  const expected = `streaming from ${primary.address} through ${slot}`
  const through = row.slot_name ? `through ${row.slot_name}` : 'without a slot'
  const observed =
    row.status === null
      ? `no walreceiver${refusal ? `: ${refusal}` : ''}`
      : `${row.status} from ${row.sender_host} ${through}`
  return {
    what: 'walreceiver',
    expected,
    observed,
    ok: observed === expected,
    hint: row.status === null ? receiverRemedy(primary, node, refusal) : WRITE_AGAIN,
  }
}

function receiverRemedy(primary: LabNode, node: LabNode, refusal: string | undefined): string {
  if (refusal) return `${primary.name} does not let it in. Set password and pg_hba.conf again: pg-lab up`
  return (
    `It can log in on ${primary.name}, but gets no WAL there: its slot or its settings are missing, ` +
    `or the WAL it needs is gone. Make them again: pg-lab provision. If the WAL is gone: pg-lab reinit ${node.name}`
  )
}

function seeReplay({ paused }: StandbyRow, node: LabNode): Seen {
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

/** Same system identifier: made from one initdb. Same timeline: nobody was promoted in between. */
function seeKinship(
  lab: Lab,
  node: LabNode,
  primary: LabNode,
  states: readonly ServerState[],
): readonly Seen[] {
  const own = states.find((state) => state.node.name === node.name)
  const its = states.find((state) => state.node.name === primary.name)
  const lost = own?.systemIdentifier !== its?.systemIdentifier
  return [
    {
      what: 'system identifier',
      expected: `${its?.systemIdentifier}, as on ${primary.name}`,
      observed: String(own?.systemIdentifier),
      ok: !lost,
      hint: `${node.name} is another cluster (an initdb of its own) and can never follow. Clone it anew: pg-lab reinit ${node.name}`,
      command: 'sudo -u postgres psql -c "SELECT system_identifier FROM pg_control_system()"',
    },
    {
      what: 'timeline',
      expected: `${its?.timeline}, as on ${primary.name}`,
      observed: String(own?.timeline),
      ok: own?.timeline === its?.timeline,
      hint:
        `${lab.slaves.length > 1 ? 'Another server' : primary.name} was promoted and ${node.name} does not follow the new timeline. ` +
        `Make it follow: pg-lab rejoin ${node.name}`,
      command: 'sudo -u postgres psql -c "SELECT received_tli FROM pg_stat_wal_receiver"',
    },
  ]
}
