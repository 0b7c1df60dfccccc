import type { Os } from '../../src/catalog/os.ts'
import type { BackupNode, Lab, SlaveNode } from '../../src/lab.ts'

/** Debian 12 as the catalog has it, reduced to what tests need. */
export const DEBIAN_12: Os = {
  name: 'debian-12',
  title: 'Debian 12',
  family: 'Debian',
  release: 'bookworm',
  postgresVersion: 15,
  barmanVersion: '3.4',
  playsAnsible: true,
  python: '3.11',
  dockerImage: 'debian:12',
  boxes: {},
}

export function testMaster(overrides: Partial<Lab['master']> = {}): Lab['master'] {
  return {
    name: 'master',
    address: '192.168.11.150',
    memoryMb: 1024,
    cpus: 1,
    slot: 'master_slot',
    ...overrides,
    role: 'master',
  }
}

export function testSlave(overrides: Partial<SlaveNode> = {}): SlaveNode {
  return {
    role: 'slave',
    name: 'slave',
    address: '192.168.11.151',
    memoryMb: 1024,
    cpus: 1,
    slot: 'slave_slot',
    upstream: 'master',
    applyDelay: '',
    settings: {},
    ...overrides,
  }
}

export function testBackup(overrides: Partial<BackupNode> = {}): BackupNode {
  return {
    role: 'backup',
    name: 'backup',
    address: '192.168.11.152',
    memoryMb: 512,
    cpus: 1,
    server: 'master',
    user: 'barman',
    userReplicates: false,
    streamingUser: 'barman_streaming',
    slot: 'barman',
    method: 'postgres',
    retentionPolicy: 'RECOVERY WINDOW OF 7 DAYS',
    minimumRedundancy: 1,
    schedule: '0 3 * * *',
    maximumAgeHours: 26,
    incremental: undefined,
    from: undefined,
    synchronous: false,
    rehearsalHours: undefined,
    compression: 'gzip',
    ...overrides,
  }
}

/** The default lab on docker: master, slave, backup on 192.168.11.150–152. */
export function testLab(overrides: Partial<Lab> = {}): Lab {
  return {
    name: 'otus',
    provider: 'docker',
    runner: 'host',
    os: DEBIAN_12,
    box: undefined,
    ownBox: undefined,
    servers: [],
    knownHosts: undefined,
    network: {
      subnet: '192.168.11.0/24',
      prefixLength: 24,
      netmask: '255.255.255.0',
      gateway: '192.168.11.1',
      mode: 'internal',
    },
    master: testMaster(),
    slaves: [testSlave()],
    backup: testBackup(),
    postgres: {
      version: 15,
      repository: { kind: 'distro' },
      settings: { wal_level: 'replica', max_wal_senders: 10, hot_standby: true, work_mem: '8MB' },
      hba: [],
      checksums: true,
      tls: false,
      locale: 'C.UTF-8',
    },
    replication: {
      user: 'replica',
      rewindUser: 'replica_rewind',
      synchronousCount: 0,
      otherSlots: [],
      maxLag: { bytes: 16 * 1024 ** 2, seconds: 10 },
    },
    database: { name: 'otus', owner: 'student', table: 'dz' },
    mirrors: { packages: undefined, vagrant: undefined, docker: undefined },
    proxy: { http: undefined, https: undefined, noProxy: undefined },
    warnings: [],
    ...overrides,
  }
}
