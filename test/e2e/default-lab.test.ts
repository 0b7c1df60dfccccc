import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failures, type Result, spawn, TestLab } from './support.ts'

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
  it('names a standby that does not use its slot', () => {
    const conf = lab.sql('slave', "SELECT sourcefile FROM pg_settings WHERE name = 'primary_slot_name'")
    lab.ssh('slave', 'sudo', 'sed', '-i', 's/^primary_slot_name/#&/', conf)
    lab.sql('slave', 'SELECT pg_reload_conf()')
    const { status, failed } = lab.verify()
    expect(status).toBe(1)
    expect(failures(failed).join('\n')).toContain('slave_slot')
    expect(failed.every(({ hint }) => hint?.includes('pg-lab'))).toBe(true)
    lab.must('provision')
    expect(lab.verify().failed).toEqual([])
  })

  it('names a line of pg_hba.conf that trusts the network', () => {
    const hba = lab.sql('master', 'SHOW hba_file')
    lab.ssh('master', 'sudo', 'sh', '-c', `echo 'host all all 192.168.11.0/24 trust' >> ${hba}`)
    lab.sql('master', 'SELECT pg_reload_conf()')
    const { status, failed } = lab.verify()
    expect(status).toBe(1)
    expect(new Set(failed.map(({ check, node }) => `${check} ${node}`))).toEqual(new Set(['hba master']))
    lab.must('provision')
    expect(lab.verify().failed).toEqual([])
  })

  it('names a Barman whose cron and receive-wal are gone', () => {
    lab.ssh('backup', 'sudo', 'systemctl', 'stop', 'cron')
    lab.ssh('backup', 'sudo', 'pkill', '-f', 'pg_receivewal')
    const { status, failed } = lab.verify()
    expect(status).toBe(1)
    expect(failures(failed).join('\n')).toMatch(/cron/)
    expect(failures(failed).join('\n')).toMatch(/barman/)
    lab.must('provision')
    lab.ssh('backup', 'sudo', '-u', 'barman', 'barman', 'cron')
    expect(lab.verify().failed).toEqual([])
  })
})

describe('its end', () => {
  it('leaves no machine and no network', () => {
    lab.must('destroy', '--yes')
    expect(spawn('docker', ['ps', '-a', '--format', '{{.Names}}']).stdout).not.toContain('pg-lab-master')
  })
})
