import { type Lab, type LabNode, postgresNodes } from '../lab.ts'
import { applicationOf } from '../postgres/barman.ts'
import { psqlEvidence } from '../postgres/evidence.ts'
import { followersOf } from '../postgres/topology.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { type Check, lookAtEach, type Seen, withPrimary } from './support/check.ts'

interface SenderRow {
  readonly application_name: string
  readonly user: string
  readonly client_addr: string | null
  readonly state: string
  readonly slot_name: string | null
}

/** A connection that must be in pg_stat_replication. */
interface WantedClient {
  readonly node: LabNode
  readonly user: string
}

const SQL = `SELECT r.application_name, r.usename AS "user", host(r.client_addr) AS client_addr, r.state,
  (SELECT slot_name FROM pg_replication_slots WHERE active_pid = r.pid) AS slot_name, r.sync_state
  FROM pg_stat_replication r ORDER BY r.application_name`

export const replication: Check = {
  id: 'replication',
  title: 'Each slave and Barman stream as the right user, from where they should',
  run: (lab, guest) =>
    withPrimary('replication', lab, guest, (primary) => {
      const senders = postgresNodes(lab).filter((node) => wantedClients(lab, primary, node).length > 0)
      return lookAtEach('replication', senders, (node) =>
        lookAtSenders(node, wantedClients(lab, primary, node), guest),
      )
    }),
}

function wantedClients(lab: Lab, primary: LabNode, node: LabNode): readonly WantedClient[] {
  const { user } = lab.replication
  const standbys = followersOf(lab, primary, node).map((follower) => ({ node: follower, user }))
  const { backup } = lab
  return backup && node.name === primary.name
    ? [...standbys, { node: backup, user: backup.streamingUser }]
    : standbys
}

async function lookAtSenders(
  node: LabNode,
  wanted: readonly WantedClient[],
  guest: Guest,
): Promise<readonly Seen[]> {
  const rows = await guest.rows<SenderRow>(node, SQL)
  const addresses = wanted.map((client) => client.node.address)
  const strangers = rows.filter(({ client_addr }) => !addresses.includes(client_addr ?? ''))
  const evidence = psqlEvidence(SQL, rows)
  return [
    ...wanted.map((client) => ({ ...seeSender(client, rows), ...evidence })),
    ...strangers.map((row) => ({ ...seeStranger(row), ...evidence })),
  ]
}

function seeSender(wanted: WantedClient, rows: readonly SenderRow[]): Seen {
  const { node, user } = wanted
  const application = applicationOf(node)
  const fromThere = rows.filter(({ client_addr }) => client_addr === node.address)
  const named = fromThere.find(({ application_name }) => application_name === application)
  // Barman has short connections besides receive-wal's; a standby has only the one, whatever its name.
  const row = node.role === 'backup' ? named : (named ?? fromThere[0])
  const expected = `${application}, user ${user}, from ${node.address}, streaming`
  const observed = row
    ? `${row.application_name}, user ${row.user}, from ${row.client_addr}, ${row.state}`
    : `no ${application} from ${node.address}`
  return {
    what: node.role === 'backup' ? `receive-wal of ${node.name}` : `walreceiver of ${node.name}`,
    expected,
    observed,
    ok: observed === expected,
    hint: remedy(wanted, row),
  }
}

function remedy({ node, user }: WantedClient, row: SenderRow | undefined): string {
  if (!row && node.role === 'backup') {
    return (
      `receive-wal does not run, or cannot log in. On ${node.name}: sudo -u barman barman cron; ` +
      'if it stays away, set its password and pg_hba.conf again: npx create-pg-lab provision'
    )
  }
  if (!row) {
    return (
      `${node.name} is down, or cannot log in as ${user} (password, pg_hba.conf); its log says which. ` +
      'Start it and set both again: npx create-pg-lab up'
    )
  }
  if (row.application_name !== applicationOf(node)) {
    return (
      `The name is cluster_name of ${node.name}, unless primary_conninfo gives another. ` +
      `Write both again: npx create-pg-lab provision; then, on ${node.name}: sudo systemctl restart 'postgresql*'`
    )
  }
  if (row.user !== user)
    return `${node.name} logs in as another user. Write its settings again: npx create-pg-lab provision`
  if (row.state === 'catchup')
    return `${node.name} is catching up. Wait, and look again: npx create-pg-lab verify --only replication`
  return `${node.name} does not follow yet. Look again: npx create-pg-lab verify --only replication`
}

function seeStranger(row: SenderRow): Seen {
  return {
    what: `a connection from ${row.client_addr ?? 'the server itself'}`,
    expected: 'only the lab’s own hosts stream',
    observed: `${row.application_name}, user ${row.user}, ${row.state}`,
    ok: false,
    hint: `Somebody else has the password of ${row.user} and a line in pg_hba.conf. Look at npx create-pg-lab verify --only hba`,
  }
}
