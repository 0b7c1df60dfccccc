import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { VERBS } from '../../src/commands/index.ts'
import { loadConfig } from '../../src/config/load.ts'
import { type Answers, CONFIG_FORMATS } from '../../src/create/answers.ts'
import { makesLab, newLab } from '../../src/create/new-lab.ts'
import { PRESET_NAMES, presetOf } from '../../src/create/presets.ts'
import { SCRIPTS } from '../../src/create/starter.ts'
import { UserError } from '../../src/errors.ts'
import { nodesOf } from '../../src/lab.ts'
import { resolveLab } from '../../src/resolve/resolve-lab.ts'
import { LANGUAGES } from '../../src/words/languages.ts'
import { folderWith } from '../tools/helpers.ts'

const DOCKER = { provider: 'docker', architecture: 'amd64' } as const
const PLACE = { host: DOCKER, subnet: '192.168.11.0/24' }

function answers(given: Partial<Answers> = {}): Answers {
  return {
    name: 'my-lab',
    provider: 'docker',
    os: 'debian-12',
    postgres: undefined,
    preset: 'homework',
    slaves: presetOf(given.preset ?? 'homework').slaves.default,
    language: 'en',
    ...given,
  }
}

async function files(given: Partial<Answers> = {}, format: 'ts' | 'yaml' = 'ts') {
  const { starter, generated } = await newLab(answers(given), format, PLACE)
  return new Map([...starter, ...generated].map(({ path, content }) => [path, content]))
}

async function problems(given: Partial<Answers>): Promise<string[]> {
  const error = await newLab(answers(given), 'ts', PLACE).catch((thrown: unknown) => thrown)
  if (!(error instanceof UserError)) throw error
  const told = error.problems.map(({ path, message, hint }) =>
    [path, message, hint].filter(Boolean).join(' | '),
  )
  return told.length ? told : [`${error.message} | ${error.hint}`]
}

test('the files of a lab', async () => {
  const paths = [...(await files()).keys()].filter((path) => !path.startsWith('provisioning/roles/'))
  expect(paths).toMatchSnapshot()
})

