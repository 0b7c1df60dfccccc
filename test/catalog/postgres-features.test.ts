import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { POSTGRES_SINCE, postgresHas } from '../../src/catalog/postgres-features.ts'

test('the roles and the program say the same of each feature of PostgreSQL', () => {
  const { postgres_since } = parse(readFileSync('provisioning/roles/postgres/vars/common.yml', 'utf8'))
  expect(POSTGRES_SINCE).toMatchObject(postgres_since)
})

test('no role compares with a major by its number', () => {
  const files = readdirSync('provisioning/roles', { recursive: true, encoding: 'utf8' })
  const compared = files
    .filter((name) => /\.(j2|yml)$/.test(name))
    .flatMap((name) => {
      const text = readFileSync(join('provisioning/roles', name), 'utf8')
      return [...text.matchAll(/postgres_version(?: *\| *int)? *[<>=]+ *\d.*/g)].map(
        ([line]) => `${name}: ${line}`,
      )
    })
  expect(compared).toEqual([])
})

test.each([
  [12, 'slot_limit', false],
  [13, 'slot_limit', true],
  [14, 'backup_start', false],
  [15, 'backup_start', true],
  [18, 'vacuum_page', true],
] as const)('PostgreSQL %s: %s %s', (version, feature, has) => {
  expect(postgresHas(version, feature)).toBe(has)
})
