import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { VERBS } from '../src/commands/index.ts'
import { DRILLS } from '../src/drills/index.ts'

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

const map = readFileSync('docs/architecture.md', 'utf8')

describe('the map in docs/architecture.md', () => {
  it('has the rooms on their floors', () => {
    const drawn = [...map.matchAll(/^\| (\d+) \| `([^`]+)` \|/gm)].map(
      ([, floor, room]) => `${floor} ${room}`,
    )
    const floors = FLOORS.flatMap((rooms, at) => rooms.map((room) => `${at + 1} ${room}`))
    expect(drawn.sort()).toEqual(floors.sort())
  })

  it('names every folder of src', () => {
    const inner = readdirSync('src', { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.parentPath !== 'src')
      .map((entry) => `${entry.parentPath}/${entry.name}/`.replaceAll('\\', '/'))
    expect(inner.filter((folder) => !map.includes(`\`${folder}\``))).toEqual([])
  })

  it('names no file that is not there', () => {
    const named = [...map.matchAll(/`([\w.-]+\/[\w./-]*|[\w-]+\.ejs)`/g)].map(([, path]) => String(path))
    const inRoles = /^(meta|vars|tasks|files|templates)\//
    expect(named.length).toBeGreaterThan(40)
    expect(named.filter((path) => !inRoles.test(path) && !existsSync(path))).toEqual([])
  })
})

test('the index of decisions names every page, and no other', () => {
  const index = readFileSync('docs/decisions/README.md', 'utf8')
  const linked = [...index.matchAll(/\]\((\d\d-[\w-]+\.md)\)/g)].map(([, page]) => page)
  expect(linked).toEqual(readdirSync('docs/decisions').filter((name) => /^\d/.test(name)))
})

/** `## What it is` → `what-it-is`, as GitHub makes it. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, head = '']) =>
    head
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

test('every link between our pages leads somewhere', () => {
  const pages = [
    ...['README.md', 'README.ru.md', 'CONTRIBUTING.md'],
    ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
      .map((name) => `docs/${name.replaceAll('\\', '/')}`)
      .filter((name) => name.endsWith('.md')),
  ]
  const links = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/(?:\]\(|(?:src|href)=")([^)"\s]+)/g)].map(([, target = '']) => ({
      page,
      target,
    })),
  )
  const broken = links
    .filter(({ target }) => !/^(https?|mailto):/.test(target))
    .filter(({ page, target }) => {
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? page : join(dirname(page), path)
      if (!existsSync(file)) return true
      return anchor !== undefined && !anchorsOf(readFileSync(file, 'utf8')).includes(anchor)
    })
  expect(broken).toEqual([])
})

describe.each(['README.md', 'README.ru.md'])('%s', (page) => {
  const lines = readFileSync(page, 'utf8').trimEnd().split('\n')

  it('is read in one go, and shows a run within its first forty lines', () => {
    expect(lines.length).toBeLessThanOrEqual(120)
    const top = lines.slice(0, 40).join('\n')
    expect(top).toContain('](docs/up.svg)')
    expect(top).toContain('\n$ npx create-pg-lab up\n')
  })

  it('has every command in its table', () => {
    const table = lines.filter((line) => line.startsWith('|')).join('\n')
    expect(
      VERBS.filter(({ name }) => !new RegExp(`\`${name}\\b`).test(table)).map(({ name }) => name),
    ).toEqual([])
  })

  it('has every drill in its table', () => {
    expect(DRILLS.filter(({ id }) => !lines.some((line) => line.startsWith(`| \`${id}\` |`)))).toEqual([])
  })
})

test('the picture of a run is small, and stands still for whoever wants no motion', () => {
  const picture = readFileSync('docs/up.svg', 'utf8')
  expect(picture.length).toBeLessThan(60_000)
  expect(picture).toContain('@media (prefers-reduced-motion:no-preference)')
})
