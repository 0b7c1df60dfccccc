import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newestFigures } from '../support/drill-pages.ts'
import { changedCounts, failures, TestLab } from './support.ts'

/*
 * The lab of today's homework, whose base backups go over SSH: what the roles make of it, what is found when somebody
 * changes it, the way back onto the primary, and the other method on the same catalogue.
 */

interface Listed {
  readonly id: string
  readonly status: string
}

describe.each([
  ['debian-12', '10.125.12.0/24'],
  ['debian-13', '10.125.13.0/24'],
])('on %s', (os, subnet) => {
  const config = (method: string) => `export default {
  name: 'rsync-${os}', provider: 'docker', os: '${os}', network: { subnet: '${subnet}' },
  master: { name: 'node1' }, slaves: [{ name: 'node2' }],
  backup: { name: 'barman', server: 'node1', method: '${method}' },
  replication: { user: 'replicator' }, database: { name: 'otus_test', table: 'test' },
}
`
  const lab = TestLab.create('over-ssh', config('rsync'))
  const backups = () =>
    (JSON.parse(lab.must('backups', '--json').stdout) as { backups: readonly Listed[] }).backups
  const onNode = (node: string, script: string) => {
    const { status, stdout, stderr } = lab.ssh(node, 'sudo', 'bash', '-c', script)
    if (status !== 0) throw new Error(stderr)
    return stdout.trim()
  }
  const expectGreen = (...args: string[]) => expect(failures(lab.verify(...args).failed)).toEqual([])

  beforeAll(() => void lab.must('up'))
  afterAll(() => lab.remove())

  it('comes up green, and a second run changes nothing', () => {
    expectGreen()
    expect(changedCounts(lab.upAnew().stdout)).toEqual({ node1: 0, node2: 0, barman: 0 })
  })

  it('keeps once what has not changed since the last backup, and what it keeps can be restored', () => {
    lab.must('backup')
    const [newest] = backups()
    const told = lab.must('barman', 'show-backup', String(newest?.id)).stdout
    expect(told).toMatch(/(Incremental size|Resources saved)[^\n]*\d%/)
    expectGreen('--only', 'restore')
  })

  it.each([
    [
      'a foreign host key',
      'barman',
      `sed -i '2s/AAAA.*/AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYfore1gn/' ~barman/.ssh/known_hosts`,
      'host keys that barman knows',
    ],
    [
      'a key without from=',
      'node1',
      `sed -i 's/^from=[^,]*,//' ~postgres/.ssh/authorized_keys`,
      'who may log in as postgres',
    ],
    [
      'a line too many',
      'node2',
      `echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMINE me@home' >>~postgres/.ssh/authorized_keys`,
      'who may log in as postgres',
    ],
    [
      'rsync missing on one side',
      'node1',
      'apt-get -qq remove -y rsync >&2',
      'programs for base backups over SSH',
    ],
    [
      'a key that somebody edited',
      'barman',
      `sed -i 's/b3Blbn/b3Blbm/' ~barman/.ssh/id_ed25519`,
      'SSH key of barman',
    ],
  ])('%s is found by name, and mended by what its hint says', (_what, node, script, found) => {
    onNode(node, script)
    const { failed } = lab.verify('--only', 'ssh-keys')
    expect(failures(failed)).toContain(`ssh-keys ${node}: ${found}`)
    for (const { hint } of failed) expect(hint).toContain('npx create-pg-lab provision')
    lab.must('provision')
    expectGreen('--only', 'ssh-keys,barman')
  })

  it('a moment comes back onto the primary, over SSH; a standby and the future are refused', () => {
    lab.sql('node1', 'CREATE TABLE precious AS SELECT generate_series(1, 1000) AS k', 'otus_test')
    const moment = lab.sql(
      'node1',
      "SELECT to_char(now() + interval '1 second', 'YYYY-MM-DD\"T\"HH24:MI:SS.US+00:00')",
    )
    lab.sql('node1', 'SELECT pg_sleep(2)')
    lab.sql('node1', 'DROP TABLE precious', 'otus_test')
    expect(lab.run('restore', '--to', moment, '--on', 'node2', '--yes').stderr).toContain(
      'node1 is the primary',
    )
    const future = ['restore', '--to', '2099-01-01T00:00:00Z', '--on', 'node1', '--yes']
    expect(lab.run(...future).stderr).toContain('is in the future')
    lab.must('restore', '--to', moment, '--on', 'node1', '--yes')
    expect(lab.sql('node2', 'SELECT count(*) FROM precious', 'otus_test')).toBe('1000')
    expectGreen()
    expect(onNode('node1', 'ls -d /var/lib/postgresql/*/*')).toMatch(/^\/var\/lib\/postgresql\/\d+\/main$/)
  })

  it('a dropped database comes back', () => {
    lab.must('drill', 'dropped-database')
    expect(newestFigures(lab.directory, 'dropped-database').get('Commits given up by going back')).toMatch(
      /^\d+$/,
    )
    expectGreen()
  })

  it('a standby whose slot was lost catches up from the archive, without a clone', () => {
    const made = () => onNode('node2', 'ls -di /var/lib/postgresql/*/main')
    const before = made()
    lab.must('drill', 'slot-overflow')
    expect(made()).toBe(before)
    expectGreen()
  })

  it('the other method takes a new full backup, and keeps the catalogue', () => {
    const before = backups().map(({ id }) => id)
    lab.configure(config('postgres'))
    expect(lab.run('plan').stdout).toContain('a base backup: the newest was copied by rsync')
    lab.must('up')
    expectGreen()
    const after = backups().map(({ id }) => id)
    expect(after.slice(1)).toEqual(before)
    lab.configure(config('rsync'))
    lab.must('up')
    expectGreen()
    expectGreen('--only', 'restore')
  })
})
