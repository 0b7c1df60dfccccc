import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Interrupted } from '../../../src/errors.ts'
import type { Command, Runner } from '../../../src/tools/runner.ts'
import { labFolder, program } from '../program.ts'

const DONE = { exitCode: 0, stdout: '', stderr: '', durationMs: 1 }

/** Vagrant that goes on until it is told to end. */
function slowTools(): { run: Runner; end: () => void; started: Promise<void> } {
  let end = () => {}
  let start = () => {}
  const started = new Promise<void>((resolve) => {
    start = resolve
  })
  const run: Runner = ({ file }: Command) => {
    if (file !== 'vagrant') return Promise.resolve(DONE)
    start()
    return new Promise((resolve) => {
      end = () => resolve(DONE)
    })
  }
  return { run, end: () => end(), started }
}

test('a second command is refused, and told who is at work', async () => {
  const cwd = labFolder()
  const { run, end, started } = slowTools()
  const first = program(['destroy', '--yes'], { cwd, run })
  await started
  for (const argv of [['up'], ['halt'], ['generate'], ['rotate']]) {
    const { exitCode, stderr } = await program(argv, { cwd })
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(
      new RegExp(
        `✖ \`create-pg-lab destroy\` is at work on this lab: process ${process.pid}, since \\d\\d:\\d\\d:\\d\\d\n\n` +
          ` {2}→ Wait until it has ended, or end it: kill -INT ${process.pid}\n$`,
      ),
    )
  }
  expect((await program(['config'], { cwd })).exitCode).toBe(0)
  expect((await program(['generate', '--check'], { cwd })).exitCode).toBe(1)
  end()
  expect((await first).exitCode).toBe(0)
  expect(existsSync(join(cwd, '.pg-lab/lock'))).toBe(false)
})

test('a computer that cannot be asked is named', async () => {
  const cwd = labFolder()
  const lock = {
    id: 'c0ffee',
    command: 'up',
    pid: 17,
    identity: '',
    host: `not-${hostname()}`,
    since: '2026-01-01',
  }
  writeFileSync(join(cwd, '.pg-lab/lock'), `${JSON.stringify(lock)}\n`)
  const { exitCode, stderr } = await program(['halt'], { cwd })
  expect(exitCode).toBe(2)
  expect(stderr).toContain(`process 17 on not-${hostname()}, since`)
  expect(stderr).toContain('rm .pg-lab/lock')
})

test('whoever is interrupted says what is left', async () => {
  const run: Runner = () => Promise.reject(new Interrupted('SIGINT'))
  const cwd = labFolder()
  const { exitCode, stderr } = await program(['halt'], { cwd, run })
  expect(exitCode).toBe(130)
  expect(stderr).toMatch(
    /Left {5}the machines backup, master, slave\n.*Delete {3}npx create-pg-lab destroy\n/,
  )
  expect(existsSync(join(cwd, '.pg-lab/lock'))).toBe(false)
})

test('a folder that cannot be written is named', async () => {
  const cwd = labFolder()
  rmSync(join(cwd, '.pg-lab'), { recursive: true })
  writeFileSync(join(cwd, '.pg-lab'), 'a file')
  const { exitCode, stderr } = await program(['halt'], { cwd })
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/✖ Cannot write to .*\.pg-lab/)
})
