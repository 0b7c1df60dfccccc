import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FORMATS } from '../../src/config/formats.ts'
import { RESTORED } from '../../src/operations/restore.ts'

const vars = readFileSync('provisioning/roles/backup/vars/main.yml', 'utf8')

test("what we restore lies in a folder that no server's name leads to, and both sides mean the same one", () => {
  const [, restored = ''] = /^backup_restored: "{{ backup_home }}\/(.*)"$/m.exec(vars) ?? []
  expect(restored).toBe(RESTORED)
  expect(FORMATS.barmanServer.pattern.test(restored.split('/')[0] ?? '')).toBe(false)
})

test('so does what is rehearsed', () => {
  const source = readFileSync('src/operations/restore-rehearsal.ts', 'utf8')
  const [, rehearsal = ''] = /^work=~\/(.*)$/m.exec(source) ?? []
  expect(FORMATS.barmanServer.pattern.test(rehearsal.split('/')[0] ?? '')).toBe(false)
})
