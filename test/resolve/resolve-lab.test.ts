import { describe, expect, test } from 'vitest'
import { type ClusterConfig, parseConfig } from '../../src/config/schema.ts'
import { UserError } from '../../src/errors.ts'
import type { Lab } from '../../src/lab.ts'
import { type HostFacts, resolveLab } from '../../src/resolve/resolve-lab.ts'

const DOCKER: HostFacts = { provider: 'docker', architecture: 'amd64' }
const VIRTUALBOX: HostFacts = { provider: 'virtualbox', architecture: 'amd64' }

function lab(input: ClusterConfig, host: HostFacts = DOCKER): Lab {
  const result = parseConfig(input)
  if ('issues' in result) throw new Error(`not a config: ${result.issues.map(({ message }) => message)}`)
  return resolveLab(result.config, host)
}

function problems(input: ClusterConfig, host: HostFacts = DOCKER): string[] {
  try {
    lab(input, host)
    return []
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return error.problems.map(({ path, message, hint }) => [path, message, hint].filter(Boolean).join(' | '))
  }
}

test('the default lab', () => {
  expect(lab({})).toMatchObject({
    name: 'pg-lab',
    provider: 'docker',
    os: { name: 'debian-13' },
    box: undefined,
    network: {
      subnet: '192.168.11.0/24',
      prefixLength: 24,
      netmask: '255.255.255.0',
      gateway: '192.168.11.1',
      mode: 'host-only',
    },
    master: { role: 'master', name: 'master', address: '192.168.11.150', memoryMb: 1024, cpus: 1 },
    slaves: [{ role: 'slave', name: 'slave', address: '192.168.11.151', slot: 'slave_slot' }],
    backup: {
      role: 'backup',
      name: 'backup',
      address: '192.168.11.152',
      server: 'master',
      user: 'barman',
      userReplicates: false,
      streamingUser: 'barman_streaming',
      slot: 'barman',
      retentionPolicy: 'RECOVERY WINDOW OF 7 DAYS',
      schedule: '0 3 * * *',
      maximumAgeHours: 26,
    },
    postgres: { version: 17, repository: { kind: 'distro' }, checksums: true, tls: true, locale: 'C.UTF-8' },
    replication: { user: 'replica', synchronousCount: 0, maxLag: { bytes: 16777216, seconds: 10 } },
    database: { name: 'otus', owner: 'student', table: 'dz' },
    warnings: [],
  })
})

test('who runs Ansible', () => {
  expect(lab({}).runner).toBe('auto')
  expect(lab({ runner: 'guest' }).runner).toBe('guest')
  expect(lab({ os: 'debian-11' }).runner).toBe('host') // its own Ansible is too old for the roles
  expect(problems({ os: 'debian-11', runner: 'guest' })).toEqual([
    "runner | Debian 11 has no Ansible that is new enough | set it to 'host', or os to 'debian-13'",
  ])
})

describe('postgresql.conf', () => {
  test('holds the lab’s own settings', () => {
    expect(lab({}).postgres.settings).toMatchInlineSnapshot(`
      {
        "hot_standby": "on",
        "log_checkpoints": "on",
        "log_line_prefix": "%m [%p] %q%u@%d/%a ",
        "log_lock_waits": "on",
        "log_replication_commands": "on",
        "log_timezone": "UTC",
        "max_replication_slots": 10,
        "max_slot_wal_keep_size": "2GB",
        "max_wal_senders": 10,
        "password_encryption": "scram-sha-256",
        "shared_buffers": "256MB",
        "ssl": "on",
        "ssl_cert_file": "/etc/pg-lab/server.crt",
        "ssl_key_file": "/etc/pg-lab/server.key",
        "timezone": "UTC",
        "wal_keep_size": "256MB",
        "wal_level": "replica",
        "wal_log_hints": "on",
      }
    `)
  })

  test('takes the user’s over them, in one spelling', () => {
    const settings = { work_mem: '8MB', log_checkpoints: false, max_wal_senders: 20, wal_level: 'logical' }
    expect(lab({ postgres: { settings } }).postgres.settings).toMatchObject({
      work_mem: '8MB',
      log_checkpoints: 'off',
      max_wal_senders: 20,
      wal_level: 'logical',
    })
  })

  test('has room for every standby, all of them being cloned', () => {
    const slaves = Array.from({ length: 12 }, () => ({}))
    expect(lab({ slaves }).postgres.settings).toMatchObject({
      max_wal_senders: 28,
      max_replication_slots: 28,
    })
  })

  test('fits the smallest server', () => {
    expect(lab({ slaves: [{ memory: 512 }] }).postgres.settings).toMatchObject({ shared_buffers: '128MB' })
    expect(lab({ master: { memory: 256 } }).postgres.settings).toMatchObject({ shared_buffers: '64MB' })
  })

  test('names only what the major knows', () => {
    const old = lab({ postgres: { repository: 'pgdg', version: 12 } })
    expect(old.postgres.settings).not.toHaveProperty('max_slot_wal_keep_size')
    expect(old.warnings).toHaveLength(2)
  })
})

