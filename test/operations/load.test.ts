import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runLoad } from '../../src/operations/load.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'
import { testLab } from '../support/lab.ts'
import { folderWith } from '../tools/helpers.ts'

/** The very words that go to the primary. */
async function wordsFor(rate: number, seconds: number): Promise<readonly string[]> {
  let words: readonly string[] = []
  const guest: Guest = {
    shell: async (_node, argv) => {
      words = argv
      return { exitCode: 1, stdout: '', stderr: '', durationMs: 1 }
    },
    rows: async () => [],
    execute: async () => {},
  }
  const lab = testLab()
  await runLoad(lab, lab.master, guest, { rate, seconds }).catch(() => {})
  return words
}

/** psql and pgbench that write down how they were called. */
function scriptedTools({ others = 0, pgbench = 'exit 0' } = {}) {
  const folder = folderWith()
  const log = join(folder, 'log')
  const tool = (name: string, body: string) => {
    writeFileSync(
      join(folder, name),
      `#!/bin/sh\nset -f\necho "${name} [$PGOPTIONS]" $* >> '${log}'\n${body}\n`,
    )
    chmodSync(join(folder, name), 0o755)
  }
  mkdirSync(join(folder, 'bin'))
  // Like psql itself, it listens to SIGINT even where its parent ignores that.
  const drop = `process.on('SIGINT', () => process.exit(9)); setTimeout(() => fs.appendFileSync('${log}', 'gone\\n'), 300)`
  const answers = `*count*) echo ${others};; *BINDIR*) echo '${join(folder, 'bin')}';; *DROP*) exec node -e "${drop}";;`
  tool('psql', `case "$*" in ${answers} esac`)
  tool('bin/pgbench', `case "$*" in *-i*) exit 0;; esac\n${pgbench}`)
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
  const calls = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [])
  return { env, calls }
}

const dropped = (lines: readonly string[]) =>
  /^psql .*DROP SCHEMA IF EXISTS load_of_pg_lab CASCADE$/.test(lines.at(-2) ?? '') && lines.at(-1) === 'gone'

describe('what runs on the primary', () => {
  it('has a schema of its own, and drops it in the end', async () => {
    const [file = '', ...args] = await wordsFor(20, 3)
    const { env, calls } = scriptedTools()
    expect(spawnSync(file, args, { env }).status).toBe(0)
    const lines = calls().filter((line) => !/count|BINDIR/.test(line))
    expect(dropped(lines.slice(0, 2))).toBe(true) // what a broken-off load has left
    expect(lines[2]).toMatch(/CREATE SCHEMA load_of_pg_lab$/)
    expect(lines.slice(3, 5)).toEqual([
      'bin/pgbench [-c search_path=load_of_pg_lab] -i -q -s 1 otus',
      'bin/pgbench [-c search_path=load_of_pg_lab] -n -c 4 -R 20 -T 3 otus',
    ])
    expect(dropped(lines)).toBe(true)
    expect(lines).toHaveLength(7)
  })

  it('drops it when pgbench fails, and keeps its exit code', async () => {
    const [file = '', ...args] = await wordsFor(20, 3)
    const { env, calls } = scriptedTools({ pgbench: 'exit 2' })
    expect(spawnSync(file, args, { env }).status).toBe(2)
    expect(dropped(calls())).toBe(true)
  })

  it('touches nothing while another load runs', async () => {
    const [file = '', ...args] = await wordsFor(20, 3)
    const { env, calls } = scriptedTools({ others: 4 })
    expect(spawnSync(file, args, { env }).status).toBe(75)
    expect(calls()).toHaveLength(1)
  })

  it.each(['SIGHUP', 'SIGINT', 'SIGTERM'] as const)('drops it when %s ends all of it', async (signal) => {
    const [file = '', ...args] = await wordsFor(20, 30)
    const { env, calls } = scriptedTools({ pgbench: 'exec sleep 30' })
    const child = spawn(file, args, { env, detached: true, stdio: 'ignore' })
    const ended = new Promise((resolve) => child.once('exit', resolve))
    while (!calls().some((line) => line.includes('-R 20'))) await new Promise((go) => setTimeout(go, 20))
    process.kill(-(child.pid ?? 0), signal)
    await new Promise((go) => setTimeout(go, 200))
    process.kill(-(child.pid ?? 0), signal) // it comes more than once: from the terminal, and from sudo
    await ended
    expect(dropped(calls())).toBe(true)
  })
})
