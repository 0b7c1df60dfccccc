import { type ChildProcess, spawn as start } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OsName } from '../../src/catalog/names.ts'
import { OPERATING_SYSTEMS } from '../../src/catalog/os.ts'
import { newestFigures, newestPage } from '../support/drill-pages.ts'
import { buildImages, type OtherPostgres, serveMajor } from './repository.ts'
import { spawn, TestLab } from './support.ts'

/** Every drill in each of its ways, and what it may cost: no acknowledged commit, some, or two primaries at once. */
const WHOLE: readonly (readonly [drill: string, cost: 'nothing' | 'commits' | 'a split'])[] = [
  ['slave-outage', 'nothing'],
  ['backup-outage', 'nothing'],
  ['slot-overflow', 'nothing'],
  ['disk-full', 'nothing'],
  ['switchover', 'nothing'],
  ['failover --how process', 'commits'],
  ['failover --how machine', 'commits'],
  ['failover --how network', 'commits'],
  ['failover --how restore', 'commits'],
  ['split-brain', 'a split'],
  ['corruption --how master', 'nothing'],
  ['corruption --how standby', 'nothing'],
  ['pitr', 'nothing'],
  ['pitr --in-place', 'commits'],
  ['dropped-database', 'commits'],
]

/** Left broken, and repaired by what the hints say, word for word. */
const BY_HAND = ['slave-outage', 'disk-full', 'split-brain', 'failover --how network', 'pitr'] as const

/**
 * All drills, on one lab.
 * @param own subnet of its machines, so that two systems can be tested side by side
 * @param own.postgres not the system's own, from a repository at this port
 */
