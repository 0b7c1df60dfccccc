import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'tsdown'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { finishInterruptedWrite } from '../../../src/generate/write/journal.ts'
import { writeProject } from '../../../src/generate/write/write.ts'
import { NEW, OLD } from './two-generations.ts'

/** As many at once as keep two cores busy. */
const AT_ONCE = 4
/** What is not done whole or not at all: a kill in the middle of it leaves something else again. */
const CUT_IN_HALF = ['writeFile', 'rm']

const folder = mkdtempSync(join(tmpdir(), 'pg-lab kill ж-'))
const old = join(folder, 'old')
let before: string
let after: string

/** Every file of a lab but the machine-made ones, with its text. */
function treeOf(lab: string): string {
  const entries = readdirSync(lab, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const own = paths.map((path) => path.slice(lab.length + 1)).filter((path) => !path.startsWith('.pg-lab'))
  return JSON.stringify(own.sort().map((path) => [path, readFileSync(join(lab, path), 'utf8')]))
}

function copyOf(name: string): string {
  const lab = join(folder, name)
  cpSync(old, lab, { recursive: true })
  return lab
}

beforeAll(async () => {
  mkdirSync(old)
  await writeProject(old, OLD, { mode: 'merge' })
  writeFileSync(join(old, 'Vagrantfile'), 'mine\none\ntwo\nthree\nfour\nfive\n')
  before = treeOf(old)
  const changed = copyOf('new')
  await writeProject(changed, NEW, { mode: 'merge' })
  after = treeOf(changed)
  // In one file it starts five times as fast as through a loader.
  await build({
    entry: join(import.meta.dirname, 'fixtures/write-until-killed.ts'),
    outDir: join(folder, 'program'),
    platform: 'node',
    noExternal: /./,
    config: false,
    dts: false,
    logLevel: 'silent',
  })
})

afterAll(() => rmSync(folder, { recursive: true }))

interface End {
  readonly signal: string | null
  readonly stdout: string
}

/** The writer as a process of its own. @param step where it dies; 0 for nowhere */
function writer(lab: string, step: number, moment: string): Promise<End> {
  const program = join(folder, 'program/write-until-killed.mjs')
  const args = [program, lab, JSON.stringify(NEW), String(step), moment]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: {} })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (text) => {
    stdout += text
  })
  child.stderr.on('data', (text) => {
    stderr += text
  })
  return new Promise((resolve, reject) => {
    child.once('close', (code, signal) => (code ? reject(new Error(stderr)) : resolve({ signal, stdout })))
  })
}

/** What it leaves becomes the old or the new lab at the next start, and that one goes on. @returns which */
async function killAt(step: number, moment: string): Promise<string> {
  const place = `killed ${moment} step ${step}`
  const lab = copyOf(place)
  expect((await writer(lab, step, moment)).signal, place).toBe('SIGKILL')
  await finishInterruptedWrite(lab)
  const now = treeOf(lab)
  expect([before, after], place).toContain(now)
  expect(existsSync(join(lab, '.pg-lab/write')), place).toBe(false)
  await writeProject(lab, NEW, { mode: 'merge' })
  expect(treeOf(lab), place).toBe(after)
  expect(await writeProject(lab, NEW, { mode: 'merge' }), place).toMatchObject(UNCHANGED)
  return now
}

const UNCHANGED = { written: [], merged: [], removed: [] }

it('a writer killed at any step leaves the old or the new lab, and the next one goes on', async () => {
  const { stdout } = await writer(copyOf('whole'), 0, 'before')
  const kills = (JSON.parse(stdout) as string[]).flatMap((name, index) => [
    { step: index + 1, moment: 'before' },
    ...(CUT_IN_HALF.includes(name) ? [{ step: index + 1, moment: 'within' }] : []),
  ])
  const left = new Set<string>()
  while (kills.length > 0) {
    const some = await Promise.all(kills.splice(0, AT_ONCE).map(({ step, moment }) => killAt(step, moment)))
    for (const tree of some) left.add(tree)
  }
  expect(left).toEqual(new Set([before, after]))
}, 180_000)
