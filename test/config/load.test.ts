import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadConfig, withPositions } from '../../src/config/load.ts'
import { UserError } from '../../src/errors.ts'
import { resolveLab } from '../../src/resolve/resolve-lab.ts'

let lab = ''
beforeEach(() => {
  lab = mkdtempSync(join(tmpdir(), 'pg-lab config ё-'))
})
afterEach(() => rmSync(lab, { recursive: true, force: true }))

function write(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(lab, path)), { recursive: true })
    writeFileSync(join(lab, path), text)
  }
}

async function failure(work: Promise<unknown>): Promise<UserError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof UserError) return error
  throw new Error('no UserError', { cause: error })
}

describe('finds', () => {
  test.each([
    [
      'cluster.config.ts',
      `import { defineCluster } from 'create-pg-lab'\nexport default defineCluster({ name: 'x' as const })`,
    ],
    ['cluster.config.mts', `export default { name: 'x' }`],
    ['cluster.config.js', `export default { name: 'x' }`],
    [
      'cluster.config.mjs',
      `import { defineCluster } from 'create-pg-lab'\nexport default defineCluster({ name: 'x' })`,
    ],
    ['cluster.config.cjs', `module.exports = { name: 'x' }`],
    ['cluster.config.json', `{ "name": "x" }`],
    ['cluster.config.yaml', `name: x`],
    ['cluster.config.yml', `name: x`],
    ['package.json', `{ "name": "other", "pg-lab": { "name": "x" } }`],
  ])('%s', async (file, text) => {
    write({ [file]: text })
    expect(await loadConfig(lab)).toMatchObject({
      config: { name: 'x' },
      file: join(lab, file),
      directory: lab,
    })
  })

  test.each([
    `export default () => ({ name: 'x' })`,
    `export default async () => ({ name: await Promise.resolve('x') })`,
    `import { defineCluster } from 'create-pg-lab'\nexport default defineCluster(() => ({ name: 'x' }))`,
    `import { lab } from './lab'\nexport default { name: lab }`,
  ])('%s', async (text) => {
    write({ 'cluster.config.ts': text, 'lab.ts': `export const lab = 'x'` })
    expect(await loadConfig(lab)).toMatchObject({ config: { name: 'x' } })
  })

  test('the lab from a folder inside it, past foreign package.json files', async () => {
    write({
      'cluster.config.yaml': 'name: x',
      'site/package.json': '{ "name": "site" }',
      'site/deep/a.txt': '',
    })
    expect(await loadConfig(join(lab, 'site/deep'))).toMatchObject({ config: { name: 'x' }, directory: lab })
  })

  test('the file that was named', async () => {
    write({ 'cluster.config.yaml': 'name: x', 'other/second.yaml': 'name: y' })
    const loaded = await loadConfig(lab, { configPath: 'other/second.yaml' })
    expect(loaded).toMatchObject({ config: { name: 'y' }, directory: join(lab, 'other') })
  })

  test.each([
    ['cluster.config.yaml', '{} # nothing yet\n'],
    ['cluster.config.json', '{}'],
    ['cluster.config.ts', 'export default {}'],
  ])('a lab of defaults alone, where it is asked for in %s', async (file, text) => {
    write({ [file]: text })
    expect(await loadConfig(lab)).toMatchObject({ config: { name: 'pg-lab' } })
  })

  test('the default lab of this repository', async () => {
    const root = fileURLToPath(new URL('../..', import.meta.url))
    const { config } = await loadConfig(root)
    expect(config.master).toMatchObject({ name: 'master', address: '192.168.11.150' })
  })
})

test('reading writes nothing, and caches only inside a lab that exists', async () => {
  write({ 'cluster.config.ts': `export default { name: 'x' }` })
  await loadConfig(lab)
  expect(readdirSync(lab)).toEqual(['cluster.config.ts'])
  mkdirSync(join(lab, '.pg-lab'))
  await loadConfig(lab)
  expect(readdirSync(join(lab, '.pg-lab/cache'))).toEqual(['jiti'])
})

test('a changed file is read again', async () => {
  for (const name of ['x', 'y']) {
    write({ 'cluster.config.ts': `export default { name: '${name}' }` })
    expect(await loadConfig(lab)).toMatchObject({ config: { name } })
  }
})