export function describeDrills(
  os: OsName,
  own: { readonly subnet: string; readonly postgres?: OtherPostgres & { readonly port: number } },
): void {
  const title = own.postgres ? `${os} with PostgreSQL ${own.postgres.major}` : os
  const config = (postgres = '') =>
    `export default { name: 'drills-${os}${own.postgres?.major ?? ''}', provider: 'docker', os: '${os}', network: { subnet: '${own.subnet}' }, ${postgres} }\n`
  const lab = TestLab.create('drills', config())
  let packages: ChildProcess | undefined
  const stateFile = join(lab.directory, '.pg-lab/drill/state.json')
  const stepNow = () => (existsSync(stateFile) ? JSON.parse(readFileSync(stateFile, 'utf8')).step : '')

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
  /** It is stopped to be cloned. */
  const slaveIsDown = async () => {
    while (lab.ssh('slave', 'pgrep', '-x', 'postgres').status === 0) await delay(200)
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
  /** The commands of all hints, each typed as it is printed; those that only look may say no. */
  const typeAllHints = (): readonly string[] => {
    const hints = lab.must('drill', 'hint', '--all').stdout
    const commands = [...hints.matchAll(/^ {5}(.+)$/gm)].map(([, command = '']) => command)
    const cli = `node '${resolve('dist/pg-lab.js')}'`
    return commands.map((command) => {
      const typed = command.replaceAll('npx create-pg-lab', cli)
      const { status, stdout, stderr } = spawn('sh', ['-c', typed], {
        cwd: lab.directory,
        env: { ...process.env, LC_ALL: 'C.UTF-8' },
      })
      return `${command}\n${status}\n${stdout}\n${stderr}`
    })
  }
  /** What is typed to be told yes may come a moment too early. */
  const checkedUntilYes = () => {
    const deadline = Date.now() + 180_000
    for (;;) {
      const result = lab.run('drill', 'check')
      if (result.status === 0 || Date.now() > deadline) return result
    }
  }
  const SPLIT = 'Two servers took writes at the same time'
  const RTO = 'Writes were refused for (RTO)'
  /** Nobody takes writes until somebody else is the primary. */
  const refusesWrites = (id: string, options: readonly string[]) =>
    ['failover', 'switchover'].includes(id) || options.includes('--in-place')

  beforeAll(() => {
    if (own.postgres) {
      buildImages(lab, os)
      const { server, setting } = serveMajor(own.postgres, lab, os, own.postgres.port)
      packages = server
      lab.configure(config(setting))
    }
    lab.must('up')
    const [major] = lab.sql('master', 'SHOW server_version').split(/\D/)
    expect(Number(major)).toBe(own.postgres?.major ?? OPERATING_SYSTEMS[os].postgresVersion)
  })

  afterAll(() => {
    packages?.kill()
    lab.remove()
  })

  describe(`drills on ${title}`, () => {
    it.each(WHOLE)('%s passes, and costs %s', (drill, cost) => {
      const [id = '', ...options] = drill.split(' ')
      const { stdout } = lab.must('drill', id, ...options)
      expect(stdout).toContain('The lab is as it was')
      const told = newestFigures(lab.directory, id)
      const rpo = cost === 'commits' ? /^\d+ of \d{3,}$/ : /^0 of \d{3,}$/
      expect(told.get('Acknowledged commits lost (RPO)')).toMatch(rpo)
      expect(told.get(RTO)).toMatch(refusesWrites(id, options) ? /^\d+(\.\d+)? (ms|s|min)/ : /^(never|\d)/)
      expect(told.has(SPLIT)).toBe(cost === 'a split')
      const { steps } = newestPage(lab.directory, id)
      expect(steps.map(({ part }) => part)).toEqual(expect.arrayContaining(['disaster', 'repair']))
      const page = /report\/drills\/\S+\.md/.exec(stdout)?.[0] ?? ''
      expect(readFileSync(join(lab.directory, page), 'utf8')).toContain(`npx create-pg-lab drill ${id}`)
      expectNoTrace()
    })

    it('leaves an archive that can be restored to a moment after all of that', () => {
      expect(lab.verify('--only', 'restore').failed).toEqual([])
    })

    it.each(BY_HAND)('%s --keep: check says no, and yes after what the hints say', (drill) => {
      const [id = '', ...options] = drill.split(' ')
      lab.must('drill', id, ...options, '--keep')
      const refused = lab.run('drill', 'check')
      expect(refused.stdout).toContain('Not repaired yet')
      expect(refused.status).toBe(1)
      expect(lab.run('status').stdout).toContain(`The drill ${id} waits for your repair`)
      expect(lab.run('drill', 'switchover').stderr).toContain('npx create-pg-lab drill repair')
      const typed = typeAllHints()
      const { status, stdout } = checkedUntilYes()
      if (status !== 0) throw new Error([...typed, stdout].join('\n\n'))
      expect(stdout).toContain('Repaired')
      const told = newestFigures(lab.directory, id)
      expect(told.has('Repaired by hand, after the disaster')).toBe(true)
      expect(told.get(RTO)).toMatch(refusesWrites(id, options) ? /^\d+(\.\d+)? (ms|s|min)/ : /^(never|\d)/)
      const { steps } = newestPage(lab.directory, id)
      expect(steps.some(({ title }) => title.en.includes('npx create-pg-lab drill hint'))).toBe(true)
      expectNoTrace()
    })

    it('failover --keep, repaired by hand after 40 s: the page shows the time in which nobody took writes', async () => {
      lab.must('drill', 'failover', '--keep')
      const brokenMs = Date.now()
      await delay(40_000)
      expect(lab.must('drill', 'hint').stdout).toContain('npx create-pg-lab status')
      expect(lab.must('drill', 'hint').stdout).toContain('npx create-pg-lab promote')
      lab.must('promote', '--yes')
      expect(lab.must('drill', 'hint').stdout).toContain('npx create-pg-lab rejoin master')
      const promotedS = (Date.now() - brokenMs) / 1000
      typeAllHints()
      expect(checkedUntilYes().stdout).toContain('Repaired')
      const seconds = Number.parseFloat(newestFigures(lab.directory, 'failover').get(RTO) ?? '')
      expect(seconds).toBeGreaterThan(39)
      expect(seconds).toBeLessThan(promotedS + 25) // what came before the command had ended, and a busy computer
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

    const ledBack = () => {
      expect(lab.run('status').stdout).toContain('Repair the lab: npx create-pg-lab drill repair')
      lab.must('drill', 'repair')
      expectNoTrace()
      expect(lab.verify().failed).toEqual([])
      expect(lab.sql('master', 'SELECT pg_is_in_recovery()')).toBe('f')
    }

    it('after Ctrl-C in the middle of a clone status tells of it, and drill repair leads back to green', async () => {
      const child = await startUntil('slot-overflow', 'Clone slave again')
      await slaveIsDown()
      process.kill(-Number(child.pid), 'SIGINT')
      expect(await ended(child)).toBe(130)
      ledBack()
    })

    it('after kill -9 with a lost master too', async () => {
      const child = await startUntil('failover', 'Let the others follow')
      child.kill('SIGKILL')
      await ended(child)
      ledBack()
    })

    it('has nothing to repair when no drill is open', () => {
      expect(lab.run('drill', 'repair').status).toBe(2)
      expect(lab.run('drill', 'check').status).toBe(2)
      expect(lab.run('drill', 'hint').status).toBe(2)
    })

    it('shows the drills in the report', () => {
      lab.must('report', '--lang', 'ru')
      const page = readFileSync(join(lab.directory, 'report/index.html'), 'utf8')
      expect(page).toContain('На узле резервного копирования кончилось место')
      expect(page.match(/class="plot course"/g)).toHaveLength(WHOLE.length + BY_HAND.length + 1)
    })
  })
}
