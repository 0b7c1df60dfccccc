import { manualPage, settingManual } from '../catalog/postgres-settings.ts'

const VAGRANT = 'https://developer.hashicorp.com/vagrant/docs'
const BARMAN = 'https://docs.pgbarman.org/'
const STREAMING = 'warm-standby'
const SSH = 'https://man.openbsd.org/ssh_config'

/** The manual of a setting, or of the section it is in: the longest path that fits counts. */
const MANUALS: Readonly<Record<string, string | ((version: number) => string)>> = {
  name: `${VAGRANT}/multi-machine`,
  provider: `${VAGRANT}/providers`,
  os: `${VAGRANT}/boxes`,
  runner:
    'https://docs.ansible.com/ansible/latest/installation_guide/intro_installation.html#control-node-requirements',
  ssh: SSH,
  box: `${VAGRANT}/boxes`,
  network: `${VAGRANT}/networking/private_network`,
  master: `${VAGRANT}/multi-machine`,
  'master.address': `${VAGRANT}/networking/private_network`,
  'master.ssh': SSH,
  slaves: (version) => `${manualPage(version, STREAMING)}#STREAMING-REPLICATION`,
  'slaves[].ssh': SSH,
  'slaves[].slot': (version) => `${manualPage(version, STREAMING)}#STREAMING-REPLICATION-SLOTS`,
  'slaves[].upstream': (version) => `${manualPage(version, STREAMING)}#CASCADING-REPLICATION`,
  'slaves[].applyDelay': (version) => settingManual(version, 'recovery_min_apply_delay'),
  backup: BARMAN,
  'backup.ssh': SSH,
  'backup.schedule': 'https://man7.org/linux/man-pages/man5/crontab.5.html',
  postgres: (version) => manualPage(version, 'runtime-config'),
  'postgres.version': 'https://www.postgresql.org/support/versioning/',
  'postgres.repository': 'https://www.postgresql.org/download/linux/',
  'postgres.checksums': (version) => manualPage(version, 'app-initdb'),
  'postgres.tls': (version) => manualPage(version, 'ssl-tcp'),
  'postgres.timezone': (version) => settingManual(version, 'timezone'),
  'postgres.locale': (version) => manualPage(version, 'locale'),
  replication: (version) => `${manualPage(version, STREAMING)}#STREAMING-REPLICATION`,
  'replication.user': (version) => `${manualPage(version, STREAMING)}#STREAMING-REPLICATION-AUTHENTICATION`,
  'replication.mode': (version) => `${manualPage(version, STREAMING)}#SYNCHRONOUS-REPLICATION`,
  'replication.synchronous': (version) => settingManual(version, 'synchronous_standby_names'),
  'replication.maxSlotWalKeepSize': (version) => settingManual(version, 'max_slot_wal_keep_size'),
  'replication.maxLag': (version) =>
    `${manualPage(version, 'monitoring-stats')}#MONITORING-PG-STAT-REPLICATION-VIEW`,
  database: (version) => manualPage(version, 'sql-createdatabase'),
  'database.owner': (version) => manualPage(version, 'sql-createrole'),
  'database.table': (version) => manualPage(version, 'sql-createtable'),
  mirrors: `${VAGRANT}/other/environmental-variables`,
  'mirrors.packages': 'https://www.debian.org/mirror/list',
  'mirrors.docker': 'https://docs.docker.com/reference/cli/docker/image/pull/',
  proxy: 'https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_environment.html',
}

/**
 * The page that says more.
 * @param path of a setting as the schema has it, e.g. `slaves[].slot`
 * @param version PostgreSQL's major in this lab
 */
export function manualOf(path: string, version: number): string {
  const fitting = Object.keys(MANUALS).filter(
    (key) => path === key || path.startsWith(`${key}.`) || path.startsWith(`${key}[`),
  )
  const [key = 'postgres'] = fitting.sort((a, b) => b.length - a.length)
  const manual = MANUALS[key] ?? ''
  return typeof manual === 'string' ? manual : manual(version)
}
