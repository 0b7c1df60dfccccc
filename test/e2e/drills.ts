import { type ChildProcess, spawn as start } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OsName } from '../../src/catalog/contracts.ts'
import type { DrillReport } from '../../src/report/drill-report.ts'
import { TestLab } from './support.ts'

/** Drills of this file: none of them promotes a server, so no acknowledged commit may be lost. */
const HARMLESS = ['slave-outage', 'backup-outage', 'slot-overflow', 'disk-full'] as const

/**
 * The drills around a lab that keeps its primary, on one lab.
 * @param subnet its own, so that two systems can be tested side by side
 */
export function describeDrills(os: OsName, subnet: string): void {
  const lab = TestLab.create(
    'drills',
    `export default { name: 'drills-${os}', provider: 'docker', os: '${os}', network: { subnet: '${subnet}' } }\n`,
  )
  const stateFile = join(lab.directory, '.pg-lab/drill/state.json')
  const stepNow = () => (existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, 'utf8')).step : '')
  const barman = (...args: string[]) => lab.ssh('backup', 'sudo', '-u', 'barman', 'barman', ...args)

  /** What the newest page of a drill was made of. */
  const newest = (drill: string): DrillReport => {
    const folder = join(lab.directory, 'report/drills')
    const name = readdirSync(folder)
      .filter((file) => file.endsWith(`-${drill}.json`))
      .sort()
      .at(-1)
    return JSON.parse(readFileSync(join(folder, String(name)), 'utf8'))
  }

  /** A drill that goes on beside us, until it is at a step. */
  const startUntil = async (drill: string, step: string): Promise<ChildProcess> => {
    const child = start('node', [resolve('dist/pg-lab.js'), 'drill', drill], {
      cwd: lab.directory,
      detached: true,
      stdio: 'ignore',
    })
    for (const deadline = Date.now() + 300_000; stepNow() !== step; await delay(20)) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`the drill never came to: ${step}`)
    }
    return child
  }
  const ended = (child: ChildProcess) =>
    new Promise<number | null>((done) => child.once('exit', (code) => done(code)))

  /** Nothing of a drill is left on any machine. */
  const expectNoTrace = () => {
    expect(existsSync(stateFile)).toBe(false)
    expect(lab.sql('master', "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'drill%'", 'otus')).toBe(
      '0',
    )
    for (const host of ['master', 'slave', 'backup']) {
      expect(lab.ssh(host, 'sh', '-c', 'ls /tmp/pg-lab-drill.* 2>/dev/null').stdout).toBe('')
    }
    expect(
      lab.sql('master', "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg-lab drill'"),
    ).toBe('0')
  }
  /** What is typed to be told yes may come a moment too early. */
  const checkedUntilYes = () => {
    const deadline = Date.now() + 180_000
    for (;;) {
      const result = lab.run('drill', 'check')
      if (result.status === 0 || Date.now() > deadline) return result
    }
  }

  beforeAll(() => {
    lab.must('up')
  })

  afterAll(() => lab.remove())

  describe(`drills on ${os}`, () => {
    it.each(HARMLESS)('%s passes, and loses nothing', (drill) => {
      const { stdout } = lab.must('drill', drill)
      expect(stdout).toContain('The lab is as it was')
      const report = newest(drill)
      const rpo = report.figures.find(({ name }) => name.en.includes('RPO'))
      expect(rpo?.value).toMatchObject({ en: expect.stringMatching(/^0 of \d{3,}$/) })
      expect(report.steps.map(({ part }) => part)).toEqual(expect.arrayContaining(['disaster', 'repair']))
      expect(report.course.unprotected).toBeDefined()
      const page = /report\/drills\/\S+\.md/.exec(stdout)?.[0] ?? ''
      expect(readFileSync(join(lab.directory, page), 'utf8')).toContain(`npx create-pg-lab drill ${drill}`)
      expectNoTrace()
    })

    it('refuses to begin in a lab that is not well, and touches nothing', () => {
      lab.ssh('slave', 'sudo', 'systemctl', 'stop', 'postgresql')
      const { status, stdout } = lab.run('drill', 'backup-outage')
      lab.ssh('slave', 'sudo', 'systemctl', 'start', 'postgresql')
      expect(status).toBe(1)
      expect(stdout).toContain('Nothing was touched.')
      expect(existsSync(stateFile)).toBe(false)
    })

    it('--keep leaves the slave stopped; check says no, and after the commands of the hints yes', () => {
      const { stdout } = lab.must('drill', 'slave-outage', '--keep')
      expect(stdout).toContain('PostgreSQL on slave is stopped.')
      expect(
        lab.sql('master', "SELECT active FROM pg_replication_slots WHERE slot_name = 'slave_slot'"),
      ).toBe('f')
      const refused = lab.run('drill', 'check')
      expect({ status: refused.status, stdout: refused.stdout }).toMatchObject({
        status: 1,
        stdout: expect.stringContaining('Not repaired yet'),
      })
      expect(lab.must('status').stdout).toContain('The drill slave-outage waits for your repair')
      expect(lab.run('drill', 'backup-outage').stderr).toContain('npx create-pg-lab drill repair')
      const hints = [1, 2, 3].map(() => lab.must('drill', 'hint').stdout)
      expect(hints.at(-1)).toContain('systemctl start postgresql')
      expect(lab.must('drill', 'hint').stdout).toContain('npx create-pg-lab drill repair')
      lab.must('ssh', 'slave', '--', 'sudo', 'systemctl', 'start', 'postgresql')
      const yes = checkedUntilYes()
      expect(yes.stdout).toContain('Repaired')
      const figures = newest('slave-outage').figures.map(({ name, value }) => [name.en, value])
      expect(figures).toContainEqual([
        'Acknowledged commits lost (RPO)',
        expect.objectContaining({ en: expect.stringMatching(/^0 of \d{3,}$/) }),
      ])
      expect(figures.map(([name]) => name)).toContain('Repaired by hand, after the disaster')
      expectNoTrace()
    })

    it('--keep leaves a full disk; the commands of the hints make room', () => {
      lab.must('drill', 'disk-full', '--keep')
      expect(lab.run('drill', 'check').status).toBe(1)
      expect(barman('check', 'master').status).not.toBe(0)
      const streaming = '~barman/master/streaming'
      lab.ssh('backup', 'sudo', 'sh', '-c', `rm ${streaming}/forgotten.tmp`)
      lab.ssh('backup', 'sudo', 'sh', '-c', `find ${streaming} -name '*.partial' ! -size 16777216c -delete`)
      barman('cron')
      expect(checkedUntilYes().stdout).toContain('Repaired')
      expect(lab.ssh('backup', 'sh', '-c', 'mount | grep -c streaming').stdout.trim()).toBe('0')
      expectNoTrace()
      expect(lab.verify().failed).toEqual([])
    })

    it('after Ctrl-C status tells of it, and drill repair leads back to green', async () => {
      const child = await startUntil('slave-outage', 'Let 500 commits pass without it')
      process.kill(-Number(child.pid), 'SIGINT')
      expect(await ended(child)).toBe(130)
      expect(lab.must('status').stdout).toContain('Back to green: npx create-pg-lab drill repair')
      lab.must('drill', 'repair')
      expectNoTrace()
      expect(lab.verify().failed).toEqual([])
    })

    it('after kill -9 too, with the disk full', async () => {
      const child = await startUntil('disk-full', 'End another WAL file without Barman')
      child.kill('SIGKILL')
      await ended(child)
      expect(lab.must('status').stdout).toContain('Back to green: npx create-pg-lab drill repair')
      lab.must('drill', 'repair')
      expectNoTrace()
      expect(lab.verify().failed).toEqual([])
    })

    it('has nothing to repair when no drill is open', () => {
      expect(lab.run('drill', 'repair').status).toBe(2)
      expect(lab.run('drill', 'check').status).toBe(2)
      expect(lab.run('drill', 'hint').status).toBe(2)
    })

    it('shows the drills in the report', () => {
      lab.must('report', '--lang', 'ru')
      const page = readFileSync(join(lab.directory, 'report/index.html'), 'utf8')
      expect(page).toContain('На узле резервного копирования кончился диск')
      expect(page.match(/class="plot course"/g)).toHaveLength(HARMLESS.length + 2) // and two that were repaired by hand
    })
  })
}
