import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseRestoreTarget } from '../../src/operations/restore-target.ts'
import { bytesOf } from '../../src/postgres/wal.ts'

// PostgreSQL 19 prints the second half with eight digits, older ones as many as it takes.
test.each([
  ['0/9000090', '0/09000090'],
  ['1/A033A28', '1/0A033A28'],
  ['A/0', 'A/00000000'],
])('%s and %s are one place in the WAL', (older, newer) => {
  expect(bytesOf(newer)).toBe(bytesOf(older))
})

test('of two places the later one is the greater, however they are printed', () => {
  expect(bytesOf('0/10000000') > bytesOf('0/09000090')).toBe(true)
  expect(bytesOf('0/10000000') > bytesOf('0/9000090')).toBe(true)
  expect(bytesOf('10/0') > bytesOf('9/FFFFFFFF')).toBe(true)
})

test.each(['0/9000090', '0/09000090'])('a restore goes to %s', (lsn) => {
  expect(parseRestoreTarget(lsn, 'UTC')).toEqual({ kind: 'lsn', value: lsn })
})

test('no LSN is compared as text: neither in a program, nor in a role', () => {
  const files = ['src', 'provisioning'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`),
  )
  const texts =
    /lsn\w*(?:\(\))?::text\s*(?:[<>=]|IN\b|BETWEEN\b)|\.lsn\s*(?:[<>]=?|[=!]==?)\s*\w+(?:\.\w+)*\.?lsn\b|max\(\w*lsn::text\)/i
  expect(files.filter((file) => texts.test(readFileSync(file, 'utf8')))).toEqual([])
})
