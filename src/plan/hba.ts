import { type Lab, type LabNode, nodesOf, postgresNodes } from '../lab.ts'
import type { ServerSight } from './server-sight.ts'

const ONE_ADDRESS = '255.255.255.255'

interface Line {
  readonly database: string
  readonly user: string
  readonly address: string
}

/** The lines of the role's pg_hba.conf that let somebody in over the network. */
function wantedLines(lab: Lab): readonly Line[] {
  const { backup, database, network, replication } = lab
  const standbys = ['replication', 'postgres'].flatMap((database) =>
    postgresNodes(lab).map(({ address }: LabNode) => ({ database, user: replication.user, address })),
  )
  const barman = backup
    ? [
        { database: 'replication', user: backup.streamingUser, address: backup.address },
        { database: 'postgres', user: backup.streamingUser, address: backup.address },
        { database: 'postgres', user: backup.user, address: backup.address },
      ]
    : []
  const owner = [network.gateway, ...nodesOf(lab).map(({ address }) => address)].map((address) => ({
    database: database.name,
    user: database.owner,
    address,
  }))
  return [...standbys, ...barman, ...owner]
}

function typeIn({ postgres }: Lab): string {
  return postgres.tls ? 'hostssl' : 'host'
}

function asSeen(lab: Lab, { database, user, address }: Line): string {
  return `${typeIn(lab)} ${database} ${user} ${address} ${ONE_ADDRESS} scram-sha-256`
}

/** How pg_hba.conf of a running server changes: `pg_hba.conf lets in replica from 10.0.0.13`. */
export function hbaChanges(lab: Lab, { hba }: ServerSight): readonly string[] {
  const wanted = ['local all all peer', ...wantedLines(lab).map((line) => asSeen(lab, line))]
  const given = hba.map((line) => line.replace(/^host(ssl)? /, `${typeIn(lab)} `))
  const missing = wanted.filter((line) => !given.includes(line))
  const surplus = given.filter((line) => !wanted.includes(line))
  const isOtherType = given.some((line, at) => line !== hba[at])
  return [
    ...(isOtherType ? [`pg_hba.conf lets in ${lab.postgres.tls ? 'only with' : 'also without'} TLS`] : []),
    ...told('pg_hba.conf lets in', missing),
    ...told('pg_hba.conf no longer lets in', surplus),
  ]
}

function told(words: string, lines: readonly string[]): readonly string[] {
  const addresses = new Map<string, string[]>()
  for (const line of lines) {
    const [type, , user = '', address = ''] = line.split(' ')
    if (type === 'local') addresses.set(`${user} locally`, [])
    else addresses.set(user, [...new Set([...(addresses.get(user) ?? []), address])])
  }
  if (addresses.size === 0) return []
  const who = [...addresses].map(([user, from]) =>
    from.length === 0 ? user : `${user} from ${from.join(', ')}`,
  )
  return [`${words} ${who.join(', ')}`]
}
