import { expect, test } from 'vitest'
import { type TopologyWords, topology } from '../../src/create/topology.ts'
import { testBackup, testLab, testSlave } from '../support/lab.ts'

const words: TopologyWords = {
  primary: 'primary',
  standby: (slot) => slot,
  synchronous: 'sync',
  potential: 'potential',
  delayed: (delay) => `+${delay}`,
  barman: (slot) => slot,
}

const slave = (name: string, upstream = 'master', applyDelay = '') =>
  testSlave({ name, upstream, applyDelay, slot: `${name}_slot`, address: '10.0.0.1' })

test('a tree of three storeys', () => {
  const lab = testLab({
    slaves: [slave('a'), slave('b', 'a'), slave('c', 'b', '1h'), slave('d', 'a'), slave('e')],
    replication: { ...testLab().replication, synchronousCount: 1 },
  })
  expect(topology(lab, words)).toMatchInlineSnapshot(`
    "master          192.168.11.150   primary
    ├─▶ a           10.0.0.1         a_slot, sync
    │   ├─▶ b       10.0.0.1         b_slot
    │   │   └─▶ c   10.0.0.1         c_slot, +1h
    │   └─▶ d       10.0.0.1         d_slot
    ├─▶ e           10.0.0.1         e_slot, potential
    └─▶ backup      192.168.11.152   barman"
  `)
})

test('without a backup host the last slave ends the tree', () => {
  expect(
    topology(testLab({ slaves: [slave('a'), slave('b')], backup: undefined }), words),
  ).toMatchInlineSnapshot(`
    "master   192.168.11.150   primary
    ├─▶ a    10.0.0.1         a_slot
    └─▶ b    10.0.0.1         b_slot"
  `)
})

test('a lab of a master alone', () => {
  expect(topology(testLab({ slaves: [], backup: testBackup() }), words)).toMatchInlineSnapshot(`
    "master       192.168.11.150   primary
    └─▶ backup   192.168.11.152   barman"
  `)
})
