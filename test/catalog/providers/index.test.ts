import { describe, expect, it } from 'vitest'
import { PROVIDER_NAMES } from '../../../src/catalog/names.ts'
import { PROVIDERS } from '../../../src/catalog/providers/index.ts'

const all = Object.values(PROVIDERS)
const VERSION = /^\d+(?:\.\d+)*$/

describe('PROVIDERS', () => {
  it('has one row for every name, under that name', () => {
    expect(Object.keys(PROVIDERS).sort()).toEqual([...PROVIDER_NAMES].sort())
    for (const [name, provider] of Object.entries(PROVIDERS)) expect(provider.name).toBe(name)
  })

  it('asks nothing but ssh of a computer whose servers are elsewhere', () => {
    expect(all.filter(({ requires }) => requires.length === 0).map(({ name }) => name)).toEqual(['ssh'])
  })

  it.each(all)('$name: versions are versions, in ascending order', ({ requires }) => {
    for (const { minimum, vagrantFor } of requires) {
      if (minimum !== undefined) expect(minimum).toMatch(VERSION)
      for (const pair of vagrantFor) expect([pair.from, pair.vagrant].join(' ')).toMatch(/^[\d.]+ [\d.]+$/)
      expect(vagrantFor).toEqual(
        [...vagrantFor].sort((a, b) => a.from.localeCompare(b.from, 'en', { numeric: true })),
      )
    }
  })

  it.each(all)('$name: a plugin is found in the list, a program by its version', ({ requires }) => {
    for (const { kind, versionArgs } of requires)
      if (kind === 'vagrant-plugin') expect(versionArgs).toEqual([])
  })

  it('gives VirtualBox an internal network unless host-only is asked for', () => {
    expect(PROVIDERS.virtualbox.network.internal).toContain('virtualbox__intnet: lab')
    expect(PROVIDERS.virtualbox.network['host-only'].join()).not.toContain('intnet')
  })

  it('never lets libvirt hand out addresses of its own', () => {
    for (const options of Object.values(PROVIDERS.libvirt.network)) {
      expect(options).toContain('libvirt__dhcp_enabled: false')
    }
  })
})
