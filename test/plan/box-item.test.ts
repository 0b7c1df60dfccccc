import { expect, test } from 'vitest'
import { withBox } from '../../src/plan/box-item.ts'
import type { PlanItem } from '../../src/plan/plan-item.ts'

const FILE: PlanItem = { kind: 'file', action: 'create', text: 'Vagrantfile' }
const MACHINE: PlanItem = { kind: 'machine', node: 'master', action: 'create', text: 'Debian 13' }
const stored = { provider: 'libvirt', folder: '/b', architecture: 'amd64', builtFrom: 'c0ffee' }
const box = { ...stored, name: 'pg-lab/debian-13', version: '20261201.0900.h1' }

test.each([
  [{ from: 'here', box }, 'from the box pg-lab/debian-13 20261201.0900.h1, which is here'],
  [
    { from: 'address', address: 'http://school/x' },
    'from the box bento/debian-13, fetched from http://school/x',
  ],
  [
    { from: 'packages', own: 'pg-lab/debian-13', silent: 'vagrantcloud.com' },
    'from the box pg-lab/debian-13, which is made here first: vagrantcloud.com has no bento/debian-13 for us',
  ],
  [
    { from: 'packages', own: 'pg-lab/debian-14', silent: undefined },
    'from the box pg-lab/debian-14, which is made here first',
  ],
] as const)('the plan says where the box comes from: %j', (source, text) => {
  const [file, item, machine] = withBox([FILE, MACHINE], source, 'bento/debian-13')
  expect([file, machine]).toEqual([FILE, MACHINE])
  expect(item).toEqual({ kind: 'machine', action: 'create', text })
})

test('and says nothing of it where no machine is made', () => {
  expect(withBox([FILE], { from: 'here', box }, 'bento/debian-13')).toEqual([FILE])
})
