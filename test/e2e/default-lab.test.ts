import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testSabotages } from './sabotages.ts'
import { type Result, spawn, TestLab } from './support.ts'

/** This repository is itself the default lab. */
const lab = new TestLab(resolve('.'))
let up: Result

beforeAll(() => {
  lab.remove()
  up = lab.must('up', '--install', '--provider', 'docker')
})

afterAll(() => {
  lab.remove()
})

function hostsOf(prefix: string): string[] {
  const names = spawn('docker', ['ps', '--format', '{{.Names}}'])
    .stdout.split('\n')
    .filter((name) => name.startsWith(prefix))
  const format = '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}'
  return names
    .flatMap((name) => spawn('docker', ['inspect', '--format', format, name]).stdout.split(/\s+/))
    .filter((address) => address.startsWith('192.168.'))
    .sort()
}

describe('the lab of cluster.config.ts', () => {
  it('comes up verified, from nothing, with one command', () => {
    expect(up.stdout).toContain('The lab is up and verified')
    expect(lab.verify().failed).toEqual([])
  })

  it('has three hosts at the addresses of the config', () => {
    expect(hostsOf('pg-lab-')).toEqual(['192.168.11.150', '192.168.11.151', '192.168.11.152'])
  })

  it('uses both slots', () => {
    expect(lab.sql('master', 'SELECT slot_name, active FROM pg_replication_slots ORDER BY slot_name')).toBe(
      'barman|t\nslave_slot|t',
    )
  })

  it('replicates a row', () => {
    lab.sql('master', "INSERT INTO dz (v) VALUES ('kept')", 'otus')
    expect(lab.sql('slave', 'SELECT count(*) FROM dz', 'otus')).toBe('1')
  })

  it('changes nothing the second time, and keeps the data', () => {
    const again = lab.must('up')
    expect(lab.changedCounts(again.stdout)).toEqual({ master: 0, slave: 0, backup: 0 })
    expect(lab.sql('master', "SELECT count(*) FROM dz WHERE v = 'kept'", 'otus')).toBe('1')
  })

  it('writes no password into a log or a generated file', () => {
    const secrets = readdirSync('.pg-lab/secrets').map((name) =>
      readFileSync(`.pg-lab/secrets/${name}`, 'utf8').trim(),
    )
    expect(secrets).toHaveLength(4)
    const places = ['.pg-lab/logs', '.pg-lab/base', 'provisioning', 'Vagrantfile', 'ansible.cfg', 'README.md']
    for (const secret of secrets) {
      expect(spawn('grep', ['-rlF', secret, ...places]).stdout).toBe('')
    }
  })

  it('lets nobody in without a password, nor from elsewhere', () => {
    const login = (user: string, database: string) =>
      spawn('psql', ['-w', '-X', `postgresql://${user}@192.168.11.150:5432/${database}`, '-c', 'SELECT 1'])
    expect(login('student', 'otus').stderr).toContain('no password supplied')
    expect(login('replica', 'postgres').stderr).toContain('no pg_hba.conf entry')
    expect(login('postgres', 'postgres').stderr).toContain('no pg_hba.conf entry')
  })
})

describe('a sabotaged lab', () => {
  testSabotages(lab)
})

describe('its end', () => {
  it('leaves no machine and no network', () => {
    lab.must('destroy', '--yes')
    expect(spawn('docker', ['ps', '-a', '--format', '{{.Names}}']).stdout).not.toContain('pg-lab-master')
  })
})
