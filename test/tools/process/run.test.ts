import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quoteForShell } from '../../../src/tools/process/quote.ts'
import { createRunner } from '../../../src/tools/process/run.ts'
import { commandError, folderWith as folder } from '../helpers.ts'

const run = createRunner({ termAfterMs: 300, killAfterMs: 300 })
const sh = (script: string, more: object = {}) => run({ file: 'sh', args: ['-c', script], ...more })

/** Ended processes that nobody has reaped yet do not count. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return stdout !== '' && !stdout.startsWith('Z')
}

describe('a command', { timeout: 60_000 }, () => {
  test('gives its output, apart and whole', async () => {
    const output = await sh('echo out; echo err >&2')
    expect(output).toMatchObject({ exitCode: 0, stdout: 'out\n', stderr: 'err\n' })
    expect(output.durationMs).toBeGreaterThan(0)
  })

  test('reads what it is given, else finds its input empty', async () => {
    expect((await sh('cat', { stdin: 'select 1;' })).stdout).toBe('select 1;')
    expect((await sh('cat; tty || true')).stdout).toContain('not a tty')
  })

  test('that does not read a long input is no error', async () => {
    expect((await sh('exit 0', { stdin: 'x'.repeat(5_000_000) })).exitCode).toBe(0)
  })

  test('has no terminal to ask for a password on', async () => {
    expect((await sh('exec 2>/dev/null; (: < /dev/tty) && echo asks || echo none')).stdout).toBe('none\n')
  })

  test('speaks English and without forced colours', async () => {
    process.env.FORCE_COLOR = '1'
    const { stdout } = await sh('echo "$LC_ALL|$FORCE_COLOR|$MORE|$HOME"', { env: { MORE: 'yes' } })
    delete process.env.FORCE_COLOR
    expect(stdout).toBe(`C.UTF-8||yes|${process.env.HOME}\n`)
  })

  test('hands over full lines of three streams, fit to be shown', async () => {
    const seen: string[] = []
    const script =
      "printf '\\033[31mred\\033[0m\\n'; printf '10%%\\r20%%\\r100%%\\n\\342\\200'; printf '\\246 done'; echo '{\"a\":1}' >&3"
    await sh(script, { onLine: (line: string, stream: string) => seen.push(`${stream} ${line}`) })
    expect(seen.filter((line) => line.startsWith('stdout'))).toEqual([
      'stdout red',
      'stdout 100%',
      'stdout … done',
    ])
    expect(seen).toContain('events {"a":1}')
  })

  test('has no third stream when nobody reads it', async () => {
    expect((await sh('(: >&3) 2>/dev/null && echo open || echo closed')).stdout).toBe('closed\n')
  })

  test('does not wait for a background process that inherited its pipes', async () => {
    const output = await sh('sleep 60 & echo $!')
    process.kill(Number(output.stdout))
    expect(output.durationMs).toBeLessThan(30_000)
  })
})

describe('a log', { timeout: 60_000 }, () => {
  test('is the user’s alone, names the command, and has every byte', async () => {
    const logFile = join(folder(), 'logs', 'up.log')
    const bytes = 5_000_000
    const output = await run({
      file: 'sh',
      args: ['-c', `head -c ${bytes} /dev/zero | tr '\\0' 'x'; printf '\\033[1mend\\n' >&2`],
      logFile,
    })
    const log = readFileSync(logFile, 'latin1')
    expect(statSync(logFile).mode & 0o777).toBe(0o600)
    expect(log).toContain("$ sh -c 'head")
    expect(log.match(/x{5000000}/)).not.toBeNull()
    expect(log).toContain('\u001b[1mend')
    expect(output.stdout).toHaveLength(bytes)
  })

  test('that others could read is closed to them', async () => {
    const logFile = join(folder(), 'old.log')
    writeFileSync(logFile, 'before\n')
    chmodSync(logFile, 0o644)
    await sh('echo after', { logFile })
    expect(readFileSync(logFile, 'utf8')).toMatch(/^before\n\n# \S+\n\$ sh .*\nafter\n$/)
    expect(statSync(logFile).mode & 0o777).toBe(0o600)
  })

  test('keeps what memory does not', async () => {
    const logFile = join(folder(), 'big.log')
    const script = 'head -c 60000000 /dev/zero; echo end'
    const output = await sh(script, { logFile })
    expect(statSync(logFile).size).toBeGreaterThan(60_000_000)
    expect(output.stdout.length).toBe(16 * 1024 * 1024)
    expect(output.stdout.endsWith('end\n')).toBe(true)
    expect((await commandError(sh(script))).message).toBe('sh printed more than 16 MB')
  })
})

describe('a failure', { timeout: 60_000 }, () => {
  test('has the command to paste, the last lines and the log', async () => {
    const cwd = folder()
    const logFile = join(cwd, 'fail.log')
    const error = await commandError(
      run({ file: 'sh', args: ['-c', 'for i in $(seq 30); do echo "line $i"; done; exit 3'], cwd, logFile }),
    )
    expect(error.message).toBe('sh failed with exit code 3')
    expect(error.exitCode).toBe(3)
    expect(error.command).toBe(`cd ${cwd} && sh -c 'for i in $(seq 30); do echo "line $i"; done; exit 3'`)
    expect(error.lastLines).toHaveLength(20)
    expect(error.lastLines.at(-1)).toBe('line 30')
    expect(error.logFile).toBe(logFile)
  })

  test('is a result where any exit is expected', async () => {
    expect((await sh('exit 7', { expectExit: 'any' })).exitCode).toBe(7)
    expect((await sh('kill -9 $$', { expectExit: 'any' })).exitCode).toBe(137)
  })

  test('by a signal names it', async () => {
    expect((await commandError(sh('kill -9 $$'))).message).toBe('sh was ended by SIGKILL')
  })

  test('to find the tool names it', async () => {
    const error = await commandError(run({ file: 'no-such-tool', args: ['up'], expectExit: 'any' }))
    expect(error.message).toBe('no-such-tool is not installed, or not on PATH')
    expect(error.timedOut).toBe(false)
    expect(error.hint).toContain('npx create-pg-lab doctor')
  })

  test('to find the folder names that', async () => {
    const error = await commandError(run({ file: 'true', args: [], cwd: '/no/such/folder' }))
    expect(error.message).toContain('/no/such/folder does not exist')
  })

  test('after its time ends the whole group', async () => {
    const startMs = Date.now()
    const script = "sh -c 'trap : INT TERM; echo $$; sleep 30; sleep 30; sleep 30'; sleep 30"
    const error = await commandError(sh(script, { timeoutMs: 200 }))
    expect(error.message).toBe('sh took longer than 0.2 s and was stopped')
    expect(error.timedOut).toBe(true)
    expect(Date.now() - startMs).toBeLessThan(25_000)
    expect(isRunning(Number(error.lastLines[0]))).toBe(false)
  })
})

describe('quoting', { timeout: 60_000 }, () => {
  test('leaves plain words plain', () => {
    expect(quoteForShell(['psql', '-d', 'otus', '', "it's", 'A=b'])).toBe("psql -d otus '' 'it'\\''s' A=b")
    expect(quoteForShell(['A=b', '~', '$x'])).toBe("'A=b' '~' '$x'")
  })

  test('brings every word through a shell as it is', async () => {
    const word = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''))
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 8 }), async (words) => {
        const { stdout } = await sh(quoteForShell(['printf', '%s\\0', ...words]))
        expect(stdout.split('\0').slice(0, -1)).toEqual(words.length > 0 ? words : [''])
      }),
      { numRuns: 60 },
    )
  })
})