describe('one problem each', () => {
  test.each<[ClusterConfig, string]>([
    [
      { slaves: [{ name: 'master' }] },
      'slaves[0].name | "master" is already master.name | give each its own',
    ],
    [
      { slaves: [{ name: 'a' }, { name: 'a' }] },
      'slaves[1].name | "a" is already slaves[0].name | give each its own',
    ],
    [
      { slaves: [{ name: 'slaves' }] },
      'slaves[0].name | "slaves" cannot be used: Ansible’s inventory uses it for a group of hosts | choose another name',
    ],
    [
      { master: { name: 'localhost' } },
      'master.name | "localhost" cannot be used: Ansible’s inventory uses it for a group of hosts | choose another name',
    ],
    [
      { master: { address: '10.0.0.1' } },
      'master.address | "10.0.0.1" is outside 192.168.11.0/24 | choose one between 192.168.11.2 and 192.168.11.254',
    ],
    [
      { master: { address: '192.168.11.0' } },
      'master.address | "192.168.11.0" is the address of the subnet itself | choose one between 192.168.11.2 and 192.168.11.254',
    ],
    [
      { master: { address: '192.168.11.1' } },
      'master.address | "192.168.11.1" is the gateway: this computer’s own address there | choose one between 192.168.11.2 and 192.168.11.254',
    ],
    [
      { master: { address: '192.168.11.255' } },
      'master.address | "192.168.11.255" is the broadcast address | choose one between 192.168.11.2 and 192.168.11.254',
    ],
    [
      { master: { address: '192.168.11.9' }, slaves: [{ address: '192.168.11.9' }] },
      'slaves[0].address | "192.168.11.9" is already master.address | give each its own',
    ],
    [
      { network: { subnet: '10.1.2.3/24' } },
      'network.subnet | "10.1.2.3/24" is an address inside a subnet | did you mean "10.1.2.0/24"?',
    ],
    [
      { network: { subnet: '127.0.1.0/24' } },
      'network.subnet | "127.0.1.0/24" overlaps 127.0.0.0/8, the loopback network | choose e.g. 192.168.11.0/24',
    ],
    [
      { network: { subnet: '172.17.5.0/24' } },
      'network.subnet | "172.17.5.0/24" overlaps 172.17.0.0/16, docker’s default network | choose e.g. 192.168.11.0/24',
    ],
    [
      { network: { subnet: '10.0.0.0/29' }, slaves: [{}, {}, {}, {}] },
      'network.subnet | 10.0.0.0/29 is too small: 1 of 6 machines find no address | choose a smaller prefix, e.g. /24',
    ],
    [
      { slaves: [{ slot: 'a' }, { slot: 'a' }] },
      'slaves[1].slot | "a" is already slaves[0].slot | give each its own',
    ],
    [
      { slaves: [{ slot: 'barman' }] },
      'slaves[0].slot | "barman" is already backup.slot | give each its own',
    ],
    [
      { replication: { user: 'barman' } },
      'backup.user | "barman" is already replication.user | give each its own',
    ],
    [
      { backup: { user: 'x', streamingUser: 'x' } },
      'backup.streamingUser | "x" is already backup.user | give each its own',
    ],
    [
      { replication: { user: 'postgres' } },
      'replication.user | "postgres" cannot be used: PostgreSQL gives it a meaning of its own | choose another name',
    ],
    [
      { replication: { user: 'all' } },
      'replication.user | "all" cannot be used: PostgreSQL gives it a meaning of its own | choose another name',
    ],
    [
      { backup: { user: 'pg_barman' } },
      'backup.user | "pg_barman" cannot be used: PostgreSQL keeps names in pg_ for itself | choose another name',
    ],
    [
      { database: { name: 'template1' } },
      'database.name | "template1" cannot be used: PostgreSQL gives it a meaning of its own | choose another name',
    ],
    [
      { backup: { server: 'all' } },
      'backup.server | "all" cannot be used: Barman gives it a meaning of its own | choose another name',
    ],
    [
      { backup: { server: 'barman' } },
      'backup.server | "barman" cannot be used: Barman gives it a meaning of its own | choose another name',
    ],
    [
      { backup: { server: 'restored' } },
      'backup.server | "restored" cannot be used: in Barman’s home a folder of this name was made, and deleted, to restore in | choose another name',
    ],
    [
      { backup: { server: 'rehearsal' } },
      'backup.server | "rehearsal" cannot be used: in Barman’s home a folder of this name was made, and deleted, to restore in | choose another name',
    ],
    [
      { backup: { retention: '2 backups', minimumRedundancy: 3 } },
      'backup.retention | "2 backups" keeps fewer than backup.minimumRedundancy, 3 | raise the one or lower the other',
    ],
    [
      { replication: { mode: 'sync', synchronous: 2 } },
      "replication.synchronous | 2 slaves are to be waited for, 1 stream from the master itself | add slaves, lower it, or set replication.mode to 'async'",
    ],
    [
      { slaves: [], replication: { mode: 'sync' } },
      "replication.synchronous | 1 slaves are to be waited for, 0 stream from the master itself | add slaves, lower it, or set replication.mode to 'async'",
    ],
    [
      { replication: { mode: 'sync' }, postgres: { settings: { synchronous_commit: 'local' } } },
      "postgres.settings.synchronous_commit | is local, and no commit would wait for a slave | leave it out, or set replication.mode to 'async'",
    ],
    [
      { os: 'debian-13', backup: { method: 'rsync', incremental: '30 * * * *' } },
      "backup.incremental | is for base backups by pg_basebackup, and backup.method is rsync | leave it out, or set backup.method to 'postgres'",
    ],
    [
      { os: 'debian-13', backup: { method: 'rsync', from: 'slave' } },
      "backup.from | is for base backups by pg_basebackup, and backup.method is rsync | leave it out, or set backup.method to 'postgres'",
    ],
    [
      { backup: { incremental: '30 * * * *' }, postgres: { version: 16, repository: 'pgdg' } },
      'backup.incremental | PostgreSQL 16 has no incremental base backups, PostgreSQL 17 has | leave it out, or choose another postgres.version',
    ],
    [
      { backup: { incremental: '30 * * * *' }, postgres: { settings: { summarize_wal: false } } },
      'postgres.settings.summarize_wal | is off, and backup.incremental needs it | leave it out',
    ],
    [
      { backup: { from: 'slave' }, os: 'debian-12' },
      "backup.from | Barman 3.4 of Debian 12 cannot do that, Barman 3.10 can | leave it out, set postgres.repository to 'pgdg', or os to one with a newer Barman",
    ],
    [{ backup: { from: 'master' } }, 'backup.from | no slave is called "master" | choose from slave'],
    [
      { backup: { from: 'slave' }, slaves: [{ applyDelay: '1min' }] },
      'backup.from | "slave" replays late, and a copy of it would be as old | choose a slave without applyDelay',
    ],
    [
      { backup: { synchronous: true }, postgres: { settings: { synchronous_commit: 'off' } } },
      'postgres.settings.synchronous_commit | is off, and no commit would wait for Barman | leave it out, or set backup.synchronous to false',
    ],
    [
      { backup: { synchronous: true }, postgres: { settings: { synchronous_commit: 'remote_apply' } } },
      'postgres.settings.synchronous_commit | is remote_apply, and Barman replays nothing: every commit would wait for ever | leave it out, or set backup.synchronous to false',
    ],
    [
      { postgres: { settings: { max_wal_senders: 5 } } },
      'postgres.settings.max_wal_senders | must be at least 10; 5 was given | each slave takes two while it is cloned, Barman two, others’ slots one each, and two are spare; or leave it out',
    ],
    [
      { postgres: { settings: { max_wal_senders: 11 } }, replication: { otherSlots: ['tap', 'feed'] } },
      'postgres.settings.max_wal_senders | must be at least 12; 11 was given | each slave takes two while it is cloned, Barman two, others’ slots one each, and two are spare; or leave it out',
    ],
    [
      { replication: { otherSlots: ['tap', 'barman'] } },
      'replication.otherSlots[1] | "barman" is already backup.slot | give each its own',
    ],
    [
      { postgres: { hba: ['host shop app all reject', 'host shop app 10.0.0.0/8 scram-sha-256'] } },
      'postgres.hba[1] | would let in without TLS: its type is host | make it hostssl, or set postgres.tls to false',
    ],
    [
      { postgres: { hba: ['host shop  app all reject', 'host shop app all reject'] } },
      'postgres.hba[1] | "host shop app all reject" is already postgres.hba[0] | give each its own',
    ],
    [
      { postgres: { settings: { max_replication_slots: 'x' } } },
      'postgres.settings.max_replication_slots | must be a whole number from 0 to 262143; "x" was given',
    ],
    [
      { postgres: { version: 15 } },
      "postgres.version | Debian 13 carries PostgreSQL 17, not 15 | set postgres.repository to 'pgdg', or os to 'debian-12'",
    ],
    [
      { postgres: { version: 18 } },
      "postgres.version | Debian 13 carries PostgreSQL 17, not 18 | set postgres.repository to 'pgdg', or os to 'debian-14'",
    ],
    [
      { os: 'rocky-9', postgres: { repository: 'pgdg' } },
      'os | the docker provider cannot run Rocky Linux 9 | choose a Debian or Ubuntu, or another provider',
    ],
    [
      { os: 'rocky-9', provider: 'virtualbox' },
      "postgres.repository | Rocky Linux 9 carries no Barman | set it to 'pgdg', or backup to false",
    ],
    [
      { os: 'debian-12', backup: { compression: 'zstd' } },
      "backup.compression | Barman 3.4 of Debian 12 has no zstd, Barman 3.13 has | set it to 'gzip', or os to one with a newer Barman",
    ],
    [
      { os: 'debian-11', provider: 'parallels' },
      'os | no box of Debian 11 is known for parallels on amd64 | name one in box.name, or choose another os or provider',
    ],
  ])('%j', (input, line) => expect(problems(input)).toEqual([line]))

  test('a box of another architecture', () => {
    const host: HostFacts = { provider: 'libvirt', architecture: 'arm64' }
    expect(problems({}, host)).toEqual([
      'os | no box of Debian 13 is known for libvirt on arm64 | name one in box.name, or choose another os or provider',
    ])
  })
})

