import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OWNER, ownerNow, spawn } from './support.ts'

const CLI = resolve('dist/pg-lab.js')
const parent = mkdtempSync(join(realpathSync(tmpdir()), 'pg-lab-'))

const pgLab = (...args: string[]) => spawn('node', [CLI, ...args], { cwd: parent, timeout: 45 * 60_000 })
const containers = () => spawn('docker', ['ps', '--all', '--format', '{{.Names}}']).stdout

interface PrintedSheet {
  readonly name: string
  readonly marks: readonly {
    readonly id: string
    readonly outcome: string
    readonly seen: readonly string[]
  }[]
}

beforeAll(() => {
  writeFileSync(join(parent, OWNER), ownerNow(process.pid))
  mkdirSync(join(parent, 'node_modules'))
  symlinkSync(resolve('.'), join(parent, 'node_modules', 'create-pg-lab'))
  const made = pgLab(
    'create',
    'anna',
    '--yes',
    '--provider',
    'docker',
    '--os',
    'debian-12',
    '--format',
    'yaml',
  )
  expect(made.status).toBe(0)
  cpSync(join(parent, 'anna'), join(parent, 'boris'), { recursive: true })
})
afterAll(() => {
  expect(containers()).not.toMatch(/grade-(anna|boris)/)
  rmSync(parent, { recursive: true, force: true })
})

test('two equal labs are graded in one go, each by its machines, and are gone afterwards', () => {
  const startMs = Date.now()
  const { stdout, stderr } = pgLab('grade', 'anna', 'boris', '--out', 'grades', '--json')
  console.log(`two labs in ${Math.round((Date.now() - startMs) / 1000)} s\n${stderr}`)
  const { handIns } = JSON.parse(stdout) as { readonly handIns: readonly PrintedSheet[] }
  const faults = handIns.flatMap(({ name, marks }) =>
    marks.flatMap(({ id, outcome, seen }) =>
      outcome === 'failed' ? [`${name} ${id}: ${seen.join('; ')}`] : [],
    ),
  )
  expect(faults).toEqual([])
  expect(handIns.map(({ marks }) => marks.filter(({ outcome }) => outcome === 'met').length)).toEqual([
    16, 16,
  ])
  expect(containers()).not.toMatch(/grade-(anna|boris)/)
}, 2_700_000)

test('a second run asks none of them again', () => {
  const startMs = Date.now()
  const { stderr } = pgLab('grade', 'anna', 'boris', '--out', 'grades')
  expect(Date.now() - startMs).toBeLessThan(60_000)
  expect(stderr).toBe('anna: its machines were asked before\nboris: its machines were asked before\n')
})
