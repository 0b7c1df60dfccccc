import { afterAll, beforeAll, expect, it } from 'vitest'
import { must } from './servers.ts'
import { changedCounts, failures, TestLab } from './support.ts'

/*
 * Data directories with a disk of their own. The master's is one, as it comes from mkfs; the slave's is a link into a
 * folder of one that others use as well. Memory stands for the disks.
 */
const DATA = '/var/lib/postgresql/15/main'
const lab = TestLab.create(
  'disks',
  `export default ${JSON.stringify({
    name: 'disks',
    provider: 'docker',
    os: 'debian-12',
    network: { subnet: '10.97.43.0/24' },
  })}\n`,
)

const root = (node: string, script: string) =>
  must('docker', 'exec', `disks-${node}`, 'sh', '-ec', script).stdout.trim()

/** A new disk of the system's, with what mkfs makes on it. */
const mount = (folder: string) =>
  `mkdir -p ${folder}; mount -t tmpfs -o size=900m,mode=0755 tmpfs ${folder}
   mkdir -m 0700 ${folder}/lost+found; echo found >${folder}/lost+found/theirs`

const named = (node: string) => lab.sql(node, 'SHOW data_directory')
const onDisk = (node: string, disk: string) =>
  root(node, `ls ${disk}; cat ${disk}/lost+found/theirs`).split('\n')

beforeAll(() => {
  lab.must('generate')
  const made = lab.spawn('vagrant', 'up', '--provider=docker', '--no-provision')
  if (made.status !== 0) throw new Error(made.stdout + made.stderr)
  root('master', mount(DATA))
  root(
    'slave',
    `${mount('/srv/disk')}; mkdir /srv/disk/pg; echo cat >/srv/disk/photo
     install -d -o postgres -g postgres ${DATA.replace('/main', '')}; ln -s /srv/disk/pg ${DATA}`,
  )
  lab.must('up')
})

afterAll(() => lab.remove())

it('comes up verified, with the data on the disks', () => {
  expect(failures(lab.verify().failed)).toEqual([])
  expect([named('master'), named('slave')]).toEqual([`${DATA}/data`, DATA])
  expect(onDisk('master', DATA)).toEqual(['data', 'lost+found', 'found'])
  expect(onDisk('slave', '/srv/disk')).toEqual(['lost+found', 'pg', 'photo', 'found'])
  expect(root('slave', 'cat /srv/disk/pg/PG_VERSION')).toBe('15')
  expect(changedCounts(lab.upAnew().stdout)).toEqual({ master: 0, slave: 0, backup: 0 })
})

it('is reached through ssh alone, as the closing words say where its addresses are out of reach', () => {
  const tunnel = 'ssh -F .pg-lab/ssh_config -S none -N -L 15432:10.97.43.151:5432 master'
  const ask = `psql -X -h localhost -p 15432 -U student -d otus -tAc 'SELECT pg_is_in_recovery()'`
  const script = `PGPASSWORD=$(cat .pg-lab/secrets/student); export PGPASSWORD; ${tunnel} & tunnel=$!
    timeout 20 sh -c "until ${ask} 2>/dev/null; do sleep 0.2; done"; kill $tunnel`
  expect(lab.spawn('sh', '-c', script).stdout).toBe('t\n')
})

it('clones, fails over, rejoins and restores there', () => {
  lab.must('reinit', 'slave', '--yes')
  expect(lab.must('drill', 'failover').stdout).toContain('The lab is as it was')
  lab.sql('master', 'CREATE TABLE kept AS SELECT 42 AS answer')
  const now = lab.sql('master', 'SELECT now()')
  lab.sql('master', 'DROP TABLE kept')
  lab.must('backup')
  lab.must('restore', '--to', now, '--in-place', '--yes')
  expect(lab.sql('slave', 'SELECT answer FROM kept')).toBe('42')
  expect(failures(lab.verify().failed)).toEqual([])
  expect([named('master'), named('slave')]).toEqual([`${DATA}/data`, DATA])
  expect(onDisk('master', DATA)).toEqual(['data', 'lost+found', 'found'])
  expect(onDisk('slave', '/srv/disk')).toEqual(['lost+found', 'pg', 'photo', 'found'])
})

it('says so while a disk is away, and makes nothing in its place', () => {
  root(
    'slave',
    `systemctl stop postgresql@15-main; mv /srv/disk /srv/away 2>/dev/null || mount --move /srv/disk /mnt`,
  )
  const { status, stdout, stderr } = lab.run('up')
  expect([status, stdout + stderr]).toEqual([
    3,
    expect.stringContaining('Mount its disk, or make the folder'),
  ])
  root('slave', `mount --move /mnt /srv/disk; systemctl start postgresql@15-main`)
})

it('clones into a disk whose own folder somebody has filled', () => {
  root(
    'slave',
    `systemctl stop postgresql@15-main; rm ${DATA}; mkdir ${DATA}; mount -t tmpfs -o size=900m tmpfs ${DATA}
     cp -a /srv/disk/pg/. ${DATA}; chown postgres: ${DATA}; chmod 0700 ${DATA}; echo cat >${DATA}/photo
     systemctl start postgresql@15-main`,
  )
  lab.must('up') // the guard learns where the data lies now
  expect(changedCounts(lab.upAnew().stdout)).toEqual({ master: 0, slave: 0, backup: 0 })
  lab.must('reinit', 'slave', '--yes')
  expect(root('slave', `ls ${DATA}`).split('\n')).toEqual(['data', 'photo'])
  expect(named('slave')).toBe(`${DATA}/data`)
  expect(failures(lab.verify().failed)).toEqual([])
})