test('all cross checks are told at once', () => {
  const input: ClusterConfig = {
    master: { address: '192.168.11.1' },
    slaves: [{ name: 'all' }, { name: 'backup' }],
    backup: { server: 'barman', user: 'postgres' },
    database: { name: 'template0' },
    postgres: { version: 16 },
    replication: { mode: 'sync', synchronous: 3 },
  }
  expect(problems(input)).toHaveLength(8)
})

describe('sizes', () => {
  const small = { memoryMb: 2048, cpus: 2 }

  test('a virtual machine’s memory must be there', () => {
    expect(problems({}, { ...VIRTUALBOX, ...small })).toEqual([
      'memory | 3 machines want 3072 MB of memory, this computer has 2048 MB | lower master.memory, slaves[].memory and backup.memory',
    ])
    expect(problems({}, { ...VIRTUALBOX, memoryMb: 3072 })).toEqual([])
  })

  test('a container’s memory is a limit', () => {
    expect(lab({}, { ...DOCKER, ...small }).warnings).toEqual([
      '3 machines want 3072 MB of memory, this computer has 2048 MB.',
    ])
  })

  test('no machine has more processors than the computer', () => {
    expect(problems({ master: { cpus: 4 } }, { ...DOCKER, cpus: 2 })).toEqual([
      'master.cpus | 4 are more than this computer’s 2 | lower it',
    ])
  })

  test('many machines on few processors are slow', () => {
    expect(lab({}, { ...DOCKER, cpus: 1 }).warnings[0]).toContain('will be slow')
  })
})

