import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OsName } from '../../src/catalog/contracts.ts'
import { OPERATING_SYSTEMS } from '../../src/catalog/os.ts'
import { changedCounts, failures, spawn, TestLab } from '../e2e/support.ts'
import { newestFigures } from '../support/drill-pages.ts'
import { RESULTS, type Row } from './row.ts'

/** What a system's own packages can, and older ones cannot. */
interface Can {
  /** `barman config-switch` and models, with which Barman follows a failover: 3.10 and later. */
  readonly models: boolean
  /** The role pg_checkpoint, with which an ordinary role may ask for a checkpoint: PostgreSQL 15 and later. */
  readonly checkpointRole: boolean
}

/**
 * The whole life of a small lab on one system, each column of the matrix measured on its servers.
 * @param subnet its own, so that two systems can be tested side by side
 */
export function describeSystem(os: OsName, subnet: string, can: Can): void {
  const { title, postgresVersion, barmanVersion } = OPERATING_SYSTEMS[os]
  const row: { -readonly [key in keyof Row]?: Row[key] | undefined } = { system: title }
  const lab = TestLab.create(
    os,
    `export default { name: '${os}', provider: 'docker', os: '${os}', network: { subnet: '${subnet}' } }\n`,
  )
  let up: ReturnType<TestLab['run']>
  let upMs = 0

  const barman = (...args: string[]) => lab.ssh('backup', 'sudo', '-u', 'barman', 'barman', ...args)

  beforeAll(() => {
    lab.must('generate')
    const image = spawn('sh', ['provisioning/node-image/build.sh'], { cwd: lab.directory })
    if (image.status !== 0) throw new Error(image.stderr)
    const startMs = Date.now()
    up = lab.run('up')
    upMs = Date.now() - startMs
  })

  afterAll(() => {
    const results = process.env[RESULTS]
    if (results) {
      mkdirSync(results, { recursive: true })
      writeFileSync(join(results, `${os}.row.json`), JSON.stringify(row))
    }
    lab.remove()
  })

  describe(title, () => {
    it('comes up verified from nothing', () => {
      expect(up.stdout + up.stderr).toContain('The lab is up and verified')
      row.coldS = Math.round(upMs / 1000)
    })

    it('has the versions of the catalog', () => {
      row.postgres = lab.sql('master', 'SHOW server_version').split(' ')[0] ?? ''
      row.barman = /\d+(\.\d+)+/.exec(barman('--version').stdout)?.[0] ?? ''
      expect(row.postgres.split('.')[0]).toBe(String(postgresVersion))
      expect(`${row.barman}.`).toContain(`${barmanVersion}.`)
    })

    it('can what its versions can, and no more', () => {
      expect({
        models: barman('config-switch', '--help').status === 0,
        checkpointRole:
          lab.sql('master', "SELECT count(*) FROM pg_roles WHERE rolname = 'pg_checkpoint'") === '1',
      }).toEqual(can)
    })

    it('changes nothing the second time', () => {
      const counts = changedCounts(lab.must('up').stdout)
      row.changed = Object.values(counts).reduce((sum, count) => sum + count, 0)
      expect(counts).toEqual({ master: 0, slave: 0, backup: 0 })
    })

    it('survives the loss of its master', () => {
      lab.must('drill', 'failover', '--how', 'process')
      row.rto = newestFigures(lab.directory, 'failover').get('Writes were refused for (RTO)')
      expect(row.rto).toMatch(/^[\d.]+ m?s$/)
      expect(failures(lab.verify().failed)).toEqual([])
    })

    it('brings back the second before a mistake', () => {
      lab.must('drill', 'pitr') // compares the rows, and finds nothing younger
      row.restored = 'yes'
      expect(failures(lab.verify('--only', 'restore').failed)).toEqual([])
    })

    it('ends when it is asked to, and starts again', () => {
      const machine = `${os}-slave`
      spawn('docker', ['stop', '--time', '60', machine])
      expect(spawn('docker', ['inspect', '--format', '{{.State.ExitCode}}', machine]).stdout.trim()).toBe('0')
      lab.must('up')
    })
  })
}
