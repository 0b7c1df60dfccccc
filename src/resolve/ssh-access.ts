import type { ProviderName } from '../catalog/names.ts'
import type { Config } from '../config/schema.ts'
import type { LabNode, ServerAccess } from '../lab.ts'
import type { ConfigMachine } from './machines.ts'
import type { AddProblem } from './problems.ts'

type Access = Config['master']['ssh']

/** Existing servers have addresses of their own; and nothing is said of ssh where Vagrant makes the machines. */
export function checkServers(
  config: Config,
  provider: ProviderName,
  machines: readonly ConfigMachine[],
  report: AddProblem,
): void {
  if (provider === 'ssh') {
    for (const { path, seat } of machines.filter((machine) => machine.seat.address === undefined)) {
      report(
        `${path}.address`,
        `the ${seat.role} has none, and provider is ssh`,
        'give the address that the server has',
      )
    }
    const accesses = [
      { path: 'ssh', access: config.ssh },
      ...machines.map(({ path }) => {
        return { path: `${path}.ssh`, access: accessOf(config, path) }
      }),
    ]
    for (const { path, access } of accesses) {
      if (access.jump === undefined || access.proxyCommand === undefined) continue
      report(
        `${path}.proxyCommand`,
        `is given beside ${path}.jump, and a connection has one way`,
        'leave one of them out',
      )
    }
    return
  }
  const paths = [
    ...(Object.keys(config.ssh).length > 0 ? ['ssh'] : []),
    ...machines.flatMap(({ path }) =>
      Object.keys(accessOf(config, path)).length > 0 ? [`${path}.ssh`] : [],
    ),
  ]
  for (const path of paths) report(path, 'is for existing servers', "leave it out, or set provider to 'ssh'")
}

function accessOf({ master, slaves, backup }: Config, path: string): Access {
  const [, index] = /^slaves\[(\d+)\]$/.exec(path) ?? []
  if (index !== undefined) return slaves[Number(index)]?.ssh ?? {}
  return (path === 'backup' && backup ? backup : master).ssh
}

/**
 * How each server is reached.
 * @param nodes the machines, and the path of each in the config
 */
export function serversOf(
  config: Config,
  nodes: readonly LabNode[],
  machines: readonly ConfigMachine[],
): readonly ServerAccess[] {
  return nodes.map(({ name, address }) => {
    const path = machines.find((machine) => machine.name === name)?.path ?? ''
    const own = accessOf(config, path)
    const way = (own.jump ?? own.proxyCommand) ? own : config.ssh
    return {
      name,
      address,
      host: own.host ?? address,
      port: own.port ?? config.ssh.port ?? 22,
      user: own.user ?? config.ssh.user,
      key: own.key ?? config.ssh.key,
      certificate: own.certificate ?? config.ssh.certificate,
      agent: own.agent ?? config.ssh.agent,
      jump: way.jump,
      proxyCommand: way.proxyCommand,
    }
  })
}