describe('the network', () => {
  test.each<[string, HostFacts['provider'], string]>([
    ['192.168.11.0/24', 'virtualbox', 'internal'],
    ['192.168.56.0/24', 'virtualbox', 'host-only'],
    ['192.168.63.0/24', 'virtualbox', 'host-only'],
    ['192.168.64.0/24', 'virtualbox', 'internal'],
    ['192.168.0.0/16', 'virtualbox', 'internal'],
    ['192.168.11.0/24', 'libvirt', 'host-only'],
    ['192.168.11.0/24', 'docker', 'host-only'],
  ])('%s on %s is %s', (subnet, provider, mode) => {
    expect(lab({ network: { subnet } }, { provider, architecture: 'amd64' }).network.mode).toBe(mode)
  })

  test('can be chosen', () => {
    expect(lab({ network: { mode: 'host-only' } }, VIRTUALBOX).network.mode).toBe('host-only')
  })

  test('is a private one, or a warning', () => {
    expect(lab({ network: { subnet: '8.8.8.0/24' } }).warnings[0]).toContain('not a private network')
  })
})

describe('slots', () => {
  test('come from the names', () => {
    const { slaves } = lab({ slaves: [{}, {}, { name: 'pg-3' }, { slot: 'mine' }] })
    expect(slaves.map(({ name, slot }) => `${name} ${slot}`)).toEqual([
      'slave slave_slot',
      'slave2 slave2_slot',
      'pg-3 pg_3_slot',
      'slave4 mine',
    ])
  })

  test('step aside for those that are given', () => {
    const { slaves } = lab({ slaves: [{}, { slot: 'slave_slot' }], backup: { slot: 'slave_slot_2' } })
    expect(slaves[0]?.slot).toBe('slave_slot_3')
  })

  test('of long names stay valid and differ', () => {
    const long = 'a'.repeat(62)
    const { slaves } = lab({ slaves: [{ name: `${long}b` }, { name: `${long}c` }] })
    expect(new Set(slaves.map(({ slot }) => slot)).size).toBe(2)
    for (const { slot } of slaves) expect(slot).toMatch(/^[a-z0-9_]{1,63}$/)
  })
})

