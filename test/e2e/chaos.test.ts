import { spawn as start } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeBare } from './servers.ts'
import { processesWith, spawn, TestLab } from './support.ts'

/*
 * `pg-lab up` is killed at a random moment of a cold run and started again, over and over.
 * CHAOS_COUNT: how often. CHAOS_SEED: the moments of an earlier run. CHAOS_PREINSTALLED=1: with the packages in the
 * image, so that the moments fall more often on what comes after them.
 */
const COUNT = Number(process.env.CHAOS_COUNT ?? 3)
const SEED = Number(process.env.CHAOS_SEED ?? Date.now() % 1_000_000)
const SIGNALS = ['SIGKILL', 'SIGINT', 'SIGTERM'] as const

const lab = TestLab.create(
  'chaos',
  `
export default {
  name: 'chaos',
  provider: 'docker',
  os: 'debian-12',
  network: { subnet: '10.97.83.0/24' },
  slaves: [],
}
`,
)

/** Every process we start inherits it, whatever becomes of its parents. */
const MARK = `PG_LAB_CHAOS=${process.pid}`
/** How long a cold run takes here and now. */
let coldMs: number

beforeAll(() => {
  console.log(`chaos: ${COUNT} times, CHAOS_SEED=${SEED}`)
  lab.must('generate')
  if (!process.env.CHAOS_PREINSTALLED) makeBare(lab)
  spawn('sh', ['provisioning/support/node-image/build.sh'], { cwd: lab.directory })
  const startMs = Date.now()
  lab.must('up')
  coldMs = Date.now() - startMs
})

afterAll(() => lab.remove())

interface Run {
  readonly pid: number
  readonly ended: Promise<{ readonly status: number | null; readonly text: string }>
}

function up(): Run {
  const [name = '', value] = MARK.split('=')
  const child = start('node', [resolve('dist/pg-lab.js'), 'up'], {
    cwd: lab.directory,
    env: { ...process.env, [name]: value },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (bytes) => {
      text += bytes
    })
  }
  const ended = new Promise<{ status: number | null; text: string }>((resolve) => {
    child.on('close', (status) => resolve({ status, text }))
  })
  return { pid: Number(child.pid), ended }
}

/** What of ours runs still, but connections that ssh keeps open for a minute and ends by itself. */
const orphans = () => processesWith(MARK).filter((words) => !words.endsWith('[mux]'))

const containers = () =>
  spawn('docker', ['ps', '-a', '--filter', 'name=^chaos-', '--format', '{{.Names}}'])
    .stdout.trim()
    .split('\n')
    .filter(Boolean)
    .sort()

const isLocked = () => existsSync(join(lab.directory, '.pg-lab/lock'))

/** @returns what the killed run had printed last; `undefined` where it was over before it could be killed */
async function killedAt(moment: number, signal: (typeof SIGNALS)[number]): Promise<string | undefined> {
  const run = up()
  const atMs = Math.round((moment / 100) * coldMs)
  const first = await Promise.race([run.ended, delay(atMs)])
  if (first !== undefined) return undefined // faster than the first one
  process.kill(run.pid, signal)
  const { status, text } = await run.ended
  if (signal !== 'SIGKILL') {
    expect({ status, text }).toMatchObject({
      status: 130,
      text: expect.stringMatching(/Left .*\n(.*\n)?.*Go on .*up/),
    })
    expect({ orphans: orphans(), isLocked: isLocked() }).toEqual({ orphans: [], isLocked: false })
  }
  return `${Math.round(atMs / 1000)} s: ${
    text
      .trim()
      .split('\n')
      .findLast((line) => /^\d\d:/.test(line)) ?? 'nothing yet'
  }`
}

/** A round that was over before its kill is none: it is played again, and killed earlier. */
async function killedInTime(moment: number, signal: (typeof SIGNALS)[number]): Promise<string> {
  for (let earlier = moment; earlier >= 1; earlier = Math.floor(earlier * 0.7)) {
    if (containers().length > 0) lab.must('destroy', '--yes')
    expect(containers()).toEqual([])
    const place = await killedAt(earlier, signal)
    if (place !== undefined) return place
  }
  throw new Error(`no run could be killed at ${moment} percent of a cold run or before`)
}

describe('up, killed and started again', () => {
  /** Percent of a cold run. */
  const moments = fc.sample(fc.noBias(fc.integer({ min: 1, max: 99 })), {
    numRuns: COUNT,
    seed: SEED,
  })

  it.each(
    moments.map((moment, index) => ({ index, moment, signal: SIGNALS[index % SIGNALS.length] ?? 'SIGKILL' })),
  )('$index: $signal at $moment percent of a cold run', async ({ index, moment, signal }) => {
    const startMs = Date.now()
    const place = await killedInTime(moment, signal)
    const again = await up().ended
    const tookS = Math.round((Date.now() - startMs) / 1000)
    console.log(`${index} ${signal} after ${place} → ${again.status}, ${tookS} s in all`)
    expect(again).toMatchObject({ status: 0, text: expect.stringContaining('The lab is up and verified') })
    expect(orphans()).toEqual([])
    expect({ containers: containers(), isLocked: isLocked() }).toEqual({
      containers: ['chaos-backup', 'chaos-master'],
      isLocked: false,
    })
  })

  it('waits for an apt that still runs on a machine', () => {
    lab.must('destroy', '--yes')
    spawn('vagrant', ['up', '--no-provision'], { cwd: lab.directory })
    const hold =
      "import fcntl, time; f = open('/var/lib/dpkg/lock-frontend', 'w'); fcntl.lockf(f, fcntl.LOCK_EX); time.sleep(25)"
    spawn('docker', ['exec', '--detach', 'chaos-backup', 'python3', '-c', hold])
    lab.must('up')
  })

  it('leaves nothing when it is destroyed', async () => {
    lab.must('destroy', '--yes')
    expect({ containers: containers(), orphans: orphans() }).toEqual({ containers: [], orphans: [] })
    expect(spawn('docker', ['network', 'ls', '--format', '{{.Name}}']).stdout).not.toContain('10.97.83.')
  })
})
