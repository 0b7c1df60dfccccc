import { can } from '../catalog/providers/index.ts'
import { type Lab, postgresNodes } from '../lab.ts'
import { LAB_FILES } from '../lab-files.ts'

const PORT = 5432

/** Ports of this computer that lead to the servers, counted on from here. */
const FIRST_LOCAL_PORT = 15_432

/** Where this computer finds a server. */
interface Place {
  readonly node: string
  readonly host: string
  readonly port: number
}

/** How clients on this computer get to the servers. */
export interface Connections {
  readonly places: readonly Place[]
  /** The words of ssh that lead there, where the addresses are out of this computer's reach. */
  readonly tunnel: string | undefined
}

/** @param system this computer's, as Node calls it */
export function connectionsOf(lab: Lab, system: string): Connections {
  const nodes = postgresNodes(lab)
  const reached = can(lab).beReached[lab.network.mode]
  if (reached === 'everywhere' || reached.includes(system)) {
    const places = nodes.map(({ name, address }) => ({ node: name, host: address, port: PORT }))
    return { places, tunnel: undefined }
  }
  const port = (at: number) => FIRST_LOCAL_PORT + at
  // Through one machine to all: its own address is one of those that pg_hba.conf lets in.
  const ways = nodes.map(({ address }, at) => `-L ${port(at)}:${address}:${PORT}`)
  return {
    places: nodes.map(({ name }, at) => ({ node: name, host: 'localhost', port: port(at) })),
    tunnel: `ssh -F ${LAB_FILES.sshConfig.path} -S none -N ${ways.join(' ')} ${lab.master.name}`,
  }
}

/**
 * What a client asks of TLS. A tunnel's end has not the name that is in the certificate.
 * @param authority the lab's own, as a file of this computer
 */
function tlsOptions(
  { postgres }: Lab,
  { tunnel }: Connections,
  authority: string,
): readonly (readonly [option: string, value: string])[] {
  if (!postgres.tls) return []
  return [
    ['sslmode', tunnel === undefined ? 'verify-full' : 'verify-ca'],
    ['sslrootcert', authority],
  ]
}

/** The demo database at each place, for any driver; without the password, which is asked for, or found in a file. */
export function connectionUris(
  lab: Lab,
  connections: Connections,
  authority: string,
): readonly (readonly [node: string, uri: string])[] {
  const options = tlsOptions(lab, connections, encodeURIComponent(authority).replaceAll('%2F', '/'))
  const query = options.map(([option, value]) => `${option}=${value}`).join('&')
  const { owner, name } = lab.database
  return connections.places.map(({ node, host, port }) => [
    node,
    `postgresql://${owner}@${host}:${port}/${name}${query && `?${query}`}`,
  ])
}

/**
 * The servers as services of libpq: https://www.postgresql.org/docs/current/libpq-pgservice.html
 * @param passwords a file as libpq wants it: https://www.postgresql.org/docs/current/libpq-pgpass.html
 */
export function servicesText(
  lab: Lab,
  connections: Connections,
  { authority, passwords }: { readonly authority: string; readonly passwords: string },
): string {
  const { owner, name } = lab.database
  const sections = connections.places.map(({ node, host, port }) => {
    const options = [
      ['host', host],
      ['port', port],
      ['dbname', name],
      ['user', owner],
      ['passfile', passwords],
      ...tlsOptions(lab, connections, authority),
    ]
    return [`[${node}]`, ...options.map(([option, value]) => `${option}=${value}`), ''].join('\n')
  })
  return sections.join('\n')
}

/** The password of the demo database's owner, for each place. */
export function passwordsText({ database }: Lab, { places }: Connections, password: string): string {
  const fields = ({ host, port }: Place) => [host, port, database.name, database.owner, password]
  const lines = places.map((place) => fields(place).map((field) => String(field).replace(/[\\:]/g, '\\$&')))
  return lines.map((line) => `${line.join(':')}\n`).join('')
}