test('synchronous slaves are counted', () => {
  const config: ClusterConfig = { slaves: [{}, { name: 'pg-2' }], replication: { mode: 'sync' } }
  expect(lab(config).replication).toEqual({
    user: 'replica',
    rewindUser: 'replica_rewind',
    otherSlots: [],
    synchronousCount: 1,
    maxLag: { bytes: 16777216, seconds: 10 },
  })
  expect(lab(config).warnings).toEqual([])
  const buffers = (size: string) => lab({ postgres: { settings: { shared_buffers: size } } }).warnings
  expect(buffers('128MB')).toEqual([])
  expect(buffers('3GB')[0]).toContain('shared_buffers is 3GB, and the smallest server has')
  expect(lab({ replication: { mode: 'sync' } }).warnings[0]).toContain('all writes stop')
})

describe('a cascade', () => {
  const slaves = [{}, { upstream: 'slave' }, { upstream: 'slave2', applyDelay: '1min' }]

  test('is told by upstreams; the master is the default', () => {
    const { slaves: made } = lab({ slaves })
    expect(made.map(({ name, upstream, applyDelay }) => [name, upstream, applyDelay])).toEqual([
      ['slave', 'master', ''],
      ['slave2', 'slave', ''],
      ['slave3', 'slave2', '1min'],
    ])
    expect(lab({ master: { name: 'pg' }, slaves: [{}] }).slaves[0]?.upstream).toBe('pg')
  })

  test('has one synchronous slave at most here: the one that streams from the master', () => {
    const { replication, warnings } = lab({ slaves, replication: { mode: 'sync' } })
    expect(replication.synchronousCount).toBe(1)
    expect(warnings.join()).toContain('all writes stop')
    expect(problems({ slaves, replication: { mode: 'sync', synchronous: 2 } })).toEqual([
      "replication.synchronous | 2 slaves are to be waited for, 1 stream from the master itself | add slaves, lower it, or set replication.mode to 'async'",
    ])
  })

  test.each<[ClusterConfig['slaves'], string[]]>([
    [
      [{ upstream: 'slave' }],
      ['slaves[0].upstream | "slave" cannot stream from itself | choose from master'],
    ],
    [
      [{}, { upstream: 'slvae' }],
      ['slaves[1].upstream | no PostgreSQL server is called "slvae" | choose from master, slave'],
    ],
    [
      [{ upstream: 'backup' }],
      ['slaves[0].upstream | no PostgreSQL server is called "backup" | choose from master'],
    ],
    [
      [{}, { upstream: 'slave3' }, { upstream: 'slave2' }],
      [
        'slaves[1].upstream | "slave2" never gets to the master: its upstreams go in a circle | let one follow the master',
        'slaves[2].upstream | "slave3" never gets to the master: its upstreams go in a circle | let one follow the master',
      ],
    ],
  ])('%j is refused', (wrong, lines) => expect(problems({ slaves: wrong })).toEqual(lines))
})

