import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failures, TestLab } from './support.ts'

/** Failovers, each undone; `SNAPSHOT_ROUNDS=10` for more. */
const ROUNDS = Number(process.env.SNAPSHOT_ROUNDS ?? 2)

const lab = TestLab.create(
  'snap',
  `export default { name: 'grade-snap', provider: 'docker', os: 'debian-12', network: { subnet: '10.127.1.0/24' } }\n`,
)

beforeAll(() => {
  lab.must('up', '--install')
}, 1_200_000)
afterAll(() => lab.remove())

const idOf = (node: string) =>
  readFileSync(join(lab.directory, `.vagrant/machines/${node}/docker/id`), 'utf8')
const rows = (node: string) => lab.sql(node, 'SELECT count(*) FROM dz', 'otus')
const backups = () =>
  JSON.parse(lab.must('backups', '--json').stdout).backups.map(({ id }: { id: string }) => id)
const secondsOf = (output: string, title: string) =>
  new RegExp(`✔ ${title}.* · ((?:\\d+ min )?\\d+ s|[\\d.]+ m?s)$`, 'm').exec(output)?.[1]

describe('a snapshot of a lab of containers', () => {
  let before = ''
  let kept: readonly string[] = []

  test('keeps all machines at one moment, and the lab goes on', () => {
    lab.ask('master', '', "echo '10.1.2.3 accounting' >>/etc/hosts")
    lab.must('psql', 'master', '-c', "INSERT INTO dz (v) VALUES ('before')")
    before = rows('master')
    kept = backups()
    const { stdout } = lab.must('snapshot', 'save', 'before')
    console.log(`save: ${secondsOf(stdout, 'Save before')}`)
    expect(stdout).toMatch(/✔ Save before · 3 machines · [\d.]+ [MG]B · /)
    expect(failures(lab.verify().failed)).toEqual([])
    expect(lab.must('snapshot').stdout).toMatch(/^before +\S+ \S+ +master, slave, backup +[\d.]+ [MG]B$/m)
  })

  test('is taken once under a name', () => {
    expect(lab.run('snapshot', 'save', 'before')).toMatchObject({ status: 2 })
  })

  test.each(Array.from({ length: ROUNDS }, (_, at) => at + 1))(
    'brings the lab back after a failover: %i',
    (round) => {
      const gone = idOf('master')
      lab.must('rotate', 'replica')
      lab.must('psql', 'master', '-c', "INSERT INTO dz (v) VALUES ('after')")
      lab.spawn('docker', 'kill', gone)
      lab.must('promote', 'slave', '--yes')
      lab.must('backup')
      expect(lab.sql('slave', 'SELECT pg_is_in_recovery()')).toBe('f')
      const { stdout } = lab.must('snapshot', 'restore', 'before', '--yes')
      console.log(
        `restore ${round}: ${secondsOf(stdout, 'Restore before')}, verify: ${secondsOf(stdout, 'Verify')}`,
      )
      expect(failures(lab.verify().failed)).toEqual([])
      expect(lab.sql('slave', 'SELECT pg_is_in_recovery()')).toBe('t')
      expect([rows('master'), rows('slave')]).toEqual([before, before])
      expect(lab.sql('master', 'SELECT timeline_id FROM pg_control_checkpoint()')).toBe('1')
      expect(backups()).toEqual(kept)
      expect(idOf('master')).not.toBe(gone)
      expect(lab.ssh('master', 'grep', 'accounting', '/etc/hosts').stdout).toBe('10.1.2.3 accounting\n')
    },
  )

  test('leaves machines that Vagrant knows, and up has nothing to do to', () => {
    expect(
      lab.spawn('vagrant', 'status', '--machine-readable').stdout.match(/,state,running$/gm),
    ).toHaveLength(3)
    expect(lab.must('up').stdout).toMatch(/✔ Verify/)
  })

  test('goes with the machines, by its name', () => {
    const { stdout } = lab.must('destroy', '--yes')
    expect(stdout).toContain('✔ Delete the snapshots before')
    expect(
      lab.spawn('docker', 'image', 'ls', '--quiet', '--filter', `label=pg-lab.folder=${lab.directory}`)
        .stdout,
    ).toBe('')
    expect(existsSync(join(lab.directory, '.pg-lab/snapshots/before'))).toBe(false)
  })
})
