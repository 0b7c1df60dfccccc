import { hbaShown, parseHbaLine } from '../config/hba.ts'
import { type Lab, type LabNode, nodesOf, postgresNodes } from '../lab.ts'
import { usersOf } from '../passwords.ts'

const ONE_ADDRESS = '255.255.255.255'

/** A line of pg_hba.conf that lets somebody in over the network. */
interface AdmittingLine {
  readonly database: string
  readonly user: string
  readonly address: string
}

/** In the order of the role's pg_hba.conf.j2. */
function remoteLines(lab: Lab): readonly AdmittingLine[] {
  const { backup, database, network, replication } = lab
  const comers = [
    { database: 'replication', user: replication.user },
    { database: 'postgres', user: replication.rewindUser },
  ]
  const standbys = comers.flatMap((comer) =>
    postgresNodes(lab).map(({ address }: LabNode) => ({ ...comer, address })),
  )
  const barman = backup
    ? [
        { database: 'replication', user: backup.streamingUser, address: backup.address },
        { database: 'postgres', user: backup.streamingUser, address: backup.address },
        { database: 'postgres', user: backup.user, address: backup.address },
      ]
    : []
  const gateway = network.gateway === '' ? [] : [network.gateway]
  const owner = [...gateway, ...nodesOf(lab).map(({ address }) => address)].map((address) => ({
    database: database.name,
    user: database.owner,
    address,
  }))
  return [...standbys, ...barman, ...owner]
}

/** `hostssl` where TLS is on: the type of every line that lets in over the network. */
export function hbaType({ postgres }: Lab): string {
  return postgres.tls ? 'hostssl' : 'host'
}

/** All lines of pg_hba.conf as the config gives them, the same on every server, as pg_hba_file_rules shows them. */
export function hbaLines(lab: Lab): readonly string[] {
  const remote = remoteLines(lab).map(
    ({ database, user, address }) =>
      `${hbaType(lab)} ${database} ${user} ${address} ${ONE_ADDRESS} scram-sha-256`,
  )
  const { name, owner } = lab.database
  return [`local ${name} ${owner} peer map=pg_lab`, 'local all all peer', ...remote, ...othersLines(lab)]
}

/** Those for clients of others, and before them the one that keeps the lab's own roles out of these. */
export function othersLines(lab: Lab): readonly string[] {
  const { hba } = lab.postgres
  if (hba.length === 0) return []
  const roles = usersOf(lab).filter((user) => user !== lab.database.owner)
  const shown = hba.map((text) => {
    const line = parseHbaLine(text)
    if (typeof line === 'string') throw new Error(`pg_hba.conf: must be ${line}`) // the config was checked
    return hbaShown(line)
  })
  return [`host all,replication ${roles.join(',')} all reject`, ...shown]
}
