import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lab, ServerAccess } from '../../lab.ts'
import { LAB_FILES, OWN_FOLDER } from '../../lab-files.ts'
import { machinesIn } from '../vagrant/machine-records.ts'

const EVERY_HOST = [
  'BatchMode yes', // a key is there; nobody is to be asked for a password
  'LogLevel ERROR', // vagrant's FATAL hides why a connection failed
  'ConnectTimeout 10',
  'ServerAliveInterval 5', // a machine that is cut off is noticed after 15 s
  'ServerAliveCountMax 3',
]

/** The hosts of `user@host:port,host`. */
function jumpHosts(jump: string | undefined): readonly string[] {
  return jump?.split(',').map((one) => one.replace(/^.*@/, '').replace(/:\d+$/, '')) ?? []
}

/** A key of our own is tried alone; without one the agent and ssh's usual files are asked. */
function accessLines(
  { key, certificate, agent }: Pick<ServerAccess, 'key' | 'certificate' | 'agent'>,
  knownHosts: string | undefined,
): readonly string[] {
  return [
    ...(key === undefined ? [] : [`IdentityFile "${key}"`, 'IdentitiesOnly yes']),
    ...(certificate === undefined ? [] : [`CertificateFile "${certificate}"`]),
    ...(agent === undefined ? [] : [`IdentityAgent "${agent}"`]),
    'StrictHostKeyChecking yes',
    ...(knownHosts === undefined ? [] : [`UserKnownHostsFile "${knownHosts}"`]),
  ]
}

/**
 * How ssh reaches existing servers, one `Host` each, and one for each host that is gone through. Their host keys must
 * be known: nobody but the user can say that a server is the right one. No value needs quoting (see config/formats.ts).
 */
export function serversSshConfig({ servers, knownHosts }: Lab): string {
  const block = (host: string, lines: readonly string[]) =>
    [`Host ${host}`, ...lines.map((line) => `  ${line}`)].join('\n')
  const jumps = new Map(
    servers.flatMap((server) => jumpHosts(server.jump).map((host) => [host, server] as const)),
  )
  return [
    ...servers.map((server) =>
      block(server.name, [
        `HostName ${server.host}`,
        `Port ${server.port}`,
        ...(server.user === undefined ? [] : [`User ${server.user}`]),
        ...(server.jump === undefined ? [] : [`ProxyJump ${server.jump}`]),
        ...(server.proxyCommand === undefined ? [] : [`ProxyCommand ${server.proxyCommand}`]),
        ...accessLines(server, knownHosts),
      ]),
    ),
    ...[...jumps].map(([host, server]) => block(host, accessLines(server, knownHosts))),
    '',
  ].join('\n')
}

/**
 * Writes the lab's ssh_config, readable for its owner alone.
 * @param text what `vagrant ssh-config` printed, or `serversSshConfig` made
 * @param nodes their addresses become names of the same hosts: an inventory may speak of either
 */
export function writeSshConfig(
  directory: string,
  text: string,
  nodes: readonly { readonly name: string; readonly address: string }[],
): void {
  const file = join(directory, LAB_FILES.sshConfig.path)
  mkdirSync(join(directory, OWN_FOLDER), { recursive: true })
  rmSync(file, { force: true }) // a link, or a file with other rights, is replaced and not written through
  const context = {
    nodes,
    folder: controlFolder(),
    knownHosts: join(directory, LAB_FILES.knownHosts.path),
    ids: idsOf(directory),
  }
  writeFileSync(file, sshConfig(text, context), { mode: 0o600, flag: 'wx' })
}

/** In ssh's configuration the first value wins, so ours go to the head of each host. */
function sshConfig(
  text: string,
  context: {
    readonly nodes: readonly { readonly name: string; readonly address: string }[]
    readonly folder: string | undefined
    readonly knownHosts: string
    readonly ids: ReadonlyMap<string, string>
  },
): string {
  const everyHost = [...EVERY_HOST, ...sharing(context.folder, text)]
  return text
    .split(/\r?\n/)
    .flatMap((line) => {
      const name = /^Host\s+(\S+)/.exec(line)?.[1]
      if (name === undefined) return [line]
      const address = context.nodes.find((node) => node.name === name)?.address
      const ours = [...everyHost, ...hostKey(name, context.ids.get(name), context.knownHosts)]
      return [`Host ${name}${address === undefined ? '' : ` ${address}`}`, ...ours.map((own) => `  ${own}`)]
    })
    .join('\n')
}

/** What Vagrant calls each machine: another word after it was deleted and made again. */
function idsOf(directory: string): ReadonlyMap<string, string> {
  return new Map(machinesIn(directory).map(({ name, id }) => [name, id]))
}

/**
 * The key a machine shows the first time is written down, and it must show the same ever after. It is kept under a name
 * that no other machine ever has, so one that was made again, or got another port, is no stranger.
 */
function hostKey(name: string, id: string | undefined, knownHosts: string): readonly string[] {
  if (id === undefined) return []
  return [
    'StrictHostKeyChecking accept-new',
    `UserKnownHostsFile "${knownHosts.replaceAll('%', '%%')}"`, // ssh reads %h and the like in it
    `HostKeyAlias ${name}-${id.replace(/[^A-Za-z0-9]/g, '').slice(0, 12)}`,
    'CheckHostIP no', // addresses are reused by other machines
    'UpdateHostKeys no',
  ]
}

/**
 * A connection is shared by those alone who would have opened the same: %C knows address, port and user, and neither the
 * key nor the way there.
 */
function sharing(folder: string | undefined, text: string): readonly string[] {
  if (folder === undefined) return []
  const way = createHash('sha256').update(text).digest('hex').slice(0, 8)
  return ['ControlMaster auto', 'ControlPersist 60s', `ControlPath ${folder}/%C-${way}`]
}

/**
 * The private folder of the shared connections' sockets; made when missing, for a restart empties /tmp and ssh gives up
 * without it. It is short because a socket's path may have some 104 bytes, which TMPDIR alone needs on macOS.
 * @returns `undefined` where connections cannot be shared: on Windows, or when somebody else holds our name in /tmp
 */
export function controlFolder(): string | undefined {
  if (process.getuid === undefined) return undefined
  const folder = `/tmp/pg-lab-${process.getuid()}`
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const stats = lstatSync(folder) // not followed: a link of somebody else's could lead anywhere
    const isOurs = stats.uid === process.getuid() && (stats.mode & 0o777) === 0o700
    return isOurs && stats.isDirectory() ? folder : undefined
  } catch {
    return undefined
  }
}