describe.each(PRESET_NAMES)('the preset %s', (preset) => {
  test('writes this config', async () => {
    expect((await files({ preset })).get('cluster.config.ts')).toMatchSnapshot()
    expect((await files({ preset }, 'yaml')).get('cluster.config.yaml')).toMatchSnapshot()
  })

  test.each(CONFIG_FORMATS)('reads back from %s as the lab whose files were written', async (format) => {
    const { lab, starter } = await newLab(answers({ preset, slaves: 3 }), format, PLACE)
    const config = starter.at(-1)
    const folder = folderWith({ [config?.path ?? '']: config?.content ?? '' })
    const loaded = await loadConfig(folder)
    expect(loaded.file).toBe(join(folder, `cluster.config.${format}`))
    expect(resolveLab(loaded.config, DOCKER)).toEqual(lab)
  })

  test.each(LANGUAGES)('has a README in %s', async (language) => {
    const text = (await files({ preset, language })).get('README.md') ?? ''
    // readme.test.ts reads the lines it leads to: here their numbers would only change with each role.
    expect(text.replaceAll(/:\d+`\]|#L\d+\)/g, (place) => place.replace(/\d+/, 'N'))).toMatchSnapshot()
  })
})

test('every script is a command', () => {
  const commands = VERBS.map(({ name }) => name)
  expect(SCRIPTS.filter((script) => !commands.includes(script))).toEqual([])
})

test('package.json is whole', async () => {
  const manifest = JSON.parse((await files()).get('package.json') ?? '')
  expect(manifest).toMatchObject({
    name: 'my-lab',
    private: true,
    type: 'module',
    scripts: { up: 'pg-lab up', verify: 'pg-lab verify', destroy: 'pg-lab destroy' },
  })
  expect(Object.keys(manifest.devDependencies)).toEqual(['create-pg-lab'])
})

test('the passwords are ignored by git, the copies for the merge are not', async () => {
  expect((await files()).get('.gitignore')?.split('\n')).toEqual(
    expect.arrayContaining(['.pg-lab/*', '!.pg-lab/base/', '.vagrant/', 'node_modules/']),
  )
})

describe('an editor, before anything is installed', () => {
  const typed = (folder: string) => {
    const { stdout } = spawnSync(resolve('node_modules/.bin/tsc'), ['-p', '.'], {
      cwd: folder,
      encoding: 'utf8',
    })
    return stdout
  }

  test('completes and checks a config in TypeScript', async () => {
    const all = Object.fromEntries(await files())
    expect(typed(folderWith(all))).toBe('')
    const config = all['cluster.config.ts']?.replace('retention:', 'retenton:') ?? ''
    expect(typed(folderWith({ ...all, 'cluster.config.ts': config }))).toContain(
      "'retenton' does not exist in type",
    )
  })

  test('finds the schema that a config in YAML names', async () => {
    const all = await files({}, 'yaml')
    const [, path = ''] = /\$schema=\.\/(\S+)/.exec(all.get('cluster.config.yaml') ?? '') ?? []
    expect(JSON.parse(all.get(path) ?? '')).toMatchObject({ properties: { replication: { type: 'object' } } })
    expect([...all.keys()]).not.toContain('tsconfig.json')
  })
})

describe('the README says where things are', () => {
  const debian = ['`/etc/postgresql/15/main/pg_hba.conf`', '`/var/lib/postgresql/15/main`']
  const redHat = ['`/var/lib/pgsql/18/data/pg_hba.conf`', '`/var/lib/pgsql/18/data`']

  test.each([
    ['debian-12', 'docker', debian],
    ['rocky-9', 'virtualbox', redHat],
  ] as const)('on %s', async (os, provider, paths) => {
    for (const language of LANGUAGES) {
      const text = (await files({ os, provider, language })).get('README.md') ?? ''
      for (const path of [...paths, '`/etc/barman.d/master.conf`', '`/var/lib/barman/master`']) {
        expect(text).toContain(path)
      }
      expect(text).not.toContain('{{')
      expect(text.match(/recovery\.conf/g)).toHaveLength(1)
    }
  })
})

describe('PostgreSQL', () => {
  const config = async (given: Partial<Answers>) => (await files(given)).get('cluster.config.ts')

  test('is the system’s own where that is wanted', async () => {
    expect(await config({ postgres: 15 })).toContain("os: 'debian-12', // Debian 12 carries PostgreSQL 15\n")
  })

  test('comes from postgresql.org where the system carries another one, or no Barman', async () => {
    const asked = await config({ postgres: 18 })
    expect(asked).toContain("postgres: { version: 18, repository: 'pgdg', settings: { work_mem: '8MB' } },")
    expect(asked).toContain("os: 'debian-12',\n")
    expect(await config({ os: 'rocky-9', provider: 'virtualbox' })).toContain(
      "version: 18, repository: 'pgdg'",
    )
  })

  test('of the system needs no Barman in a lab without a backup host', async () => {
    expect(await config({ os: 'alma-9', provider: 'virtualbox', preset: 'minimal' })).not.toContain('pgdg')
  })
})

describe('what cannot be is told by its flag', () => {
  test.each<[Partial<Answers>, string[]]>([
    [{ postgres: 11 }, ['--postgres | must be at least 12; 11 was given']],
    [{ name: 'Мой' }, [expect.stringContaining('--name | must be a host name')]],
    [{ slaves: 101 }, [expect.stringContaining('--slaves | must be no longer than 100')]],
    [
      { os: 'rocky-9' },
      [
        '--os | the docker provider cannot run Rocky Linux 9 | choose a Debian or Ubuntu, or another provider',
      ],
    ],
    [
      { preset: 'cascade', slaves: 1 },
      ['The preset cascade needs at least 2 slaves | --slaves 2, or another --preset'],
    ],
  ])('%j', async (given, lines) => {
    expect(await problems(given)).toEqual(lines)
    expect(makesLab(answers(given), DOCKER)).toBe(false)
  })
})

test('a slave can be left out', async () => {
  const { lab, starter } = await newLab(answers({ slaves: 0 }), 'ts', PLACE)
  expect(nodesOf(lab).map(({ name }) => name)).toEqual(['master', 'backup'])
  expect(starter.at(-1)?.content).toContain('slaves: [],')
  expect(starter.find(({ path }) => path === 'README.md')?.content).not.toContain('/standby.conf`')
})
