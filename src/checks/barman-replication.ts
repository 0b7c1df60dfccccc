import type { BackupNode, Lab, LabNode, PostgresNode } from '../lab.ts'
import { applicationOf, askBarman, barmanConfig, barmanFailed } from '../postgres/barman.ts'
import { copiedServer, followersOf } from '../postgres/topology.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { type Check, lookAtBackupOf, type Seen } from './support/check.ts'

interface Client {
  readonly application_name?: string
  readonly user_name?: string
  readonly ip_address?: string | null
  readonly current_state?: string
  readonly replication_slot?: string | null
}

/*
 * Lag is not asked for: receive-wal flushes whole segments, and stays a segment or two behind while all is well.
 */
export const barmanReplication: Check = {
  id: 'barman-replication',
  title: 'Barman sees itself and each slave stream',
  run: (lab, guest) =>
    lookAtBackupOf('barman-replication', lab, guest, (backup, primary) =>
      lookAtBarmanClients(lab, primary, backup, guest),
    ),
}

async function lookAtBarmanClients(
  lab: Lab,
  primary: LabNode,
  backup: BackupNode,
  guest: Guest,
): Promise<readonly Seen[]> {
  const [answer, { config }] = await Promise.all([
    askBarman(guest, backup, ['replication-status', ...(backup.from ? ['--source', 'wal-host'] : [])]),
    barmanConfig(guest, backup),
  ])
  const clients = clientsOf(answer.about)
  if (!clients) throw barmanFailed(answer, backup)
  const { command, output } = answer
  const wanted = [...followersOf(lab, primary, primary), backup]
  const seen =
    answer.errors.length > 0 ? [seeErrors(answer.errors)] : wanted.map((node) => seeClient(node, clients))
  const told = seen.map((one) => ({ ...one, command, output }))
  const copied = seeTarget('server that Barman backs up', copiedServer(lab, primary), config, '')
  if (!backup.from) return [copied, ...told]
  return [copied, seeTarget('server that Barman has the WAL of', primary, config, 'wal_'), ...told]
}

/** After a failover Barman still asks the old primary, until its file is written again. */
function seeTarget(
  what: string,
  primary: LabNode,
  config: Readonly<Record<string, unknown>>,
  prefix: '' | 'wal_',
): Seen {
  const hosts = ['conninfo', 'streaming_conninfo'].map(
    (name) => /\bhost=(\S+)/.exec(String(config[`${prefix}${name}`] ?? config[name]))?.[1],
  )
  const observed = [...new Set(hosts)].join(', ')
  return {
    what,
    expected: `${primary.address} (${primary.name})`,
    observed: observed === primary.address ? `${primary.address} (${primary.name})` : observed,
    ok: observed === primary.address,
    hint: 'It does not follow the primary. Write its file again: npx create-pg-lab provision',
  }
}

function seeErrors(errors: readonly string[]): Seen {
  return {
    what: 'replication-status',
    expected: 'an answer',
    observed: errors.join('; '),
    ok: false,
    hint: 'Barman does not get through to the primary. Set password and pg_hba.conf again: npx create-pg-lab provision',
  }
}

/** The clients under `streaming_clients`; none at all leaves the key out. */
function clientsOf(about: unknown): readonly Client[] | undefined {
  if (typeof about !== 'object' || about === null) return undefined
  const { streaming_clients: clients } = about as { streaming_clients?: unknown }
  return Array.isArray(clients) ? (clients as Client[]) : []
}

function seeClient(node: PostgresNode | BackupNode, clients: readonly Client[]): Seen {
  const { slot } = node
  const fromThere = clients.filter(({ ip_address }) => ip_address === node.address)
  // Barman itself has short connections besides receive-wal's, and a base backup has one of its own.
  const client =
    fromThere.find(({ replication_slot }) => replication_slot === slot) ??
    fromThere.find(({ application_name }) => application_name === applicationOf(node))
  const expected = `streaming through ${slot}`
  const observed = client
    ? `${client.current_state} ${client.replication_slot ? `through ${client.replication_slot}` : 'without a slot'}`
    : 'not connected'
  return {
    what: `replication-status of ${node.name}`,
    expected,
    observed,
    ok: observed === expected,
    hint:
      node.role === 'backup'
        ? 'receive-wal does not run. Barman’s cron job starts it: sudo -u barman barman cron'
        : 'Look at it from the primary: npx create-pg-lab verify --only slots,replication',
  }
}
