import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { projectFiles } from '../../src/generate/render/project.ts'
import { writeProject } from '../../src/generate/write/write.ts'
import type { Lab } from '../../src/lab.ts'
import { testLab, testSlave } from '../support/lab.ts'

/** What people do to a generated lab: in which file, which text they change, and what they make of it. */
const EDITS: readonly (readonly [file: string, from: string, to: string])[] = [
  [
    'provisioning/roles/master/tasks/main.yml',
    '- name: Make the cluster\n',
    '# why: see lecture 4\n- name: Make the cluster\n',
  ],
  [
    'provisioning/roles/backup/tasks/main.yml',
    '- name: Schedule Barman\n',
    '- name: Say hello\n  ansible.builtin.debug:\n    msg: hello\n\n- name: Schedule Barman\n',
  ],
  ['Vagrantfile', '"192.168.11.150", memory: 1024', '"192.168.11.150", memory: 1536'],
  [
    'provisioning/roles/postgres/templates/pg_hba.conf.j2',
    'local   all   all   peer\n',
    'local   all   all   peer\nhost   otus   teacher   192.168.11.77/32   scram-sha-256\n',
  ],
  [
    'Vagrantfile',
    '      # Ansible runs once,',
    '      machine.vm.provision "shell", inline: "echo mine"\n      # Ansible runs once,',
  ],
  ['Vagrantfile', 'config.vm.boot_timeout = 600', 'config.vm.boot_timeout = 1200'],
  ['ansible.cfg', 'retry_files_enabled = False', 'retry_files_enabled = True'],
  [
    'provisioning/roles/slave/templates/standby.conf.j2',
    'primary_slot_name =',
    '# through our slot\nprimary_slot_name =',
  ],
  [
    'provisioning/roles/backup/templates/server.conf.j2',
    'immediate_checkpoint = true',
    'immediate_checkpoint = true\nparallel_jobs = 2',
  ],
  ['provisioning/site.yml', '- name: Set up the primary\n', '# my note\n- name: Set up the primary\n'],
]

/** What the config becomes, one change after the other. */
const CONFIGS: readonly Lab[] = [
  { settings: { work_mem: '16MB' } },
  { settings: { work_mem: '16MB' }, second: true },
  { settings: { work_mem: '16MB', max_connections: 50 }, second: true },
  { settings: { max_connections: 50 }, second: true, name: 'renamed' },
].map(({ settings, second, name }) => {
  const lab = testLab(name ? { name } : {})
  const extra = second ? [testSlave({ name: 'slave2', address: '192.168.11.153', slot: 'slave2_slot' })] : []
  return { ...lab, slaves: [...lab.slaves, ...extra], postgres: { ...lab.postgres, settings } }
})

/** Where labs had these before: the name then, and today's. */
const MOVED: Readonly<Record<string, string>> = {
  'provisioning/rejoin.yml': 'provisioning/operations/rejoin.yml',
  'provisioning/node-image.env': 'provisioning/support/node-image.env',
  'provisioning/callback_plugins/pg_lab_events.py': 'provisioning/support/callback_plugins/pg_lab_events.py',
  'provisioning/roles/postgres/tasks/place.yml':
    'provisioning/roles/postgres/tasks/install-data-directory.yml',
  'provisioning/roles/postgres/tasks/sort.yml': 'provisioning/roles/postgres/tasks/find-primary.yml',
}

let directory: string

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'pg-lab-edits-'))
})

afterAll(() => rmSync(directory, { recursive: true }))

const read = (file: string) => readFileSync(join(directory, file), 'utf8')
const files = (lab: Lab) => projectFiles(lab, { roles: 'copy' })

function edit([file, from, to]: (typeof EDITS)[number]): void {
  expect(read(file)).toContain(from)
  writeFileSync(join(directory, file), read(file).replace(from, to))
}

describe('ten hand edits and four changes of the config', () => {
  it('live together', async () => {
    await writeProject(directory, await files(testLab()), { mode: 'merge' })
    EDITS.forEach(edit)
    for (const lab of CONFIGS) {
      await writeProject(directory, await files(lab), { mode: 'merge' })
      for (const [file, , to] of EDITS) expect(read(file)).toContain(to)
    }
    expect(read('provisioning/group_vars/all/00-cluster.yml')).toContain('max_connections: 50')
    expect(read('Vagrantfile')).toContain('"slave2"')
    expect(read('Vagrantfile')).toContain('lab = "renamed"')
  })

  it('stop where they contradict: the file and both versions are named, and nothing is written', async () => {
    const last = CONFIGS.at(-1) ?? testLab()
    const before = read('Vagrantfile')
    const bigger = { ...last, master: { ...last.master, memoryMb: 2048 } }
    const error = await writeProject(directory, await files(bigger), { mode: 'merge' }).catch(
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(UserError)
    const [problem] = (error as UserError).problems
    expect(problem?.path).toMatch(/^Vagrantfile:\d+$/)
    expect(problem?.message).toContain('memory: 1536')
    expect(problem?.message).toContain('memory: 2048')
    expect(read('Vagrantfile')).toBe(before)
  })
})

describe('a lab from before its files were moved', () => {
  it('gets the new ones, loses the old ones, and keeps those that were edited by their names', async () => {
    const lab = mkdtempSync(join(tmpdir(), 'pg-lab-moved-'))
    const now = await files(testLab())
    const formerOf = (path: string) => Object.keys(MOVED).find((former) => MOVED[former] === path) ?? path
    const before = now.map((file) => ({ ...file, path: formerOf(file.path) }))
    await writeProject(lab, before, { mode: 'merge' })
    const edited = ['provisioning/node-image.env', 'provisioning/roles/postgres/tasks/place.yml']
    for (const path of edited) appendFileSync(join(lab, path), '# mine\n')
    const { written, removed, kept, merged } = await writeProject(lab, now, { mode: 'merge' })
    expect([...written].sort()).toEqual(Object.values(MOVED).sort())
    expect(removed).toEqual(
      Object.keys(MOVED)
        .filter((path) => !edited.includes(path))
        .sort(),
    )
    expect([kept, merged]).toEqual([edited, []])
    for (const path of edited) expect(readFileSync(join(lab, path), 'utf8')).toContain('# mine\n')
    expect(existsSync(join(lab, 'provisioning/callback_plugins'))).toBe(false)
    rmSync(lab, { recursive: true })
  })
})
