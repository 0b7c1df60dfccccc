import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { RAN } from '../../src/catalog/ran.ts'

test('docs/doctor.md shows what was run', () => {
  const told = [...readFileSync('docs/doctor.md', 'utf8').matchAll(/^\| [^|]+ \| [^|]+ \| ([^|]+) \|$/gm)]
  const expected = Object.values(RAN).map((versions) => versions.join(', ') || 'not run')
  expect(told.slice(1).map(([, versions]) => versions)).toEqual(expected)
})
