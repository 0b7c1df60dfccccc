import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const MODULE = 'provisioning/roles/postgres/library/pg_lab_tablespaces.py'

test('a tablespace is replaced as carefully as its data directory, whatever cuts the run off', () => {
  const { stdout, stderr } = spawnSync('python3', [join(import.meta.dirname, 'tablespaces.py'), MODULE], {
    encoding: 'utf8',
  })
  expect(stdout + stderr).toBe('ok\n')
})
