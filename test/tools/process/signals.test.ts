import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const FIXTURE = join(import.meta.dirname, 'fixtures/run-until-signal.ts')

/** A program that runs this script through the runner; `pidFile` appears when the script is under way. */
function program(script: (pidFile: string) => string, env: Record<string, string> = {}) {
  const pidFile = join(mkdtempSync(join(tmpdir(), 'pg-lab-signals-')), 'pid')
  const child = spawn(process.execPath, ['--import', 'jiti/register', FIXTURE, 'sh', '-c', script(pidFile)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (bytes) => {
    output += bytes
  })
  const ended = new Promise<string>((resolve) => child.on('close', () => resolve(output)))
  /** Sends a signal. @returns what was printed, and how long the end took from then on */
  const signal = async (name: NodeJS.Signals) => {
    const startMs = Date.now()
    child.kill(name)
    const text = await ended
    return { text, tookMs: Date.now() - startMs }
  }
  return {
    child,
    ended,
    signal,
    pid: () => Number(readFileSync(pidFile, 'utf8')),
    ready: () => appears(pidFile),
  }
}

async function appears(file: string): Promise<void> {
  while (!existsSync(file) || readFileSync(file, 'utf8') === '') await wait(20)
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Ended processes that nobody has reaped yet do not count. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout !== '' && !stdout.startsWith('Z')
}

/** A grandchild that lives on after these signals, telling of each; its parent ends at once. */
const stubborn =
  (...signals: readonly string[]) =>
  (pidFile: string) => {
    const traps = signals.map((signal) => `trap "echo ignores ${signal}" ${signal}`).join('; ')
    return `sh -c '${traps}; echo $$ > ${pidFile}; while :; do sleep 0.1; done'; sleep 30`
  }

describe.concurrent('Ctrl-C', { timeout: 60_000 }, () => {
  test('lets a tool end in its own way, and keeps what it says', async () => {
    const script = (pidFile: string) =>
      `trap 'echo tidying; sleep 0.3; echo tidy; exit 1' INT; echo $$ > ${pidFile}; while :; do sleep 0.05; done`
    const { child, ended, ready } = program(script)
    await ready()
    child.kill('SIGINT')
    expect(await ended).toMatch(/^tidying\ntidy\nInterrupted SIGINT after \d+ ms, next refused\n$/)
    expect(child.exitCode).toBe(130)
  })

  test('goes on to TERM for a grandchild that ignores INT', async () => {
    const { ready, pid, signal } = program(
      (pidFile) =>
        `sh -c 'trap : INT; trap "echo ends by TERM; exit" TERM; echo $$ > ${pidFile}; while :; do sleep 0.1; done'; sleep 30`,
    )
    await ready()
    const { text, tookMs } = await signal('SIGINT')
    expect(text).toContain('ends by TERM\n')
    expect(tookMs).toBeGreaterThan(700)
    expect(isRunning(pid())).toBe(false)
  })

  test('goes on to KILL for one that ignores both', async () => {
    const { ready, pid, signal } = program(stubborn('INT', 'TERM'))
    await ready()
    const { text, tookMs } = await signal('SIGINT')
    expect(text).toMatch(/^ignores INT\n(.*\n)?ignores TERM\n(.*\n)?Interrupted SIGINT/)
    expect(tookMs).toBeGreaterThan(1_400)
    expect(isRunning(pid())).toBe(false)
  })

  test('passed on by npm a second time is still the first', async () => {
    const { child, ready, pid, signal } = program(stubborn('INT'))
    await ready()
    child.kill('SIGINT')
    await wait(50)
    expect((await signal('SIGINT')).tookMs).toBeGreaterThan(500)
    expect(isRunning(pid())).toBe(false)
  })

  test('pressed again kills at once', async () => {
    const { child, ready, pid, signal } = program(stubborn('INT', 'TERM'), { TERM_AFTER_MS: '8000' })
    await ready()
    child.kill('SIGINT')
    await wait(2_000) // a busy computer notices the first late
    const { text, tookMs } = await signal('SIGINT')
    expect(text).toContain('ignores INT\n')
    expect(text).not.toContain('ignores TERM')
    expect(tookMs).toBeLessThan(7_000)
    expect(isRunning(pid())).toBe(false)
  })

  test('belongs to a program that has the terminal', async () => {
    const script = (pidFile: string) =>
      `trap 'echo mine; exit 0' INT; echo $$ > ${pidFile}; while :; do sleep 0.05; done`
    const { child, ended, ready, pid } = program(script, { INTERACTIVE: '1' })
    await ready()
    child.kill('SIGINT')
    await wait(200)
    expect(isRunning(pid())).toBe(true)
    process.kill(pid(), 'SIGINT')
    expect(await ended).toBe('mine\nended\n')
  })
})

describe.concurrent('other ends', { timeout: 60_000 }, () => {
  test.each(['SIGTERM', 'SIGHUP'] as const)('%s stops tools like Ctrl-C', async (name) => {
    const { ready, pid, signal } = program((pidFile) => `echo $$ > ${pidFile}; exec sleep 30`)
    await ready()
    expect((await signal(name)).text).toContain(`Interrupted ${name}`)
    expect(isRunning(pid())).toBe(false)
  })
})
