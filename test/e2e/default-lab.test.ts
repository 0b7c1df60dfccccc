import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { newLab } from '../../src/create/new-lab.ts'
import { LAB_FILES } from '../../src/lab-files.ts'
import { debian13AnsibleCore } from '../support/ansible-core.ts'
import { testSabotages } from './sabotages.ts'
import { settingsToldOtherwise } from './server-settings.ts'
import { ansibleWarnings, changedCounts, processesWith, type Result, spawn, TestLab } from './support.ts'

/** This repository is itself the default lab. */
const lab = new TestLab(resolve('.'))
/** Whatever this test starts, and what that starts, inherits it. */
const MARK = `PG_LAB_TEST=${process.pid}`
/** Also where somebody has switched them off. */
const WARNED = { ANSIBLE_DEPRECATION_WARNINGS: 'True' }
const volumes = () => spawn('docker', ['volume', 'ls', '--quiet']).stdout
let up: Result
let volumesBefore = ''

beforeAll(() => {
  lab.remove()
  volumesBefore = volumes()
  process.env.PG_LAB_TEST = String(process.pid)
  Object.assign(process.env, WARNED)
  up = lab.must('up', '--install', '--provider', 'docker')
})

afterAll(() => {
  lab.remove()
})

/** As a person runs it in the lab's folder; with what core puts in front. */
const ansible = (core: NodeJS.ProcessEnv, ...args: readonly string[]) =>
  spawn('ansible-playbook', args, { cwd: lab.directory, env: { ...process.env, ...WARNED, ...core } })

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

  it('has the settings that the catalog knows', () => {
    expect(settingsToldOtherwise(lab, 'master', 17)).toEqual([])
  })

  it('replicates a row', () => {
    lab.sql('master', "INSERT INTO dz (v) VALUES ('kept')", 'otus')
    expect(lab.sql('slave', 'SELECT count(*) FROM dz', 'otus')).toBe('1')
  })

  it('lets clients in by its closing words, those built on libpq and others', async () => {
    const who = "SELECT current_user || ' ' || ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
    const [uri = ''] = up.stdout.match(/postgresql:\/\/\S+/) ?? []
    const password = lab.secrets().student ?? ''
    const client = new Client({ connectionString: uri.replace('student@', `student:${password}@`) })
    await client.connect()
    expect((await client.query(who)).rows).toEqual([{ '?column?': 'student true' }])
    await client.end()
    const [line = ''] = up.stdout.match(/PGSERVICEFILE=.*/) ?? []
    const { stdout, stderr } = spawn('sh', ['-c', `${line} -w -X -A -t -c "${who}"`])
    expect([stdout, stderr]).toEqual(['student true\n', ''])
  })

  it('changes nothing the second time, and keeps the data', () => {
    expect(changedCounts(lab.upAnew().stdout)).toEqual({ master: 0, slave: 0, backup: 0 })
    expect(lab.sql('master', "SELECT count(*) FROM dz WHERE v = 'kept'", 'otus')).toBe('1')
  })

  it('answers what the README of such a lab says will be asked', async () => {
    const answers = { name: 'pg-lab', provider: 'docker', os: 'debian-13', postgres: undefined } as const
    const { starter } = await newLab({ ...answers, preset: 'homework', slaves: 1, language: 'en' }, 'ts', {
      host: { provider: 'docker', architecture: 'amd64' },
      subnet: '192.168.11.0/24',
    })
    const text = starter.find(({ path }) => path === 'README.md')?.content ?? ''
    const commands = [...text.matchAll(/Live: `npx create-pg-lab (.+)`$/gm)].map(([, words = '']) => words)
    expect(commands).toHaveLength(10)
    for (const command of commands) {
      const { status, stdout, stderr } = spawn('sh', ['-c', `node dist/pg-lab.js ${command}`])
      expect({ command, status, stderr }).toEqual({ command, status: 0, stderr: '' })
      expect(stdout, command).not.toMatch(/\(0 rows\)|FAILED/)
    }
  })

  it.each([
    ["this computer's", () => ({})],
    ["Debian 13's", debian13AnsibleCore],
  ])('changes nothing by %s Ansible alone, even after /tmp was emptied', (_, core) => {
    const file = join(lab.directory, '.pg-lab/ssh_config')
    const config = readFileSync(file, 'utf8')
    expect(config).toContain('ControlPath /tmp/')
    writeFileSync(file, config.replaceAll('ControlPath /tmp/', 'ControlPath /tmp/gone/'))
    try {
      const { stdout, stderr } = ansible(core(), 'provisioning/site.yml')
      const recap = stdout.match(/changed=\d+ +unreachable=\d+/g)?.map((text) => text.replace(/ +/, ' '))
      expect(recap, stdout + stderr).toEqual(Array.from({ length: 3 }, () => 'changed=0 unreachable=0'))
      expect(ansibleWarnings(stdout + stderr)).toEqual([])
    } finally {
      writeFileSync(file, config) // the tests to come reach the machines by it
    }
  })

  it.each([
    ['site.yml'],
    ['operations/rejoin.yml', 'postgres_target=slave'],
    ['operations/reinit.yml', 'postgres_target=slave'],
    ['operations/restore.yml', 'restore_backup=latest', 'restore_target=latest'],
    [
      'operations/restore-in-place.yml',
      'restore_over=master',
      'restore_backup=latest',
      'restore_target=latest',
    ],
    ['operations/remove-restored.yml'],
  ])('can be told beforehand what %s would change', (playbook, ...variables) => {
    const extra = variables.flatMap((variable) => ['-e', variable])
    const look = ['--check', '--diff', ...extra, `provisioning/${playbook}`]
    const { status, stdout, stderr } = ansible(debian13AnsibleCore(), ...look)
    expect([status, ansibleWarnings(stdout + stderr)]).toEqual([0, []])
  })

  it('is warned of nothing that a coming Ansible takes away', () => {
    expect(lab.ansibleWarnings()).toEqual([])
  })

  it('leaves a password nowhere but in its own files', () => {
    const secrets = lab.secrets()
    expect(Object.keys(secrets)).toHaveLength(5)
    const keys = ['ca', 'server-master', 'server-slave', 'server-backup'].map(
      (name) => `.pg-lab/tls/${name}.key`,
    )
    // The second line of a key: in the first one all of them are alike.
    const bodies = keys.map((path) => readFileSync(join(lab.directory, path), 'utf8').split('\n')[2] ?? '')
    expect(new Set(bodies).size).toBe(4)
    const patterns = [...Object.values(secrets), ...bodies].map((secret) => `${secret}\n`)
    const here = spawn(
      'grep',
      [
        '-rlFf',
        '-',
        '--exclude-dir=node_modules',
        '--exclude-dir=.git',
        '.',
        `${homedir()}/.ansible`,
        ...ansibleFolders(),
      ],
      {
        input: patterns.join(''),
      },
    )
    const passwords = Object.keys(secrets).map((user) => `.pg-lab/secrets/${user}`)
    const own = ['.pg-lab/pgpass', ...passwords, ...keys].map((path) => `./${path}`)
    expect(here.stdout.trim().split('\n').sort()).toEqual(own.sort())
    for (const node of ['master', 'slave', 'backup'] as const) {
      const found = lab.ask(node, patterns.join(''), SEARCH_A_NODE)
      const server = ['/etc/pg-lab/server.key', '/var/lib/postgresql/.pgpass']
      const own = { master: server, slave: server, backup: ['/var/lib/barman/.pgpass'] }[node]
      expect([node, found.trim().split('\n').sort()]).toEqual([node, own])
    }
    expect(own.map((path) => statSync(path).mode & 0o777)).toEqual(own.map(() => 0o600))
    expect(
      spawn('git', ['check-ignore', ...own])
        .stdout.trim()
        .split('\n')
        .sort(),
    ).toEqual(own.sort())
  })

  it('lets nobody in without a password, with another’s, nor from elsewhere', () => {
    const secrets = lab.secrets()
    const login = (user: string, database: string, password?: string) =>
      spawn('psql', ['-w', '-X', `postgresql://${user}@192.168.11.150:5432/${database}`, '-c', 'SELECT 1'], {
        env: { ...process.env, ...(password === undefined ? {} : { PGPASSWORD: password }) },
      })
    expect(login('student', 'otus').stderr).toContain('no password supplied')
    expect(login('student', 'otus', 'wrong').stderr).toContain('password authentication failed')
    expect(login('student', 'otus', secrets.replica).stderr).toContain('password authentication failed')
    expect(login('student', 'otus', secrets.student).status).toBe(0)
    for (const user of ['replica', 'barman', 'barman_streaming', 'postgres']) {
      expect(login(user, 'postgres', secrets[user] ?? 'x').stderr).toContain('no pg_hba.conf entry')
      expect(login(user, 'postgres?replication=true', secrets[user] ?? 'x').stderr).toMatch(
        /no pg_hba\.conf entry for replication/,
      )
    }
  })

  it('holds a machine to the host key of its first boot', () => {
    const file = join(lab.directory, LAB_FILES.knownHosts.path)
    const keys = readFileSync(file, 'utf8')
    const [, foreign = ''] = /^master-\S+ (.*)$/m.exec(keys) ?? []
    spawn('ssh', ['-F', '.pg-lab/ssh_config', '-O', 'exit', 'slave']) // a connection that is kept open asks no more
    writeFileSync(file, keys.replace(/^(slave-\S+) .*$/m, `$1 ${foreign}`))
    try {
      const { status, failed } = lab.verify('--only', 'login')
      expect([status, failed.map(({ node, hint }) => [node, hint])]).toEqual([
        1,
        [['slave', expect.stringContaining('another host key than')]],
      ])
    } finally {
      writeFileSync(file, keys)
    }
    expect(lab.verify('--only', 'login').failed).toEqual([])
  })

  it('listens on nothing but ssh, and PostgreSQL where it runs', async () => {
    expect(await openPorts('192.168.11.150')).toEqual([22, 5432])
    expect(await openPorts('192.168.11.151')).toEqual([22, 5432])
    expect(await openPorts('192.168.11.152')).toEqual([22])
  })
})

