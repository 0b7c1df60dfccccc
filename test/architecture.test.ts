import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { PROVIDER_NAMES } from '../src/catalog/names.ts'
import { VERBS } from '../src/commands/index.ts'
import { DRILLS } from '../src/drills/index.ts'
import { LAB_FILES, OWN_FOLDER } from '../src/lab-files.ts'

/** The floors of the house, from the top. A file may import from its own room and from floors below. */
const FLOORS = [
  ['pg-lab', 'create-pg-lab'],
  ['cli'],
  ['commands'],
  ['drills'],
  ['checks', 'create', 'exam', 'explain', 'grade'],
  ['plan', 'operations', 'report'],
  ['words'],
  ['observe'],
  ['generate', 'doctor', 'postgres', 'tasks'],
  ['tools', 'resolve', 'show-errors', 'show-findings', 'passwords'],
  ['lab', 'finding', 'index'],
  ['config'],
  ['catalog', 'guest-paths', 'scripts'],
  ['errors', 'units', 'yaml', 'package-root', 'lab-files', 'paint'],
]

/** The one file that knows a package we depend on, so that the package can be replaced. */
const DOORS: Readonly<Record<string, string>> = {
  '@clack/prompts': 'src/commands/shared/prompts.ts',
  '@commander-js/extra-typings': 'src/commands/shared/command-line.ts',
  cosmiconfig: 'src/config/load.ts',
  diff: 'src/generate/write/write.ts',
  ejs: 'src/generate/render/template.ts',
  execa: 'src/tools/process/run.ts',
  jiti: 'src/config/load.ts',
  listr2: 'src/tasks/index.ts',
  'node-diff3': 'src/generate/write/merge.ts',
  valibot: 'src/config/schema.ts',
  yaml: 'src/yaml.ts',
}

/** Packages that another one needs beside itself, and we never import. */
const PEERS = ['commander']

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((name) => `src/${name.replaceAll('\\', '/')}`)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))

const imports = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import\(?)\s*'([^'\s]+)'/g)].map((match) => ({
    file,
    target: String(match[1]),
  })),
)

/** From file to file within `src`, types too. */
const arrows = imports
  .filter(({ target }) => target.startsWith('.'))
  .map(({ file, target }) => ({ from: file, to: join(dirname(file), target).replaceAll('\\', '/') }))
  .filter(({ to }) => to.startsWith('src/'))

const linesOf = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim())

const roomOf = (file: string) => String(file.split('/')[1]).replace(/\.ts$/, '')
const floorOf = (room: string) => FLOORS.findIndex((rooms) => rooms.includes(room))

test('every room has its floor', () => {
  expect(files.map(roomOf).filter((room) => floorOf(room) === -1)).toEqual([])
})

test('imports point down, never up, never sideways', () => {
  const wrong = arrows.filter(({ from, to }) => {
    const [room, other] = [roomOf(from), roomOf(to)]
    return room !== other && floorOf(other) <= floorOf(room)
  })
  expect(wrong).toEqual([])
})

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))

test('every package we depend on has its door', () => {
  expect([...Object.keys(DOORS), ...PEERS].sort()).toEqual(Object.keys(dependencies).sort())
})

test('one package, one importing file', () => {
  const doors = imports
    .filter(({ target }) => target in dependencies)
    .map(({ file, target }) => `${target}: ${file}`)
  expect([...new Set(doors)].sort()).toEqual(Object.entries(DOORS).map(([name, file]) => `${name}: ${file}`))
})

/** Takes away, again and again, the files that import none of those left: what remains lies on a circle, or above one. */
function withCircle(left: readonly string[]): readonly string[] {
  const rest = left.filter((file) => arrows.some(({ from, to }) => from === file && left.includes(to)))
  return rest.length === left.length ? rest : withCircle(rest)
}

test('no file imports itself through others, not even its types', () => {
  expect(withCircle(files)).toEqual([])
})

const declared = files.flatMap((file) =>
  [
    ...readFileSync(file, 'utf8').matchAll(
      /^(export )?(?:async )?(type|interface|class|function|const) (\w+)/gm,
    ),
  ].map(([, exported, kind = '', name = '']) => ({ file, name, kind, isExported: exported !== undefined })),
)

/**
 * Folders whose files are called as what they register, which is a word that the user types or reads: a verb, a check,
 * a drill, a provider, what the doctor looks at, what a hand-in is asked for, a fault of an exam.
 */
const REGISTER =
  /^src\/(checks|commands|commands\/(drill|exam|report|status)|drills|exam\/faults|grade\/criteria|doctor\/rules|catalog\/providers)\/[\w.-]+\.ts$/

/** Names that stand in several files, and in which. */
function shared(all: readonly { readonly name: string; readonly file: string }[]): readonly string[] {
  const names = [...new Set(all.map(({ name }) => name))]
  const places = names.map((name) => ({
    name,
    where: [...new Set(all.filter((one) => one.name === name).map(({ file }) => file))],
  }))
  return places
    .filter(({ where }) => where.length > 1)
    .map(({ name, where }) => `${name}: ${where.join(', ')}`)
}

