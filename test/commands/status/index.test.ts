import { describe, expect, it } from 'vitest'
import { sparkline } from '../../../src/commands/status/history.ts'
import { showStatus } from '../../../src/commands/status/screen.ts'
import { Interrupted } from '../../../src/errors.ts'
import { surveyLab } from '../../../src/observe/status.ts'
import type { Runner } from '../../../src/tools/runner.ts'
import { BACKUPS, masterAnswer, slaveAnswer, speakingGuest, type Voice } from '../../observe/answers.ts'
import { testLab, testSlave } from '../../support/lab.ts'
import { labFolder, program } from '../program.ts'
import { speakingRun } from '../speaking-run.ts'

const paint = (_: string, text: string) => text
const WELL: Readonly<Record<string, Voice>> = {
  master: masterAnswer(),
  slave: slaveAnswer(),
  backup: BACKUPS,
}

async function screen(voices = WELL, lab = testLab(), width = 80): Promise<string> {
  const survey = await surveyLab(lab, speakingGuest(voices))
  const at = '2026-11-22T18:33:41.000Z'
  return showStatus({ ...survey, at }, { paint, width, title: 'otus · PostgreSQL 15 on Debian 12, docker' })
}

/** Everything but the clock, which shows local time. */
const withoutClock = (text: string) => text.replace(/ +\d\d:\d\d:\d\d/, '')

describe('the screen', () => {
  it('has it all at a glance', async () => {
    expect(withoutClock(await screen())).toMatchInlineSnapshot(`
      "otus · PostgreSQL 15 on Debian 12, docker

      NODE       ROLE     STATE      SYNC   TL  LSN        LAG     FLUSH  REPLAY
      master     primary  running           1   0/90001D0
      ├─ slave   standby  streaming  async  1   0/90001D0  2.0 kB  2 ms   4 ms
      └─ backup  barman   receiving

      SLOT        ON      FOR     STATE   KEEPS
      barman      master  backup  active  232 kB of WAL
      slave_slot  master  slave   active  56 B of WAL

      BACKUPS  1, 45.6 MB; newest 20261122T173338: 45.6 MB, 60 min ago (at most 26 h)
      ARCHIVE  newest WAL 00000001000000000000000A, 2 min ago (at most 26 h)
      RESTORE  rehearsed 12 h ago from 20261121T030001: good
      DISK     free: master 5.7 GB, slave 5.7 GB, backup 5.7 GB"
    `)
  })

  it('shows what is down as down, with a hint', async () => {
    expect(withoutClock(await screen({ ...WELL, slave: 'down', backup: 'slow' }))).toMatchInlineSnapshot(`
      "otus · PostgreSQL 15 on Debian 12, docker

      NODE       ADDRESS         ROLE     STATE         TL  LSN
      master     192.168.11.150  primary  running       1   0/90001D0
      ├─ slave   192.168.11.151  ?        machine down
      └─ backup  192.168.11.152  barman   no answer

      SLOT        ON      FOR     STATE   KEEPS
      barman      master  backup  active  232 kB of WAL
      slave_slot  master  slave   active  56 B of WAL

      DISK     free: master 5.7 GB

      ✖ slave  Connection refused
        → npx create-pg-lab up
      ✖ backup  did not answer within 4 s
        → npx create-pg-lab verify --only primary"
    `)
  })

  it('fits 80 × 24 with four slaves, and no line is longer than the terminal', async () => {
    const slaves = [1, 2, 3, 4].map((n) =>
      testSlave({ name: `slave-number-${n}`, address: `192.168.11.16${n}`, slot: `slave_${n}` }),
    )
    const down = Object.fromEntries(slaves.map(({ name }) => [name, 'down' as const]))
    const voices = { ...WELL, ...down }
    const lines = (await screen(voices, testLab({ slaves }))).split('\n')
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    const narrow = (await screen(WELL, testLab(), 50)).split('\n')
    expect(narrow.filter((line) => line.length > 50)).toEqual([])
  })
})

describe('sparkline', () => {
  it('draws the most as a full bar, the unknown as a dot', () => {
    expect(sparkline([0, 500_000, 1_000_000, undefined])).toBe('▁▅█·')
  })

  it('makes nothing of a few bytes', () => {
    expect(sparkline([0, 300, 900])).toBe('▁▁▁')
  })
})

const json = (answer: object) => ({ stdout: `${JSON.stringify(answer)}\n` })
const HOSTS = {
  master: () => json(masterAnswer()),
  slave: () => json(slaveAnswer()),
  backup: () => ({ stdout: BACKUPS }),
}

describe('pg-lab status', () => {
  it('asks each host once, and ends with 0', async () => {
    const { run, commands } = speakingRun(HOSTS)
    const { exitCode, stdout } = await program(['status'], { cwd: labFolder(), run })
    expect(exitCode).toBe(0)
    expect(commands).toHaveLength(3)
    expect(stdout).toContain('├─ slave')
  })

  it('is useful when all but one host are down', async () => {
    const { run } = speakingRun({ slave: () => json(slaveAnswer({ receiver: null })) })
    const { exitCode, stdout } = await program(['status'], { cwd: labFolder(), run })
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/master .*machine down/)
    expect(stdout).toMatch(/slave .*not streaming/)
  })

  it('gives machines the same with --json', async () => {
    const { run } = speakingRun(HOSTS)
    const { stdout } = await program(['status', '--json'], { cwd: labFolder(), run })
    expect(JSON.parse(stdout)).toMatchObject({
      primary: 'master',
      nodes: [{ role: 'primary' }, { role: 'standby', lag: { bytes: 2048 } }, { role: 'barman' }],
      backups: { count: 1 },
    })
  })

  it('--watch looks again until it is stopped, every host each time', async () => {
    const { run, commands } = speakingRun(HOSTS)
    const stopping: Runner = (command) => {
      if (commands.length >= 6) throw new Interrupted('SIGINT')
      return run(command)
    }
    const { exitCode, stdout } = await program(['status', '--watch', '--json'], {
      cwd: labFolder(),
      run: stopping,
    })
    expect(exitCode).toBe(0)
    const looks = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(looks).toHaveLength(2)
    expect(looks[1].backups.count).toBe(1)
    expect(commands.filter(({ args }) => args.includes('backup'))).toHaveLength(2)
  })

  it('says that a lab which never came up has no machines', async () => {
    const { exitCode, stderr } = await program(['status'], { cwd: labFolder({ machines: [] }) })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('npx create-pg-lab up')
  })
})
