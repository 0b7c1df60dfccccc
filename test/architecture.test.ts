import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

/** The floors of the house, from the top. A file may import from its own room and from floors below. */
const FLOORS = [
  ['pg-lab', 'create-pg-lab'],
  ['cli'],
  ['commands'],
  ['drills'],
  ['checks', 'create', 'explain'],
  ['plan', 'operations', 'report'],
  ['words'],
  ['observe'],
  ['generate', 'doctor', 'postgres', 'tasks'],
  ['tools', 'resolve', 'show'],
  ['lab', 'finding', 'index'],
  ['config'],
  ['catalog'],
  ['errors', 'units', 'package-root'],
]

/** Packages that exactly one file may know, so that they can be replaced. */
const DOORS: Record<string, string> = {
  execa: 'src/tools/process/run.ts',
  listr2: 'src/tasks/index.ts',
  ejs: 'src/generate/render/template.ts',
  valibot: 'src/config/schema.ts',
  cosmiconfig: 'src/config/load.ts',
  jiti: 'src/config/load.ts',
  'node-diff3': 'src/generate/write/merge.ts',
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((name) => `src/${name.replaceAll('\\', '/')}`)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))

const imports = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'([^']+)'/g)].map((match) => ({
    file,
    target: String(match[1]),
  })),
)

const roomOf = (file: string) => String(file.split('/')[1]).replace(/\.ts$/, '')
const floorOf = (room: string) => FLOORS.findIndex((rooms) => rooms.includes(room))

test('every room has its floor', () => {
  expect(files.map(roomOf).filter((room) => floorOf(room) === -1)).toEqual([])
})

test('imports point down, never up, never sideways', () => {
  const wrong = imports
    .filter(({ target }) => target.startsWith('.'))
    .map(({ file, target }) => ({
      file,
      target: normalize(join(dirname(file), target)).replaceAll('\\', '/'),
    }))
    .filter(({ target }) => target.startsWith('src/'))
    .filter(({ file, target }) => {
      const [from, to] = [roomOf(file), roomOf(target)]
      return from !== to && floorOf(to) <= floorOf(from)
    })
  expect(wrong).toEqual([])
})

test('one package, one importing file', () => {
  const wrong = imports.filter(({ file, target }) => DOORS[target] !== undefined && DOORS[target] !== file)
  expect(wrong).toEqual([])
})