describe('one name, one thing', () => {
  const types = declared.filter(({ kind }) => ['type', 'interface', 'class'].includes(kind))

  it('holds of types, exported or not', () => {
    expect(shared(types)).toEqual([])
  })

  it('holds of exported functions', () => {
    expect(shared(declared.filter(({ kind, isExported }) => kind === 'function' && isExported))).toEqual([])
  })

  // Two registers may have the same id, and every drill has its SAY and its WORDS beside it.
  it('holds of what else is exported, outside the registers', () => {
    const others = declared.filter(({ kind, isExported, file }) => {
      return kind === 'const' && isExported && !REGISTER.test(file)
    })
    expect(shared(others)).toEqual([])
  })

  it('holds of files: none is called like a type that lives elsewhere', () => {
    const titled = (file: string) =>
      basename(file, '.ts').replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase())
    const wrong = files
      .filter((file) => !REGISTER.test(file))
      .filter((file) => {
        const homes = types.filter(({ name }) => name === titled(file)).map((type) => type.file)
        return homes.length > 0 && !homes.includes(file)
      })
    expect(wrong).toEqual([])
  })
})

describe('what is asked by what it can, not by its name', () => {
  /** Where a provider's name is a program's, a package's, a log's or a command's. */
  const PROGRAMS = /(?:file|name|start): '(?:docker|ssh)'|logs\.file\('ssh'\)|'systemctl', 'start', 'docker'/
  const PACKAGES = ['src/doctor/packages.ts', 'src/doctor/repair.ts']

  it('is a provider: its name in quotes stands in its data, and where one is chosen or looked for', () => {
    const quoted = new RegExp(`'(?:${PROVIDER_NAMES.join('|')})'`)
    const wrong = files
      .filter((file) => !/^src\/(?:catalog|resolve|doctor\/rules)\//.test(file) && !PACKAGES.includes(file))
      .flatMap((file) =>
        linesOf(file)
          .filter((line) => quoted.test(line) && !PROGRAMS.test(line))
          .map((line) => `${file}: ${line}`),
      )
    expect(wrong).toEqual([])
  })

  it('is PostgreSQL: no major is compared with outside the table of its features', () => {
    const compared =
      /\bversion (?:[<>]=?|[=!]==) \d|\d (?:[<>]=?|[=!]==) (?:\w+\.)*version\b|PG_VERSION.* -(?:lt|le|gt|ge|eq|ne) \d/
    const wrong = files
      .filter((file) => !file.startsWith('src/catalog/'))
      .flatMap((file) =>
        linesOf(file)
          .filter((line) => compared.test(line))
          .map((line) => `${file}: ${line}`),
      )
    expect(wrong).toEqual([])
  })
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

describe('what pg-lab keeps in a lab', () => {
  it('is called by its path in one file', () => {
    const spelled = files
      .filter((file) => file !== 'src/lab-files.ts')
      .flatMap((file) =>
        linesOf(file)
          .filter((line) => line.includes(OWN_FOLDER))
          .map((line) => `${file}: ${line}`),
      )
    expect(spelled).toEqual([])
  })

  it('stands in docs/files.md, with the same words', () => {
    const page = readFileSync('docs/files.md', 'utf8')
    const rows = Object.values(LAB_FILES).map(({ path, why }) => `| \`${path}\` | ${why} |`)
    const [, table = ''] = page.split('\n|---|---|\n')
    expect(table.trim().split('\n')).toEqual(rows)
  })
})

test('paths inside a machine are read from the roles', () => {
  const literal = /['"`]\/(?:etc|var|usr|root)\b/
  const said = files
    .filter((file) => !file.startsWith('src/doctor/'))
    .flatMap((file) =>
      linesOf(file)
        .filter((line) => literal.test(line))
        .map((line) => `${file}: ${line}`),
    )
  expect(said).toEqual([])
})

describe('programs for machines', () => {
  const programs = readdirSync('src/scripts').filter((name) => !name.endsWith('.ts'))

  it('are files, and each is used', () => {
    const named = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/'([\w-]+\.(?:sh|py))'/g)].map(([, name]) => String(name)),
    )
    expect(programs.filter((name) => !named.includes(name))).toEqual([])
  })

  it('do not stand in strings, but for what has its place in one line', () => {
    const told = files
      .filter((file) => !file.startsWith('src/doctor/'))
      .flatMap((file) =>
        [...readFileSync(file, 'utf8').matchAll(/`(?:[^`\\]|\\.)*`/g)]
          .map(([text]) => text)
          .filter((text) => text.includes('\n') && /"\$[\d@]"|^`import (?!\{)|\b(?:done|fi)$/m.test(text))
          .map((text) => `${file}: ${text}`),
      )
    expect(told).toEqual([])
  })

  it('are packed', () => {
    const { files: packed } = JSON.parse(readFileSync('package.json', 'utf8'))
    const ends = programs.map((name) => name.replace(/^.*\./, 'src/scripts/*.'))
    expect(ends.filter((glob) => !packed.includes(glob))).toEqual([])
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
