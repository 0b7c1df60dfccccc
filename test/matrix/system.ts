import type { ChildProcess } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OsName } from '../../src/catalog/contracts.ts'
import { OPERATING_SYSTEMS } from '../../src/catalog/os.ts'
import { imageOf } from '../../src/operations/prune.ts'
import { servePackages } from '../e2e/repository.ts'
import { must } from '../e2e/servers.ts'
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

/** A PostgreSQL that is not the system's own. */
interface OtherPostgres {
  readonly major: number
  /** Shell words that fetch its packages: test/e2e/repository.ts. */
  readonly fetch: string
  /** Where they are served, for the machines. */
  readonly port: number
}

/**
 * The whole life of a small lab on one system, each column of the matrix measured on its servers.
 * @param subnet its own, so that two systems can be tested side by side
 * @param other comes from a signed repository laid out like PGDG's, made here; the system's own when left out
 */
export function describeSystem(os: OsName, subnet: string, can: Can, other?: OtherPostgres): void {
  const { title, postgresVersion: ownMajor, barmanVersion, release } = OPERATING_SYSTEMS[os]
  const major = other?.major ?? ownMajor
  const name = other ? `${os}-postgres-${major}` : os
  const row: { -readonly [key in keyof Row]?: Row[key] | undefined } = { system: title }
  const config = (postgres: string) =>
    `export default { name: '${name}', provider: 'docker', os: '${os}', network: { subnet: '${subnet}' }, ${postgres} }\n`
  const lab = TestLab.create(name, config(''))
  let packages: ChildProcess | undefined
  let up: ReturnType<TestLab['run']>
  let upMs = 0

  const barman = (...args: string[]) => lab.ssh('backup', 'sudo', '-u', 'barman', 'barman', ...args)

  beforeAll(() => {
    lab.must('generate')
    const image = spawn('sh', ['provisioning/node-image/build.sh'], { cwd: lab.directory })
    if (image.status !== 0) throw new Error(image.stderr)
    if (other) {
      // Every machine has an address on Docker's own bridge too.
      const bridge = ['network', 'inspect', 'bridge', '--format', '{{(index .IPAM.Config 0).Gateway}}']
      const address = must('docker', ...bridge).stdout.trim() || '172.17.0.1'
      const node = imageOf(lab.directory, { os: OPERATING_SYSTEMS[os] }) ?? ''
      const folder = join(lab.directory, '..', 'repository')
      packages = servePackages({ ...other, folder, release, image: node, address })
      const url = `http://${address}:${other.port}`
      lab.configure(
        config(`postgres: { version: ${major}, repository: { url: '${url}', key: '${url}/key.asc' } }`),
      )
    }
    const startMs = Date.now()
    up = lab.run('up')
    upMs = Date.now() - startMs
  })

  afterAll(() => {
    const results = process.env[RESULTS]
    if (results) {
      mkdirSync(results, { recursive: true })
      writeFileSync(join(results, `${name}.row.json`), JSON.stringify(row))
    }
    packages?.kill()
    lab.remove()
  })

  describe(other ? `${title} with PostgreSQL ${major}` : title, () => {
    it('comes up verified from nothing', () => {
      expect(up.stdout + up.stderr).toContain('The lab is up and verified')
      row.coldS = Math.round(upMs / 1000)
    })

    it('has the versions of the catalog', () => {
      row.postgres = lab.sql('master', 'SHOW server_version').split(' ')[0] ?? ''
      row.barman = /\d+(\.\d+)+/.exec(barman('--version').stdout)?.[0] ?? ''
      expect(Number.parseInt(row.postgres, 10)).toBe(major)
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
      const machine = `${name}-slave`
      spawn('docker', ['stop', '--time', '60', machine])
      expect(spawn('docker', ['inspect', '--format', '{{.State.ExitCode}}', machine]).stdout.trim()).toBe('0')
      lab.must('up')
    })
  })
}
