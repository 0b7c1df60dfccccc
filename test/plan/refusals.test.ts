import { describe, expect, test } from 'vitest'
import type { Lab } from '../../src/lab.ts'
import { refusals } from '../../src/plan/refusals.ts'
import { DEBIAN_12, testBackup, testLab, testMaster, testSlave } from '../support/lab.ts'
import { surveyOf, type Twist } from './scene.ts'

const lab = testLab()

async function refused(wanted: Lab, twist: Twist = {}): Promise<readonly string[]> {
  const seen = await surveyOf(lab, wanted, twist)
  return refusals(wanted, seen).map(({ node, text, hint }) => `${node}: ${text} → ${hint}`)
}

const withPostgres = (changes: Partial<Lab['postgres']>): Lab => ({
  ...lab,
  postgres: { ...lab.postgres, ...changes },
})

test('nothing is refused where nothing is at stake', async () => {
  expect(await refused(lab)).toEqual([])
  expect(await refused(withPostgres({ version: 16 }), { missing: ['master', 'slave', 'backup'] })).toEqual([])
})

describe('what cannot be changed in place', () => {
  const another = 'or start over, which deletes the data: npx create-pg-lab destroy && npx create-pg-lab up'

  test('the major version, also of servers that are stopped', async () => {
    const line = `master: PostgreSQL 15 holds the data, and the config asks for 16: another major cannot read it → put postgres.version 15 back, ${another} (save it before: npx create-pg-lab ssh master -- sudo -u postgres pg_dumpall > dump.sql)`
    expect(await refused(withPostgres({ version: 16 }))).toEqual([line])
    expect(await refused(withPostgres({ version: 16 }), { silent: ['master', 'slave', 'backup'] })).toEqual([
      line,
    ])
  })

  test('the operating system, with the PostgreSQL it brings', async () => {
    const debian13 = { ...DEBIAN_12, name: 'debian-13', title: 'Debian 13' } as const
    expect(await refused({ ...withPostgres({ version: 17 }), os: debian13 })).toEqual([
      `master: Debian 12 runs on master, slave, backup, and the config asks for Debian 13 → put os: 'debian-12' back, ${another}`,
    ])
  })

  test.each([
    ['rocky 9.4', 'rocky-9'],
    ['almalinux 9.3', 'alma-9'],
    ['ubuntu 24.04', 'ubuntu-24.04'],
    ['debian 12', 'debian-12'],
    ['debian forky', 'debian-14'],
  ] as const)('%s is %s', async (os, name) => {
    expect(await refused({ ...lab, os: { ...DEBIAN_12, name } }, { os })).toEqual([])
  })

  test('what initdb has chosen', async () => {
    expect(await refused(withPostgres({ checksums: false, locale: 'ru_RU.UTF-8' }))).toEqual([
      `master: checksums are on there, and the config asks for off: that is chosen when a cluster is made → put it back, ${another}`,
      `master: the locale is C.UTF-8 there, and the config asks for ru_RU.UTF-8: that is chosen when a cluster is made → put it back, ${another}`,
    ])
    expect(await refused(withPostgres({ locale: 'C.utf8' }))).toEqual([])
  })

  test('the address of the master, also of one that is stopped', async () => {
    const moved = { ...lab, master: testMaster({ address: '192.168.11.77' }) }
    const line = `master: its address cannot become 192.168.11.77: the machine would have to be made again, and it holds the data → put 192.168.11.150 back, ${another}`
    expect(await refused(moved)).toEqual([line])
    expect(await refused(moved, { silent: ['master', 'slave', 'backup'] })).toEqual([line])
  })

  test('the name of the master, whoever still knows it', async () => {
    const renamed = {
      ...lab,
      master: testMaster({ name: 'pg1' }),
      slaves: [testSlave({ upstream: 'pg1' })],
    }
    const line = `master: the master cannot be renamed to pg1: its machine would have to be made again, and it holds the data → put the name master back, ${another}`
    expect(await refused(renamed)).toEqual([line])
    expect(await refused(renamed, { silent: ['master'] })).toEqual([line])
    expect(await refused(renamed, { forgotten: true })).toEqual([line])
    expect(await refused(renamed, { forgotten: true, silent: ['master'] })).toEqual([line])
  })

  test('but a machine of the master that was never made is made', async () => {
    expect(await refused(lab, { missing: ['master'] })).toEqual([
      'slave: every server is in recovery: there is no primary to follow → make the most advanced one the primary: npx create-pg-lab promote',
    ])
    expect(await refused(lab, { missing: ['master', 'slave'] })).toEqual([])
  })

  test('settings that would have to grow and shrink in one run', async () => {
    const settings = { ...lab.postgres.settings, max_connections: 50, max_worker_processes: 20 }
    expect(await refused(withPostgres({ settings }))).toEqual([
      'master: max_worker_processes would grow and max_connections would shrink: standbys need the one before the primary, the other after it → raise the first, run npx create-pg-lab up, then lower the second',
    ])
  })
})

