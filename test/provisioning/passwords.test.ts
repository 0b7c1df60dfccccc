import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'pg-lab passwords ж-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What Ansible makes of one of the roles' variables. */
function templated(name: string, vars: Record<string, string>): unknown {
  const given = JSON.stringify({ postgres_secrets: join(folder, 'secrets'), ...vars })
  const roleVars = `@${resolve('provisioning/roles/postgres/vars/common.yml')}`
  const args = ['localhost', '-c', 'local', '-m', 'debug', '-a', `var=${name}`, '-e', roleVars, '-e', given]
  const stdout = execFileSync('ansible', args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return JSON.parse(stdout.slice(stdout.indexOf('{')))[name]
}

test('a lab without a backup host has no passwords of Barman', () => {
  const vars = { postgres_backup_address: '', postgres_backup_user: '', postgres_backup_streaming_user: '' }
  expect(templated('postgres_backup_password', vars)).toBe('')
  expect(templated('postgres_backup_streaming_password', vars)).toBe('')
})

test('a password is made once', () => {
  const vars = { postgres_backup_address: '192.168.11.152', postgres_backup_user: 'barman' }
  const password = templated('postgres_backup_password', vars)
  expect(password).toMatch(/^[A-Za-z0-9]{32}$/)
  expect(templated('postgres_backup_password', vars)).toBe(password)
  expect(readdirSync(join(folder, 'secrets'))).toEqual(['barman'])
})