describe('says what to do', () => {
  test('when there is no config', async () => {
    const error = await failure(loadConfig(lab))
    expect(error.message).toContain('There is no cluster.config.ts')
    expect(error.hint).toContain('npx create-pg-lab my-lab')
  })

  test('when the named file is not there', async () => {
    expect((await failure(loadConfig(lab, { configPath: 'nope.ts' }))).message).toBe(
      'There is no file nope.ts',
    )
  })

  test('when the named file has a foreign ending', async () => {
    write({ 'lab.toml': 'name = "x"' })
    expect((await failure(loadConfig(lab, { configPath: 'lab.toml' }))).hint).toContain('.yaml')
  })

  test.each([
    `export const config = { name: 'x' }`,
    `const config = { name: 'x' }`,
    `({ name: 'x' })`,
    '// nothing yet\n',
  ])('when nothing is exported: %s', async (text) => {
    write({ 'cluster.config.ts': text })
    expect((await failure(loadConfig(lab))).problems[0]?.message).toContain('export default')
  })

  test.each([
    ['cluster.config.ts', ''],
    ['cluster.config.ts', ' \n'],
    ['cluster.config.json', ''],
    ['cluster.config.yaml', ''],
    ['cluster.config.yaml', '# nothing yet\n'],
  ])('when nothing is in it: %s %j', async (file, text) => {
    write({ [file]: text })
    expect((await failure(loadConfig(lab))).problems[0]?.message).toMatch(/\{\}|export default/)
  })

  test.each([
    [['cluster.config.ts', 'cluster.config.yaml'], 'cluster.config.ts and cluster.config.yaml'],
    [['cluster.config.yml', 'package.json'], 'cluster.config.yml and package.json'],
  ])('when there are two: %j', async (files, named) => {
    const texts: Record<string, string> = {
      ts: `export default {}`,
      yaml: 'name: x',
      yml: 'name: x',
      json: '{ "pg-lab": {} }',
    }
    write(Object.fromEntries(files.map((file) => [file, texts[file.split('.').at(-1) ?? ''] ?? ''])))
    const error = await failure(loadConfig(lab))
    expect(error.message).toContain(named)
    const named2 = await loadConfig(lab, { configPath: files[0] ?? '' })
    expect(named2.file).toBe(join(lab, files[0] ?? ''))
  })

  test.each([
    [
      `import { defineClustr } from 'create-pg-lab'\nexport default defineClustr({})`,
      'did you mean defineCluster?',
    ],
    ['export default defineClutser({})', 'did you mean defineCluster?'],
    ['export default defineCluster({})', "import { defineCluster } from 'create-pg-lab'"],
  ])('when the helper is spelt wrong: %s', async (text, hint) => {
    write({ 'cluster.config.ts': text })
    expect((await failure(loadConfig(lab))).problems).toMatchObject([{ hint }])
  })

  test('and shows the line, however long it is', async () => {
    const long = ' '.repeat(300)
    write({ 'cluster.config.json': `{${long}"nmae": "x",${long}"os": "debian-12"}` })
    const [problem] = (await failure(loadConfig(lab))).problems
    expect(problem?.frame).toContain('"nmae": "x"')
    const [code = '', caret = ''] = problem?.frame?.split('\n') ?? []
    expect(code.slice(caret.indexOf('^'))).toMatch(/^"nmae"/)
  })
})

const EIGHT = `import { defineCluster } from 'create-pg-lab'

export default defineCluster({
  nmae: 'x',
  os: 'centos-8',
  network: { subnet: '192.168.11.0/33' },
  slaves: [
    { name: 'slave' },
    { name: 'Slave_2', memory: 64 },
  ],
  backup: { retention: '7 dais', schedule: '99 3 * * *' },
  postgres: { settings: { port: 5433 } },
})
`

test('eight mistakes are eight problems, in the order of the file', async () => {
  write({ 'cluster.config.ts': EIGHT })
  const error = await failure(loadConfig(lab))
  expect(error.message).toBe('cluster.config.ts has 8 problems')
  expect(error.problems.map(({ at, path }) => `${at} ${path}`)).toEqual([
    'cluster.config.ts:4:3 nmae',
    'cluster.config.ts:5:7 os',
    'cluster.config.ts:6:22 network.subnet',
    'cluster.config.ts:9:13 slaves[1].name',
    'cluster.config.ts:9:32 slaves[1].memory',
    'cluster.config.ts:11:24 backup.retention',
    'cluster.config.ts:11:44 backup.schedule',
    'cluster.config.ts:12:33 postgres.settings.port',
  ])
  expect(error.problems[3]?.frame).toMatchInlineSnapshot(`
    "   8 |     { name: 'slave' },
    >  9 |     { name: 'Slave_2', memory: 64 },
         |             ^
      10 |   ],"
  `)
  expect(readdirSync(lab)).toEqual(['cluster.config.ts'])
})

describe('points at the place in', () => {
  test.each([
    [
      'cluster.config.yaml',
      'os: debian-12\nslaves:\n  - name: slave\n  - name: Slave_2\n',
      'cluster.config.yaml:4:11',
    ],
    ['cluster.config.yaml', 'os: debian-12\nslaves:\n  - nmae: slave\n', 'cluster.config.yaml:3:5'],
    [
      'cluster.config.json',
      '{\n  "os": "debian-12",\n  "master": { "memory": 1 }\n}',
      'cluster.config.json:3:25',
    ],
    ['package.json', '{\n  "name": "x",\n  "pg-lab": { "nmae": "x" }\n}', 'package.json:3:15'],
    ['cluster.config.yaml', 'os: debian-12\nstandbys:\n  - name: Pg_b\n', 'cluster.config.yaml:3:11'],
    ['cluster.config.ts', 'export default {\n  primary: { memory: 1 },\n}\n', 'cluster.config.ts:2:22'],
    ['cluster.config.yaml', 'os: debian-12\nslaves: [ {name: a\nfoo: bar\n', 'cluster.config.yaml:3:1'],
    ['cluster.config.json', '{\n  "os": "debian-12"\n  "name": "x"\n}', 'cluster.config.json:3:3'],
    ['cluster.config.ts', "export default {\n  os: : 'debian-12',\n}\n", 'cluster.config.ts:2:7'],
    [
      'cluster.config.ts',
      'export default () => {\n  return { os: missing.os }\n}\n',
      'cluster.config.ts:2:16',
    ],
  ])('%s: %j', async (file, text, at) => {
    write({ [file]: text })
    const { problems } = await failure(loadConfig(lab))
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatchObject({ at, frame: expect.stringContaining('^') })
  })

  test('the config of a cross check', async () => {
    write({ 'cluster.config.yaml': 'master:\n  address: 10.0.0.1\n' })
    const { config, file } = await loadConfig(lab)
    const thrown = await failure(
      (async () => resolveLab(config, { provider: 'docker', architecture: 'amd64' }))(),
    )
    const { problems } = await withPositions(thrown, file)
    expect(problems).toMatchObject([{ path: 'master.address', at: 'cluster.config.yaml:2:12' }])
  })
})