test('incremental backups need a Barman and a PostgreSQL that have them', () => {
  const backup = { incremental: '30 * * * *' }
  expect(lab({ backup }).postgres.settings).toMatchObject({ summarize_wal: 'on' })
  expect(lab({ backup }).backup?.incremental).toEqual({ schedule: '30 * * * *', maximumAgeHours: 3 })
  expect(problems({ backup, os: 'ubuntu-24.04' })).toEqual([
    "backup.incremental | Barman 3.10 of Ubuntu 24.04 cannot do that, Barman 3.11 can | leave it out, set postgres.repository to 'pgdg', or os to one with a newer Barman",
    'backup.incremental | PostgreSQL 16 has no incremental base backups, PostgreSQL 17 has | leave it out, or choose another postgres.version',
  ])
})

test('a synchronous slave cannot be delayed where commits wait for the replay', () => {
  const delayed: ClusterConfig = { slaves: [{ applyDelay: '1min' }], replication: { mode: 'sync' } }
  expect(problems(delayed)).toEqual([])
  const settings = { synchronous_commit: 'remote_apply' }
  expect(problems({ ...delayed, postgres: { settings } })).toEqual([
    'slaves[0].applyDelay | every commit would wait that long: synchronous_commit is remote_apply, which waits for the replay | leave it out, or let the slave stream from another one (upstream)',
  ])
  expect(problems({ slaves: [{ applyDelay: '1min' }], postgres: { settings } })).toEqual([])
})

describe('existing servers', () => {
  const seats: ClusterConfig = {
    provider: 'ssh',
    network: { subnet: '10.0.0.0/24' },
    master: { address: '10.0.0.11', ssh: { host: 'db1.example.org', port: 2222, jump: 'bastion' } },
    slaves: [{ address: '10.0.0.12' }],
    backup: { address: '10.0.0.13', ssh: { user: 'root' } },
    ssh: { user: 'admin', key: '~/.ssh/lab' },
  }

  test('each is reached as it says itself, else as all are', () => {
    const reached = lab(seats).servers.map(({ name, host, port, user, key, jump }) => [
      name,
      host,
      port,
      user,
      key,
      jump,
    ])
    expect(reached).toEqual([
      ['master', 'db1.example.org', 2222, 'admin', '~/.ssh/lab', 'bastion'],
      ['slave', '10.0.0.12', 22, 'admin', '~/.ssh/lab', undefined],
      ['backup', '10.0.0.13', 22, 'root', '~/.ssh/lab', undefined],
    ])
  })

  test('all need an address', () => {
    expect(problems({ provider: 'ssh' })).toEqual([
      'master.address | the master has none, and provider is ssh | give the address that the server has',
      'backup.address | the backup has none, and provider is ssh | give the address that the server has',
      'slaves[0].address | the slave has none, and provider is ssh | give the address that the server has',
    ])
  })

  test('may be in networks of their own, where no address is this computer’s', () => {
    const { network, master } = lab({
      ...seats,
      master: { address: '10.0.0.1' },
      slaves: [{ address: '172.20.5.255' }],
    })
    expect([network.gateway, master.address]).toEqual(['', '10.0.0.1'])
    expect(problems({ ...seats, slaves: [{ address: '10.0.0.11' }] })).toEqual([
      'slaves[0].address | "10.0.0.11" is already master.address | give each its own',
    ])
  })

  test('go one way: through hosts, or by a command', () => {
    const proxyCommand = 'nc -X 5 -x proxy:1080 %h %p'
    const { servers } = lab({
      ...seats,
      ssh: { ...seats.ssh, proxyCommand, certificate: '~/c.pub', agent: '~/agent' },
    })
    expect(
      servers.map(({ jump, proxyCommand: command, certificate }) => [jump, command, certificate]),
    ).toEqual([
      ['bastion', undefined, '~/c.pub'],
      [undefined, proxyCommand, '~/c.pub'],
      [undefined, proxyCommand, '~/c.pub'],
    ])
    expect(problems({ ...seats, ssh: { jump: 'bastion', proxyCommand } })).toEqual([
      'ssh.proxyCommand | is given beside ssh.jump, and a connection has one way | leave one of them out',
    ])
  })

  test('nothing is said of ssh where Vagrant makes the machines', () => {
    const hint = "is for existing servers | leave it out, or set provider to 'ssh'"
    expect(problems({ ssh: { user: 'me' }, slaves: [{ ssh: { port: 23 } }] })).toEqual([
      `ssh | ${hint}`,
      `slaves[0].ssh | ${hint}`,
    ])
  })

  test('are not this computer’s memory and processors', () => {
    expect(
      lab(
        { ...seats, master: { ...seats.master, memory: 900_000, cpus: 64 } },
        { ...DOCKER, memoryMb: 4096, cpus: 2 },
      ).warnings,
    ).toEqual([])
  })
})

