import { dockerNetwork } from '../../catalog/providers/docker.ts'
import { PROVIDERS } from '../../catalog/providers/index.ts'
import { type Lab, type LabNode, nodesOf } from '../../lab.ts'
import { rubyStringBody } from './ruby.ts'
import { renderTemplate } from './template.ts'

/** Group of the Ansible inventory. A host must not be called like its group, so these are plurals. */
const GROUPS = { master: 'masters', slave: 'slaves', backup: 'backups' } as const

/** Spaces that make a column of `values` as wide as its widest one. */
function padding(values: readonly (string | number)[]): string[] {
  const lengths = values.map((value) => rubyStringBody(value).length)
  const widest = Math.max(...lengths)
  return lengths.map((length) => ' '.repeat(widest - length))
}

/** The table of machines: one row each, columns aligned. */
function tableOf(nodes: readonly LabNode[]) {
  const name = padding(nodes.map((node) => node.name))
  const address = padding(nodes.map((node) => node.address))
  const memory = padding(nodes.map((node) => node.memoryMb))
  return nodes.map((node, row) => ({
    ...node,
    group: GROUPS[node.role],
    padding: { name: name[row], address: address[row], memory: memory[row] },
  }))
}

/**
 * Renders Vagrantfile.ejs. Every value of the lab goes through the escape of a Ruby string.
 * @param header the first line's text, without its `#`
 */
export async function vagrantfile(lab: Lab, header: string): Promise<string> {
  const provider = PROVIDERS[lab.provider]
  const networkOptions = provider.network[lab.network.mode]
  const view = {
    lab,
    header,
    provider,
    nodes: tableOf(nodesOf(lab)),
    networkOptions,
    dockerNetwork: dockerNetwork(lab.network.subnet),
    // A variable nobody reads would make a reader look for its use.
    namesLab: [...provider.settings, ...networkOptions].some((line) =>
      /^[^#]*(?:\blab\b|#\{lab\})/.test(line),
    ),
  }
  return renderTemplate('Vagrantfile.ejs', view, rubyStringBody)
}
