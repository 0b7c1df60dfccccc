import { expect, test } from 'vitest'
import { unreachableWithout } from '../../src/operations/kept-backups.ts'
import type { BaseBackup } from '../../src/postgres/barman-catalogue.ts'

const backup = (id: string, endedAt: number | undefined, status = 'DONE'): BaseBackup => ({
  id,
  status,
  isIncremental: false,
  endedAt,
  retention: 'valid',
  bytes: 1,
  walBytes: 1,
})
const ALL = [backup('c', 30), backup('b', 20), backup('a', 10), backup('x', 5, 'FAILED')]

test.each([
  ['the oldest', ALL, 'a', [], { kind: 'before', from: 10, to: 20, next: 'b' }],
  ['the oldest, with what goes on from it', ALL, 'a', ['b'], { kind: 'before', from: 10, to: 30, next: 'c' }],
  ['one in the middle: WAL leads there from an older one', ALL, 'b', [], { kind: 'nothing' }],
  ['the newest', ALL, 'c', [], { kind: 'nothing' }],
  ['one that failed', ALL, 'x', [], { kind: 'nothing' }],
  ['the only one', [backup('a', 10), backup('x', 5, 'FAILED')], 'a', [], { kind: 'everything' }],
] as const)('without %s', (_, all, gone, goesToo, lost) => {
  expect(unreachableWithout(all, gone, goesToo)).toEqual(lost)
})
