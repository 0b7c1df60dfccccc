import { afterAll, beforeAll, expect, it } from 'vitest'
import { must, nodeImage, PlainServers } from './servers.ts'
import { changedCounts, failures, TestLab } from './support.ts'

/*
 * A pair that somebody made by hand: `pg_basebackup -R` with a slot and a user of their own, ALTER SYSTEM over it, and
 * what no lab chooses at initdb: another locale and encoding, no checksums, larger WAL segments.
 */
const SERVERS = { db1: '10.97.44.11', db2: '10.97.44.12', vault: '10.97.44.13' } as const
const servers = new PlainServers('pg-lab-test-taken', SERVERS)
const lab = TestLab.create(
  'taken',
  `export default {
  name: 'taken',
  provider: 'ssh',
  os: 'debian-12',
  ssh: { user: 'admin', key: 'keys/id', knownHosts: 'keys/known_hosts' },
  master: { name: 'pg1', address: '${SERVERS.db1}' },
  slaves: [{ name: 'pg2', address: '${SERVERS.db2}' }],
  backup: { name: 'barman', address: '${SERVERS.vault}' },
  postgres: { settings: { work_mem: '8MB' } },
}
`,
)
const root = (server: keyof typeof SERVERS, script: string) =>
  must('docker', 'exec', servers.container(server), 'sh', '-ec', script).stdout.trim()

const INSTALL = `export DEBIAN_FRONTEND=noninteractive; apt-get update -qq
  apt-get install -qq -y --no-install-recommends locales >/dev/null 2>&1
  echo 'ru_RU.KOI8-R KOI8-R' >>/etc/locale.gen; locale-gen >/dev/null
  mkdir -p /etc/postgresql-common/createcluster.d; echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/no.conf
  apt-get install -qq -y --no-install-recommends postgresql-15 >/dev/null 2>&1`
const CONF = '/etc/postgresql/15/main'
const DATA = '/var/lib/postgresql/15/main'
const AUTO = `${DATA}/postgresql.auto.conf`

beforeAll(() => {
  servers.start(nodeImage(), '10.97.44.0/24', '10.97.44.1')
  servers.letIn(lab)
  for (const server of ['db1', 'db2'] as const) root(server, INSTALL)
  root(
    'db1',
    `pg_createcluster 15 main -- --locale=ru_RU.KOI8-R --encoding=KOI8R --wal-segsize=64 >/dev/null
     echo "listen_addresses = '*'" >>${CONF}/postgresql.conf
     echo 'host replication rep 10.97.44.0/24 scram-sha-256' >>${CONF}/pg_hba.conf
     systemctl start postgresql@15-main
     su postgres -c 'psql -qX' <<'SQL'
CREATE ROLE rep REPLICATION LOGIN PASSWORD 'theirs';
CREATE TABLE theirs AS SELECT 42 AS answer;
ALTER SYSTEM SET work_mem = '64MB';
ALTER SYSTEM SET max_parallel_workers = 3;
SQL`,
  )
  root(
    'db2',
    `pg_createcluster 15 main >/dev/null; rm -r ${DATA}
     printf "listen_addresses = '*'\\nmin_wal_size = '320MB'\\n" >>${CONF}/postgresql.conf
     su postgres -c "pg_basebackup -R -C -S theirs -X stream -c fast -D ${DATA} -d 'host=${SERVERS.db1} user=rep password=theirs'"
     systemctl start postgresql@15-main`,
  )
})

afterAll(() => {
  servers.remove()
  lab.remove()
})

it('says beforehand what it does to them', () => {
  expect(lab.run('plan').status).toBe(2)
  const { stdout } = lab.must('plan', '--take-over', 'taken')
  for (const words of [
    '; work_mem taken out of postgresql.auto.conf, of which a copy is kept',
    'work_mem, primary_conninfo, primary_slot_name taken out of',
    'checksums are off there, and the config asks for on: that was chosen when the cluster was made',
    'the locale is ru_RU.KOI8-R there',
    'slot theirs: nobody follows through it now',
  ]) {
    expect(stdout).toContain(words)
  }
})

it('ends verified, with their data', () => {
  expect(lab.must('up', '--take-over', 'taken').stdout).toContain('The lab is up and verified')
  expect(lab.sql('pg2', 'SELECT answer FROM theirs')).toBe('42')
  expect(lab.sql('pg1', 'SHOW wal_segment_size')).toBe('64MB')
  expect(lab.sql('pg1', 'SELECT slot_name FROM pg_replication_slots ORDER BY 1')).toBe('barman\npg2_slot')
})

it('leaves what is theirs, and a copy of what had to go', () => {
  expect(lab.sql('pg1', 'SHOW work_mem')).toBe('8MB')
  expect(lab.sql('pg1', 'SHOW max_parallel_workers')).toBe('3')
  expect(root('db2', `grep -c . ${AUTO}`)).toBe('3') // two lines of comment, and max_parallel_workers
  const copy = '/var/lib/postgresql/postgresql.auto.conf.before-pg-lab'
  expect(root('db2', `stat -c '%U %a' ${copy}; grep -c 'primary_conninfo.*theirs' ${copy}`)).toBe(
    'postgres 600\n1',
  )
  expect(root('db2', `ls ${DATA}`)).not.toContain('before-pg-lab')
  expect(root('db2', `ls ${CONF}`)).toContain('pg_hba.conf.before-pg-lab')
})

it('changes nothing the second time', () => {
  expect(changedCounts(lab.upAnew().stdout)).toEqual({ pg1: 0, pg2: 0, barman: 0 })
})

it('knows their choices when it clones, backs up and restores', () => {
  lab.must('reinit', 'pg2', '--yes')
  lab.must('backup')
  lab.must('verify', '--restore')
  expect(lab.must('restore', '--to', 'latest').stdout).toContain('Restored up to its end')
  lab.must('restore', '--remove')
  for (const drill of ['corruption', 'disk-full']) {
    const { status, stdout, stderr } = lab.run('drill', drill, '--on', 'taken')
    expect(status).toBe(2)
    expect(stdout + stderr).toMatch(/was made with(out checksums| 64 MB)/)
  }
  expect(failures(lab.verify().failed)).toEqual([])
})
