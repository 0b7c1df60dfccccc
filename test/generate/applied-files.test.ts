import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, test } from 'vitest'
import { appliedFiles, isSource } from '../../src/generate/applied-files.ts'
import { folderWith } from '../tools/helpers.ts'

const FILES = {
  'provisioning/site.yml': '- hosts: all\n',
  'provisioning/roles/postgres/tasks/main.yml': '[]\n',
  'ansible.cfg': '[defaults]\n',
  Vagrantfile: 'end\n',
  '.pg-lab/secrets/replica': 'secret\n',
  'report/README.md': 'all is well\n',
}

/** Whether a change of the lab's folder is seen, in its sources and in its secrets. */
async function seen(change: (folder: string) => void) {
  const folder = folderWith(FILES)
  const before = await appliedFiles(folder)
  expect(await appliedFiles(folder)).toEqual(before)
  change(folder)
  const after = await appliedFiles(folder)
  return after && { sources: after.sources !== before?.sources, secrets: after.secrets !== before?.secrets }
}

const nothing = { sources: false, secrets: false }
const sources = { sources: true, secrets: false }
const secrets = { sources: false, secrets: true }
const put = (path: string, text: string) => (folder: string) => {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), text)
}

it.each<[string, (folder: string) => void, object | undefined]>([
  ['a role edited by hand', put('provisioning/roles/postgres/tasks/main.yml', '- debug:\n'), sources],
  ["variables of the user's own", put('provisioning/group_vars/all/10.local.yml', 'a: 1\n'), sources],
  ['a file that is gone', (folder) => rmSync(join(folder, 'provisioning/site.yml')), sources],
  [
    'a file with another name',
    (folder) => renameSync(join(folder, 'provisioning/site.yml'), join(folder, 'provisioning/web.yml')),
    sources,
  ],
  ['how Ansible is set up', put('ansible.cfg', '[ssh]\n'), sources],
  ['a password with the same text, written anew', put('.pg-lab/secrets/replica', 'secret\n'), secrets],
  ['a rotation that has not ended', put('.pg-lab/secrets.old/replica', 'older\n'), secrets],
  ['a key', put('.pg-lab/tls/ca.key', 'key\n'), secrets],
  ['what Python writes beside a plugin', put('provisioning/roles/__pycache__/x.pyc', 'x'), nothing],
  ['a report', put('report/README.md', 'no\n'), nothing],
  ['a log', put('.pg-lab/logs/ssh.log', 'no\n'), nothing],
  [
    'a link, behind which anything may change',
    (folder) => symlinkSync('/etc', join(folder, 'provisioning/x')),
    undefined,
  ],
])('%s', async (_what, change, expected) => {
  expect(await seen(change)).toEqual(expected)
})

test('a folder without any of them has a state too', async () => {
  expect(await appliedFiles(folderWith())).toEqual(await appliedFiles(folderWith()))
})

test.each([
  ['provisioning/site.yml', true],
  ['ansible.cfg', true],
  ['provisioning-old/site.yml', false],
  ['README.md', false],
])('%s is read by Ansible: %s', (path, is) => {
  expect(isSource(path)).toBe(is)
})

test('no password is in it', async () => {
  const folder = folderWith({ '.pg-lab/secrets/replica': 'secret\n' })
  const { createHash } = await import('node:crypto')
  const hash = createHash('sha256')
    .update(readFileSync(join(folder, '.pg-lab/secrets/replica')))
    .digest('hex')
  expect(JSON.stringify(await appliedFiles(folder))).not.toContain(hash)
})
