import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { BARMAN_SINCE, barmanHas } from '../../src/catalog/barman.ts'

test('the role and the program say the same of each feature of Barman', () => {
  const { backup_since } = parse(readFileSync('provisioning/roles/backup/vars/main.yml', 'utf8'))
  expect(BARMAN_SINCE).toMatchObject(backup_since)
})

test.each([
  ['2.12', 'target_with_timeline', false],
  ['2.12', 'plain_role', false],
  ['2.17', 'plain_role', true],
  ['3.4.0', 'models', false],
  ['3.10', 'models', true],
  ['3.10.1', 'restore', false],
  ['3.13.3', 'restore', true],
  ['3.13.3', 'terminate_process', false],
  ['3.20.1', 'terminate_process', true],
  ['4.0', 'check_archived_wal_range', true],
] as const)('Barman %s: %s %s', (version, feature, has) => {
  expect(barmanHas(version, feature)).toBe(has)
})
