import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newestFigures } from '../support/drill-pages.ts'
import { changedCounts, failures, TestLab } from './support.ts'

/*
 * Incremental base backups, those of a slave, and a Barman that commits wait for. Of two Barmans: 3.13 wants to be told
 * where it combines an incremental, 3.20 has another word for it, and runs receive-wal by a unit.
 */

interface Listed {
  readonly id: string
  readonly status: string
  readonly isIncremental: boolean
  readonly parent?: string
}

const RPO = 'Acknowledged commits lost (RPO)'

describe.each([
  ['debian-13', '10.97.150.0/24'],
  ['debian-14', '10.97.151.0/24'],
])('on %s', (os, subnet) => {
  const config = (backup: string) =>
    `export default { name: 'kinds-${os}', provider: 'docker', os: '${os}', network: { subnet: '${subnet}' }, backup: ${backup} }\n`
  const lab = TestLab.create('barman-kinds', config('{}'))
  const backups = () =>
    (JSON.parse(lab.must('backups', '--json').stdout) as { backups: readonly Listed[] }).backups
  const expectGreen = (...args: string[]) => expect(failures(lab.verify(...args).failed)).toEqual([])

  beforeAll(() => void lab.must('up'))
  afterAll(() => lab.remove())

  it('all three come to a lab that lives, with a full backup that incrementals can be taken on', () => {
    const before = backups().length
    lab.configure(config("{ synchronous: true, from: 'slave', incremental: '30 * * * *' }"))
    const planned = lab.run('plan').stdout
    expect(planned).toContain('commits wait for FIRST 1 ("barman_receive_wal") instead of nobody')
    expect(planned).toContain('summarize_wal off → on')
    expect(planned).toMatch(/conninfo: barman at \S+\.151/)
    expect(planned).toContain('schedule of the incremental backup none → 30 * * * *')
    expect(planned).toContain('a base backup: the newest was taken without the WAL summaries')
    lab.must('up')
    expectGreen()
    expect(backups()).toHaveLength(before + 1)
    expect(changedCounts(lab.upAnew().stdout)).toEqual({ master: 0, slave: 0, backup: 0 })
  })

  it('an incremental of the idle slave is taken, listed and restored', () => {
    const [full] = backups()
    lab.must('backup', '--incremental')
    const [newest] = backups()
    expect(newest).toMatchObject({ status: 'DONE', isIncremental: true, parent: full?.id })
    expect(lab.must('backups').stdout).toMatch(new RegExp(`${newest?.id} +${full?.id}`))
    expectGreen()
    expectGreen('--only', 'restore')
  })

  it('a dropped table comes back from an incremental of the slave', () => {
    lab.must('drill', 'pitr')
    const told = newestFigures(lab.directory, 'pitr').get('Base backup it came back from')
    expect(told).toMatch(/^an incremental of slave, \S+ \S+ on a full one of /)
  })

  it('while the backup host is away our own commands go on, and nobody else commits', () => {
    lab.spawn('vagrant', 'halt', 'backup')
    expect(lab.run('status').stdout).toContain('master')
    expect(failures(lab.verify('--only', 'synchronous,rows').failed)).toEqual([
      'synchronous master: synchronous standbys that stream',
      'synchronous backup: backup answers',
    ])
    // No statement_timeout ends it: the commit waits when the statement is over.
    const create = ['psql', '-c', 'CREATE TABLE waits ()']
    expect(lab.ssh('master', 'timeout', '5', 'sudo', '-u', 'postgres', ...create).status).toBe(124)
    lab.must('up')
    expectGreen()
  })

  it('a master that is lost with all but Barman costs no commit', () => {
    lab.must('drill', 'failover', '--how', 'restore')
    expect(newestFigures(lab.directory, 'failover').get(RPO)).toMatch(/^0 of \d{3,}$/)
  })

  it('the slave is copied as the primary too', () => {
    lab.must('switchover', 'slave')
    expectGreen()
    lab.must('backup', '--incremental')
    lab.must('backup')
    lab.must('switchover', 'master')
    lab.must('backup', '--incremental')
    expectGreen('--only', 'backups,barman,barman-replication,synchronous,restore')
  })
})

describe('without a slave', () => {
  const lab = TestLab.create(
    'barman-kinds',
    "export default { name: 'kinds-alone', provider: 'docker', os: 'debian-13', network: { subnet: '10.97.152.0/24' }, slaves: [], backup: { synchronous: true } }\n",
  )
  afterAll(() => lab.remove())

  it('a master that is lost costs no commit', () => {
    lab.must('up')
    lab.must('drill', 'failover', '--how', 'restore')
    expect(newestFigures(lab.directory, 'failover').get(RPO)).toMatch(/^0 of \d{3,}$/)
    expect(failures(lab.verify().failed)).toEqual([])
  })
})
