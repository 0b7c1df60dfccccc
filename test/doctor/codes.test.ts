import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { RULES } from '../../src/doctor/rules/index.ts'

test('every code has its page, every page a code, and the index leads to all', () => {
  const codes = [...new Set(RULES.map(({ id }) => id))].sort()
  const pages = readdirSync('docs/doctor').map((file) => file.replace('.md', ''))
  expect(pages.sort()).toEqual(codes)
  const index = readFileSync('docs/doctor.md', 'utf8')
  expect(codes.filter((code) => !index.includes(`[${code}](doctor/${code}.md)`))).toEqual([])
})
