import { readFileSync } from 'node:fs'
import { relative } from 'node:path/posix'
import { expect, test } from 'vitest'
import { FORMATS } from '../../src/config/formats.ts'
import { barmanPaths } from '../../src/guest-paths.ts'

test("what we restore lies in a folder that no server's name leads to", () => {
  const { home, restored } = barmanPaths()
  const folder = relative(home, restored)
  expect(folder).toBe('.pg-lab/restored')
  expect(FORMATS.barmanServer.pattern.test(folder.split('/')[0] ?? '')).toBe(false)
})

test('so does what is rehearsed', () => {
  const { home, kept } = barmanPaths()
  expect(FORMATS.barmanServer.pattern.test(relative(home, kept))).toBe(false)
  expect(readFileSync('src/scripts/rehearse-restore.sh', 'utf8')).toContain('\nwork=$kept/')
})