describe('a cluster the playbook would refuse', () => {
  test('two primaries', async () => {
    const server: Twist['server'] = (sight) => ({ ...sight, in_recovery: false })
    expect(await refused(lab, { server })).toEqual([
      'master: master and slave are primaries at the same time → see both ways out: npx create-pg-lab verify --only primary',
    ])
  })

  test('no primary', async () => {
    const server: Twist['server'] = (sight) => ({ ...sight, in_recovery: true })
    expect(await refused(lab, { server })).toEqual([
      'master: every server is in recovery: there is no primary to follow → make the most advanced one the primary: npx create-pg-lab promote',
    ])
  })

  test('a standby of another cluster', async () => {
    const server: Twist['server'] = (sight) => ({
      ...sight,
      ...(sight.in_recovery ? { system_identifier: '1' } : {}),
    })
    expect(await refused(lab, { server })).toEqual([
      'slave: its data belongs to another cluster than that of master → if it may go: npx create-pg-lab reinit slave',
    ])
  })
})

describe('how machines are wired', () => {
  const vm = { ...lab, provider: 'virtualbox' } as const
  const hostOnly = { ...vm, network: { ...vm.network, mode: 'host-only' } } as const
  const everybody = ['master', 'slave', 'backup']

  test('is not changed while they run', async () => {
    const twist = { silent: everybody }
    expect(await refusals(hostOnly, await surveyOf(vm, hostOnly))).toMatchObject([
      {
        text: 'the machines run in a network that is internal, and the config asks for host-only',
        hint: expect.stringContaining('npx create-pg-lab halt && npx create-pg-lab up'),
      },
    ])
    expect(refusals(vm, await surveyOf(hostOnly, vm))).toHaveLength(1)
    expect(refusals(hostOnly, await surveyOf(vm, hostOnly, twist))).toEqual([])
    expect(refusals(vm, await surveyOf(vm, vm))).toEqual([])
  })

  test('is the same in both modes where a bridge is a bridge', async () => {
    expect(await refused({ ...lab, network: { ...lab.network, mode: 'host-only' } })).toEqual([])
  })

  test('bears the name of the lab in a network of VirtualBox', async () => {
    const renamed = { ...vm, name: 'other' }
    expect(refusals(renamed, await surveyOf(vm, renamed))).toMatchObject([
      { hint: expect.stringContaining("put name: 'otus' back") },
    ])
  })
})

test("Barman's name for the cluster", async () => {
  const renamed = { ...lab, backup: testBackup({ server: 'shop' }) }
  expect(await refused(renamed)).toEqual([
    "backup: Barman keeps its backups under the name master, and the config asks for shop → put backup.server 'master' back, or give backup.name another name as well: that machine is made again, and this one is deleted with all backups, after a question",
  ])
  expect(await refused({ ...lab, backup: testBackup({ name: 'vault', server: 'shop' }) })).toEqual([])
})