describe('packages', () => {
  test('only the Barman of Debian 11 wants REPLICATION for its ordinary role', () => {
    const replicates = (input: ClusterConfig) => lab(input).backup?.userReplicates
    expect(replicates({ os: 'debian-11' })).toBe(true)
    expect(replicates({ os: 'debian-11', postgres: { repository: 'pgdg' } })).toBe(false)
    expect(replicates({ os: 'ubuntu-22.04' })).toBe(false) // 2.17
    expect(replicates({ os: 'debian-13' })).toBe(false)
  })

  test('of PGDG', () => {
    expect(lab({ postgres: { repository: 'pgdg' } }).postgres).toMatchObject({
      version: 18,
      repository: { kind: 'pgdg', url: 'https://apt.postgresql.org/pub/repos/apt' },
    })
  })

  test('of PGDG on the RedHat family, whose packages for ARM have a key of their own', () => {
    const { repository } = lab({
      os: 'rocky-9',
      provider: 'virtualbox',
      postgres: { repository: 'pgdg' },
    }).postgres
    expect(repository).toMatchObject({
      keyUrls: [expect.stringMatching(/KEY-RHEL$/), expect.stringMatching(/KEY-AARCH64-RHEL$/)],
    })
  })

  test('of an own mirror', () => {
    const repository = { url: 'http://pg.school.example/apt', key: 'http://pg.school.example/key.asc' }
    expect(lab({ postgres: { repository, version: 16 } }).postgres).toMatchObject({
      version: 16,
      repository: { kind: 'mirror', url: repository.url, keyUrls: [repository.key] },
    })
  })

  test.each([12, 13, 14])('of PostgreSQL %i have ended', (version) => {
    const { warnings } = lab({ postgres: { repository: 'pgdg', version } })
    expect(warnings[0]).toContain(`PostgreSQL ${version} has had no fixes since`)
  })

  test('of Debian 11 have ended', () => {
    expect(lab({ os: 'debian-11' }).warnings.join()).toContain('Debian 11 has had no fixes since')
  })
})

describe('the box', () => {
  const box = (input: ClusterConfig) => lab(input, VIRTUALBOX).box

  test('is pinned, and its registry’s end is told', () => {
    const made = lab({}, VIRTUALBOX)
    expect(made.box).toEqual({ name: 'bento/debian-13', version: '202510.26.0', url: undefined })
    expect(made.warnings.join()).toContain('closes on 2026-12-31')
  })

  test('can be another one', () => {
    expect(box({ box: { name: 'my/box' } })).toEqual({ name: 'my/box', version: undefined, url: undefined })
    expect(box({ box: { version: '1.2' } })).toEqual({
      name: 'bento/debian-13',
      version: '1.2',
      url: undefined,
    })
    const url = 'https://boxes.school.example/debian.box'
    expect(box({ box: { url } })).toEqual({ name: 'bento/debian-13', version: undefined, url })
    expect(lab({ box: { url } }, VIRTUALBOX).warnings).toEqual([])
  })

  test('is not used by docker', () => {
    expect(lab({ box: { name: 'my/box' } })).toMatchObject({
      box: undefined,
      warnings: [expect.stringContaining('not used')],
    })
  })
})

test('a registry prefix ends with a slash', () => {
  expect(lab({ mirrors: { docker: 'registry.example' } }).mirrors.docker).toBe('registry.example/')
  expect(lab({ mirrors: { docker: 'registry.example/a/' } }).mirrors.docker).toBe('registry.example/a/')
})

test('fsync off is a warning', () => {
  expect(lab({ postgres: { settings: { fsync: false } } }).warnings[0]).toContain('fsync')
})

test('the named provider wins over the found one', () => {
  expect(lab({ provider: 'libvirt' }, VIRTUALBOX).provider).toBe('libvirt')
})
