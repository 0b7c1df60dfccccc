import { spawn as start } from 'node:child_process'
import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changedCounts, failures, type Result, TestLab } from './support.ts'

const lab = TestLab.create(
  'restore',
  `import { defineCluster } from 'create-pg-lab'
export default defineCluster({
  name: 'restore-e2e',
  provider: 'docker',
  os: 'debian-12',
  network: { subnet: '10.97.79.0/24' },
})
`,
)

beforeAll(() => {
  lab.must('up', '--install')
  lab.sql('master', "INSERT INTO dz (v) SELECT 'row ' || g FROM generate_series(1, 500) AS g", 'otus')
})

afterAll(() => {
  lab.remove()
})

function onBackup(script: string): string {
  const { status, stdout, stderr } = lab.ssh('backup', 'sudo', 'bash', '-c', script)
  if (status !== 0) throw new Error(stderr)
  return stdout.trim()
}

/**
 * What is in Barman's home, and which servers barman runs, without receive-wal. What the last rehearsal came to is
 * left out: `status` and `verify` show it.
 */
function tracesOnBackup(): string {
  return onBackup(
    "ls -A ~barman | grep -vxE '\\..*|ca.crt'; ls -A ~barman/.pg-lab | grep -v '\\.rehearsed$'; pgrep -u barman -x postgres || true",
  )
}

interface Backup {
  readonly id: string
  readonly status: string
}

const backups = () => JSON.parse(lab.must('backups', '--json').stdout).backups as readonly Backup[]

const rehearse = () => lab.verify('--only', 'restore')

/** One answer of the restored server. */
function restored(sql: string): string {
  return lab.must('psql', 'backup', '-X', '-A', '-t', '-q', '-c', sql).stdout.trim()
}

const ROWS = "SELECT count(*) || ' ' || md5(coalesce(string_agg(dz::text, '' ORDER BY k), '')) FROM dz"

describe('pg-lab backup', () => {
  it('takes one on an idle server, and again', () => {
    const before = backups().length
    for (let turn = 0; turn < 2; turn += 1)
      expect(lab.must('backup').stdout).toMatch(/Backup \d{8}T\d{6} is done/)
    expect(backups()).toHaveLength(before + 2)
    expect(backups().every(({ status }) => status === 'DONE')).toBe(true)
    expect(lab.must('backups').stdout).toMatch(
      /^BACKUP +FINISHED +TOOK +SIZE +OF IT WAL +WAL AFTER +TL +FROM +TO +STATE$/m,
    )
  })
})

