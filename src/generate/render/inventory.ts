import { type Lab, type LabNode, nodesOf } from '../../lab.ts'

function group(nodes: readonly LabNode[]): Record<string, unknown> {
  return { hosts: Object.fromEntries(nodes.map(({ name }) => [name, {}])) }
}

/**
 * Who is in which group. How a host is reached is not in here: the lab's ssh_config knows (see ansible.cfg).
 * The groups carry the roles of the config; who is the primary today, the servers are asked.
 */
export function inventory(lab: Lab): Record<string, unknown> {
  const nodes = nodesOf(lab)
  return {
    masters: group(nodes.filter(({ role }) => role === 'master')),
    slaves: group(nodes.filter(({ role }) => role === 'slave')),
    backups: group(nodes.filter(({ role }) => role === 'backup')),
  }
}
