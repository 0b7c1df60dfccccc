import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadConfig, searchedUpTo } from '../../src/config/load.ts'
import { UserError } from '../../src/errors.ts'
import { folderWith } from '../tools/helpers.ts'

async function userError(promise: Promise<unknown>): Promise<UserError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof UserError) return error
  throw new Error(`no UserError: ${error}`)
}

/** A folder others may write to, with a folder of one's own in it. */
function openFolder(mode: number): { readonly open: string; readonly own: string } {
  const open = folderWith({})
  const own = join(open, 'mine', 'lab')
  mkdirSync(own, { recursive: true, mode: 0o755 })
  chmodSync(join(open, 'mine'), 0o755)
  chmodSync(open, mode)
  return { open, own }
}

const STRANGER = "throw new Error('the config of another user ran')"

test('no config is looked for in a folder that others may write to, nor above it', async () => {
  const { open, own } = openFolder(0o1777)
  writeFileSync(join(open, 'cluster.config.mjs'), STRANGER)
  expect(searchedUpTo(own)).toBe(join(open, 'mine'))
  const error = await userError(loadConfig(own))
  expect(error.message).toContain(`up to ${join(open, 'mine')}`)
  expect(error.message).toContain('others may write')
})

test('a config of one’s own is found above, up to there', async () => {
  const { open, own } = openFolder(0o1777)
  writeFileSync(join(open, 'mine', 'cluster.config.yaml'), 'name: mine\n')
  expect((await loadConfig(own)).config.name).toBe('mine')
})

test('the group of the user himself may write', () => {
  const { open, own } = openFolder(0o775)
  expect(searchedUpTo(own).length).toBeLessThan(open.length + 1)
})

test.runIf(process.getuid?.() === 0)(
  'a config of another user is not taken from an open folder either',
  async () => {
    const { open } = openFolder(0o1777)
    const file = join(open, 'cluster.config.mjs')
    writeFileSync(file, STRANGER)
    chownSync(file, 65_534, 65_534)
    expect((await userError(loadConfig(open))).message).toContain('belongs to another user')
  },
)
