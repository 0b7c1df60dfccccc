import { expect, test } from 'vitest'
import { postgresHas } from '../../src/catalog/postgres-features.ts'

test.each([
  [12, 'slot_limit', false],
  [13, 'slot_limit', true],
  [14, 'backup_start', false],
  [15, 'backup_start', true],
  [18, 'vacuum_page', true],
] as const)('PostgreSQL %s: %s %s', (version, feature, has) => {
  expect(postgresHas(version, feature)).toBe(has)
})
