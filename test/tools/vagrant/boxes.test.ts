import { expect, test } from 'vitest'
import { isInUse, storedBoxes, vagrantHome } from '../../../src/tools/vagrant/boxes.ts'
import { folderWith } from '../helpers.ts'

const OURS = '{"provider":"libvirt","architecture":"amd64","made_by":"create-pg-lab","built_from":"c0ffee"}'

test('Vagrant is asked where its user put it', () => {
  expect(vagrantHome({ VAGRANT_HOME: '/srv/vagrant' })).toBe('/srv/vagrant')
  expect(vagrantHome({})).toMatch(/\.vagrant\.d$/)
})

test('its store is read as Vagrant 2.3 and 2.4 lay it out, the newest version first', () => {
  const home = folderWith({
    'boxes/pg-lab-VAGRANTSLASH-debian-13/20261201.0900.h1/libvirt/metadata.json': OURS,
    'boxes/pg-lab-VAGRANTSLASH-debian-13/20261201.1000.h2/amd64/libvirt/metadata.json': OURS,
    'boxes/pg-lab-VAGRANTSLASH-debian-13/20261201.1100.h3/libvirt/metadata.json': '{"provider":',
    'boxes/pg-lab-VAGRANTSLASH-debian-13/metadata_url': 'file:///gone',
    'boxes/bento-VAGRANTSLASH-debian-13/9.0/virtualbox/metadata.json': '{"provider":"virtualbox"}',
  })
  expect(
    storedBoxes(home).map(({ name, version, provider, architecture, builtFrom }) =>
      [name, version, provider, architecture, builtFrom].join(' '),
    ),
  ).toEqual([
    'bento/debian-13 9.0 virtualbox  ',
    'pg-lab/debian-13 20261201.1000.h2 libvirt amd64 c0ffee',
    'pg-lab/debian-13 20261201.0900.h1 libvirt amd64 c0ffee',
  ])
  expect(storedBoxes(folderWith())).toEqual([])
})

test('a box that a machine was made from is in use', () => {
  const version = '20261201.0900.h1'
  const home = folderWith({
    [`boxes/pg-lab-VAGRANTSLASH-debian-13/${version}/libvirt/metadata.json`]: OURS,
    [`boxes/pg-lab-VAGRANTSLASH-debian-12/${version}/libvirt/metadata.json`]: OURS,
    'data/machine-index/index': JSON.stringify({
      machines: {
        a: { extra_data: { box: { name: 'pg-lab/debian-13', provider: 'libvirt', version } } },
        b: {},
      },
    }),
  })
  const used = storedBoxes(home).filter((box) => isInUse(home, box))
  expect(used.map(({ name }) => name)).toEqual(['pg-lab/debian-13'])
})
