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
  return { child, ended, pid: () => Number(readFileSync(pidFile, 'utf8')), ready: () => appears(pidFile) }
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

/** A grandchild that ignores INT and, if told so, TERM; its parent ends at once. */
const stubborn = (traps: string) => (pidFile: string) =>
  `sh -c 'trap "" ${traps}; echo $$ > ${pidFile}; while :; do sleep 0.1; done'; sleep 30`

const tookMs = (output: string) => Number(/after (\d+) ms/.exec(output)?.[1])

describe.concurrent('Ctrl-C', { timeout: 20_000 }, () => {
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
    const { child, ended, ready, pid } = program(stubborn('INT'))
    await ready()
    child.kill('SIGINT')
    expect(tookMs(await ended)).toBeGreaterThan(700)
    expect(isRunning(pid())).toBe(false)
  })

  test('goes on to KILL for one that ignores both', async () => {
    const { child, ended, ready, pid } = program(stubborn('INT TERM'))
    await ready()
    child.kill('SIGINT')
    expect(tookMs(await ended)).toBeGreaterThan(1_400)
    expect(isRunning(pid())).toBe(false)
  })

  test('passed on by npm a second time is still the first', async () => {
    const { child, ended, ready, pid } = program(stubborn('INT'))
    await ready()
    child.kill('SIGINT')
    await wait(50)
    child.kill('SIGINT')
    expect(tookMs(await ended)).toBeGreaterThan(700)
    expect(isRunning(pid())).toBe(false)
  })

  test('pressed again kills at once', async () => {
    const { child, ended, ready, pid } = program(stubborn('INT TERM'))
    await ready()
    child.kill('SIGINT')
    await wait(550)
    const againMs = Date.now()
    child.kill('SIGINT')
    expect(await ended).toContain('Interrupted SIGINT')
    expect(Date.now() - againMs).toBeLessThan(600)
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

describe.concurrent('other ends', { timeout: 20_000 }, () => {
  test.each(['SIGTERM', 'SIGHUP'] as const)('%s stops tools like Ctrl-C', async (signal) => {
    const { child, ended, ready, pid } = program((pidFile) => `echo $$ > ${pidFile}; exec sleep 30`)
    await ready()
    child.kill(signal)
    expect(await ended).toContain(`Interrupted ${signal}`)
    expect(isRunning(pid())).toBe(false)
  })
})
