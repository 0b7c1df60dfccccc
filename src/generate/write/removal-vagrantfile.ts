import type { ProviderName } from '../../catalog/names.ts'
import { can } from '../../catalog/providers/index.ts'
import { rubyStringBody } from '../render/ruby.ts'

/** Vagrant does not look at a container without an image, though it is only to be stopped and deleted. */
const ANY_IMAGE = 'scratch'

/**
 * The lab's Vagrantfile and, beside its machines, those that the config no longer has: Vagrant stops and deletes only
 * what a Vagrantfile defines.
 * @param names of the machines that are gone
 */
export function goneVagrantfile(names: readonly string[], provider: ProviderName): string {
  const defined = names.map((name) => `  config.vm.define "${rubyStringBody(name)}"${blockOf(provider)}`)
  return [
    '# Machine-made: lets Vagrant stop and delete machines that the config no longer has.',
    'load File.join(__dir__, "..", "Vagrantfile")',
    'Vagrant.configure("2") do |config|',
    ...defined,
    'end',
    '',
  ].join('\n')
}

function blockOf(provider: ProviderName): string {
  if (!can({ provider }).buildImages) return ''
  return ` do |machine|
    machine.vm.provider("${provider}") { |v| v.image = "${ANY_IMAGE}" }
  end`
}
