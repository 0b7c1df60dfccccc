import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { pathWithout, type Result, spawn, TestLab } from './support.ts'

const CONFIG = `
import { defineCluster } from 'create-pg-lab'
export default defineCluster({ name: 'plain', provider: 'docker', network: { subnet: '192.168.72.0/24' } })
`
const made = TestLab.create('made', CONFIG)
const copy = new TestLab(join(made.directory, '..', 'copy of it'), { temporary: true })
const tools = join(made.directory, '..', 'tools')
const path = pathWithout('node', 'npm', 'npx', 'create-pg-lab', 'create-pg-lab')
const env = { ...process.env, PATH: `${tools}:${path}` }

/** As ansible-core 2.23 will be, and Vagrant's own provisioner does not know. */
const ANSIBLE_OF_TOMORROW = `#!/bin/sh
for argument; do
  case $argument in
    --inventory-file*) echo "ansible-playbook: error: unrecognized arguments: $argument" >&2; exit 2 ;;
  esac
done
PATH='${path}' exec ansible-playbook "$@"
`
let up: Result

const vagrant = (...args: string[]) => spawn('vagrant', args, { cwd: copy.directory, env })

beforeAll(() => {
  made.must('generate')
  mkdirSync(tools)
  writeFileSync(join(tools, 'ansible-playbook'), ANSIBLE_OF_TOMORROW)
  chmodSync(join(tools, 'ansible-playbook'), 0o755)
  cpSync(made.directory, copy.directory, { recursive: true })
  // What a mentor clones: the machine-made folder is not in git.
  rmSync(join(copy.directory, '.pg-lab'), { recursive: true })
  up = vagrant('up', '--provider=docker')
})

afterAll(() => {
  vagrant('destroy', '-f')
  rmSync(tools, { recursive: true, force: true })
  copy.remove()
  made.remove()
})

const psql = (node: string, sql: string, database = 'postgres') =>
  vagrant('ssh', node, '-c', `sudo -u postgres psql -X -A -t -d ${database} -c "${sql}"`).stdout.trim()

it('builds everything with vagrant alone, no Node', () => {
  expect(`${up.stdout}\n${up.stderr}`).toContain('PLAY RECAP')
  expect(up.stdout.match(/PLAY RECAP/g)).toHaveLength(1)
  expect(up.status).toBe(0)
})

it('has both slots in use and a standby in recovery', () => {
  expect(psql('master', 'SELECT slot_name, active FROM pg_replication_slots ORDER BY 1')).toBe(
    'barman|t\nslave_slot|t',
  )
  expect(psql('slave', 'SELECT pg_is_in_recovery()')).toBe('t')
})

it('replicates, and is backed up', () => {
  psql('master', "INSERT INTO dz (v) VALUES ('plain')", 'otus')
  expect(psql('slave', 'SELECT v FROM dz', 'otus')).toBe('plain')
  const check = vagrant('ssh', 'backup', '-c', 'sudo -u barman barman check master')
  expect(check.stdout).not.toContain('FAILED')
  expect(check.status).toBe(0)
})

it('changes nothing when provisioned again', () => {
  const again = vagrant('provision')
  expect(again.stdout.match(/changed=(\d+)/g)).toEqual(['changed=0', 'changed=0', 'changed=0'])
})

it('lets Ansible be run by hand too', () => {
  const byHand = spawn('ansible-playbook', ['provisioning/site.yml'], { cwd: copy.directory, env })
  expect(byHand.stdout.match(/changed=\d+ +unreachable=\d+/g)).toEqual(
    Array.from({ length: 3 }, () => expect.stringMatching(/^changed=0 +unreachable=0$/)),
  )
})