describe('pg-lab verify --restore', () => {
  it('restores the newest backup up to now, compares, and leaves nothing', () => {
    const { status, findings } = rehearse()
    expect(status).toBe(0)
    expect(findings.map(({ what }) => what)).toEqual([
      'room for the restored server',
      'WAL up to now',
      `backup ${backups()[0]?.id}`,
      `files of backup ${backups()[0]?.id}`,
      expect.stringMatching(/^recovery to /),
      'rows of otus.dz',
    ])
    expect(findings.at(-1)?.observed).toMatch(/^500 rows/)
    expect(tracesOnBackup()).toBe('master')
  })

  it('finds a flipped byte', () => {
    const id = backups()[0]?.id
    const flip = `cd ~barman/master/base/${id}/data/base/1 && file=$(ls -S | head -n 1) &&
      byte=$(od -An -tu1 -j5000 -N1 $file) &&
      printf "\\\\x$(printf %x $((byte ^ 1)))" | dd of=$file bs=1 seek=5000 conv=notrunc status=none`
    onBackup(flip)
    const { status, failed } = rehearse()
    expect(status).toBe(1)
    expect(failures(failed)).toEqual([`restore backup: files of backup ${id}`])
    expect(failed[0]?.observed).toMatch(/checksum mismatch for file "base\/1\//)
    expect(failed[0]?.hint).toContain(`barman delete master ${id}`)
    onBackup(flip)
    expect(rehearse().status).toBe(0)
  })

  it('finds a missing WAL segment', () => {
    const wals = 'cd ~barman/master/wals'
    lab.must('verify', '--only', 'wal')
    const segment = onBackup(`${wals} && ls */* | sort | tail -n 1`)
    onBackup(`${wals} && mv ${segment} /root/kept`)
    const { status, failed } = rehearse()
    onBackup(`${wals} && mv /root/kept ${segment}`)
    expect(status).toBe(1)
    expect(failed).toHaveLength(1)
    expect(`${failed[0]?.observed} ${failed[0]?.output}`).toContain(segment.split('/')[1])
    expect(tracesOnBackup()).toBe('master')
    expect(rehearse().status).toBe(0)
  })

  it('leaves nothing either when Ctrl-C ends it', async () => {
    const child = start('node', [resolve('dist/pg-lab.js'), 'verify', '--only', 'restore'], {
      cwd: lab.directory,
      detached: true, // a group of its own, as at a terminal
    })
    const ended = new Promise((done) => child.once('exit', done))
    for (let turn = 0; !tracesOnBackup().includes('rehearsal') && turn < 100; turn += 1) await wait(200)
    expect(tracesOnBackup()).toContain('rehearsal')
    process.kill(-(child.pid ?? 0), 'SIGINT')
    expect(await ended).toBe(130)
    for (let turn = 0; tracesOnBackup() !== 'master' && turn < 50; turn += 1) await wait(200)
    expect(tracesOnBackup()).toBe('master')
  })
})

describe('pg-lab restore', () => {
  const refused = (...args: string[]): Result => {
    const result = lab.run('restore', ...args)
    expect(result.status).toBe(2)
    return result
  }

  it('refuses with a reason what cannot be', () => {
    expect(refused('--to', '2020-01-01').stderr).toContain('before the end of the first backup')
    expect(refused('--to', '2099-01-01T00:00:00+03:00').stderr).toContain('in the future')
    expect(refused('--to', 'FF/0').stderr).toContain('in the future')
    expect(refused('--to', 'nobody_made_it').stderr).toContain('There is no restore point')
    expect(refused('--to', '22:10').stderr).toContain('is not a moment')
    expect(refused('--to', 'latest', '--at', 'slave').stderr).toContain('Barman restores on its own host')
    expect(refused('--to', 'latest', '--in-place').stderr).toContain('--yes')
  })

  it('hits a time exactly: a dropped table is back, and nothing younger is there', () => {
    lab.sql(
      'master',
      'CREATE TABLE precious AS SELECT g AS k, md5(g::text) AS v FROM generate_series(1, 1000) AS g',
      'otus',
    )
    const rows = lab.sql('master', ROWS, 'otus')
    const time = lab.sql('master', 'SELECT now()', 'otus')
    lab.sql('master', "DROP TABLE precious; INSERT INTO dz (v) VALUES ('after')", 'otus')
    expect(lab.must('restore', '--to', time).stdout).toContain('npx create-pg-lab psql backup')
    expect(restored('SELECT count(*) FROM precious')).toBe('1000')
    expect(restored(ROWS)).toBe(rows)
    expect(restored('SHOW listen_addresses')).toBe('')
  })

  it('hits a restore point and an LSN', () => {
    lab.sql('master', "SELECT pg_create_restore_point('before the row')")
    const rows = lab.sql('master', ROWS, 'otus')
    lab.sql('master', "INSERT INTO dz (v) VALUES ('later')", 'otus')
    lab.must('restore', '--to', 'before the row')
    expect(restored(ROWS)).toBe(rows)
    const lsn = lab.sql('master', 'SELECT pg_current_wal_insert_lsn()')
    const later = lab.sql('master', ROWS, 'otus')
    lab.sql('master', "INSERT INTO dz (v) VALUES ('latest')", 'otus')
    lab.must('restore', '--to', lsn)
    expect(restored(ROWS)).toBe(later)
  })

  it('goes without a trace', () => {
    lab.must('restore', '--remove')
    expect(tracesOnBackup()).toBe('master')
    lab.must('restore', '--remove')
  })

  it('goes over the master: later rows are gone, the slave follows, Barman goes on', () => {
    const rows = lab.sql('master', ROWS, 'otus')
    const time = lab.sql('master', 'SELECT now()')
    lab.sql('master', "DELETE FROM dz WHERE k % 2 = 0; INSERT INTO dz (v) VALUES ('a mistake')", 'otus')
    lab.must('restore', '--to', time, '--in-place', '--yes')
    expect(lab.sql('master', ROWS, 'otus')).toBe(rows)
    expect(lab.sql('slave', ROWS, 'otus')).toBe(rows)
    expect(failures(lab.verify('--restore').failed)).toEqual([])
    expect(changedCounts(lab.upAnew().stdout)).toEqual({ master: 0, slave: 0, backup: 0 })
    expect(tracesOnBackup()).toBe('master')
  })

  it('cut off in the middle of that: up goes on, now can be restored, and it goes over the master again', async () => {
    const rows = lab.sql('master', ROWS, 'otus')
    const time = lab.sql('master', 'SELECT now()')
    lab.sql('master', "INSERT INTO dz (v) VALUES ('a mistake')", 'otus')
    const args = ['restore', '--to', time, '--in-place', '--yes']
    const child = start('node', [resolve('dist/pg-lab.js'), ...args], { cwd: lab.directory })
    const ended = new Promise((done) => child.once('exit', done))
    const hasMadeRoom = () => lab.ask('slave', '', 'ls /var/lib/postgresql/*').includes('before-restore')
    for (let turn = 0; !hasMadeRoom() && turn < 600; turn += 1) await wait(500)
    child.kill('SIGKILL')
    await ended
    expect(hasMadeRoom()).toBe(true)

    lab.must('up')
    expect(lab.sql('slave', ROWS, 'otus')).toBe(rows)
    expect(failures(lab.verify('--restore').failed)).toEqual([])
    expect(changedCounts(lab.upAnew().stdout)).toEqual({ master: 0, slave: 0, backup: 0 })

    const now = lab.sql('master', 'SELECT now()')
    lab.sql('master', "INSERT INTO dz (v) VALUES ('another')", 'otus')
    lab.must('restore', '--to', now, '--in-place', '--yes')
    expect(lab.sql('slave', ROWS, 'otus')).toBe(rows)
    expect(failures(lab.verify('--restore').failed)).toEqual([])
  })

  it('cut off when the data of the master is set aside: up makes no other cluster, and names the way back', () => {
    const rows = lab.sql('master', ROWS, 'otus')
    const data = '/var/lib/postgresql/15/main'
    // What the restore before this one has set aside when it was cut off is there still.
    const setAside = `rm -rf ${data}.before-restore* && systemctl stop postgresql@15-main && mv -T ${data} ${data}.before-restore && echo done`
    expect(lab.ask('master', '', setAside)).toBe('done\n')
    const { status, stderr } = lab.run('up')
    expect(status).toBe(3)
    expect(stderr).toContain('A restore was interrupted, and the data of master is set aside.')
    expect(stderr).toContain(`npx create-pg-lab ssh master -- sudo mv -T ${data}.before-restore ${data}`)
    lab.must('ssh', 'master', '--', 'sudo', 'mv', '-T', `${data}.before-restore`, data)
    lab.must('up')
    expect(lab.sql('slave', ROWS, 'otus')).toBe(rows)
  })
})
