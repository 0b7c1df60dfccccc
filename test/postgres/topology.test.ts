import { describe, expect, it } from 'vitest'
import { synchronousNames } from '../../src/postgres/topology.ts'
import { testBackup, testLab, testSlave } from '../support/lab.ts'

const slaves = [testSlave(), testSlave({ name: 'slave2', upstream: 'master' })]

function names(isBarman: boolean, synchronousCount: number): string {
  const plain = testLab({ slaves, backup: testBackup({ synchronous: isBarman }) })
  const lab = { ...plain, replication: { ...plain.replication, synchronousCount } }
  return synchronousNames(lab, lab.master)
}

describe('synchronous_standby_names', () => {
  it.each([
    [false, 0, ''],
    [false, 1, 'FIRST 1 ("slave", "slave2")'],
    [true, 0, 'FIRST 1 ("barman_receive_wal")'],
    [true, 1, 'FIRST 2 ("barman_receive_wal", "slave", "slave2")'],
  ])('Barman %s, and %i slaves: %s', (isBarman, count, expected) => {
    expect(names(isBarman, count)).toBe(expected)
  })
})