/** Prints the files, journals and processes of a node in which one of the lines of its standard input stands. */
const SEARCH_A_NODE = `umask 077; cat > /run/patterns
grep -rlsFf /run/patterns /etc /home /opt /root /srv /tmp /var/log /var/tmp /var/lib/barman /var/lib/postgresql /var/spool
journalctl --no-pager -o export 2>/dev/null | grep -qaFf /run/patterns && echo journal
for process in /proc/[0-9]*; do
  cat "$process/environ" "$process/cmdline" 2>/dev/null | grep -qaFf /run/patterns && echo "$process"
done
rm /run/patterns`

/** What an Ansible that was interrupted would leave on this computer. */
function ansibleFolders(): string[] {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith('ansible'))
    .map((name) => join(tmpdir(), name))
}

/** The ports below 10,000 that take a connection from here. */
async function openPorts(host: string): Promise<number[]> {
  const open: number[] = []
  const probe = (port: number) =>
    new Promise<void>((done) => {
      const socket = connect({ host, port })
      const end = () => {
        socket.destroy()
        done()
      }
      socket.once('error', end)
      socket.once('connect', () => {
        open.push(port)
        end()
      })
    })
  const ports = Array.from({ length: 9_999 }, (_, at) => at + 1)
  for (let at = 0; at < ports.length; at += 500) await Promise.all(ports.slice(at, at + 500).map(probe))
  return open.sort((one, other) => one - other)
}

describe('a sabotaged lab', () => {
  testSabotages(lab)
})

describe('its end', () => {
  it('leaves no machine, no network, no volume and no process', async () => {
    lab.must('destroy', '--yes')
    expect(spawn('docker', ['ps', '-a', '--format', '{{.Names}}']).stdout).not.toContain('pg-lab-master')
    expect(spawn('docker', ['network', 'ls', '--format', '{{.Name}}']).stdout).not.toContain('192.168.11.')
    expect(volumes()).toBe(volumesBefore)
    await vi.waitFor(() => expect(processesWith(MARK)).toEqual([]), 5_000)
  })
})
