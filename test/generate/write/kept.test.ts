import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { OsName } from '../../../src/catalog/names.ts'
import { OPERATING_SYSTEMS } from '../../../src/catalog/os.ts'
import { loadConfig } from '../../../src/config/load.ts'
import { GROUP_VARS, projectFiles } from '../../../src/generate/render/project.ts'
import { keepWhatIsThere } from '../../../src/generate/write/kept.ts'
import { writeProject } from '../../../src/generate/write/write.ts'
import type { Lab } from '../../../src/lab.ts'
import { testLab } from '../../support/lab.ts'
import { folderWith } from '../../tools/helpers.ts'

/** A folder with the files of this lab, and a config that need not say the same. */
async function written(lab: Partial<Lab>, config: object): Promise<string> {
  const directory = folderWith({ 'cluster.config.json': JSON.stringify(config) })
  await writeProject(directory, await projectFiles(testLab(lab), { roles: 'in-place' }), { mode: 'merge' })
  return directory
}

async function kept(directory: string) {
  const { config, notes } = await keepWhatIsThere(await loadConfig(directory))
  return { os: config.os, version: config.postgres.version, notes }
}

/** What the roles get of this system with its own packages. */
function distro(name: OsName): Partial<Lab> {
  const os = OPERATING_SYSTEMS[name]
  return { os, postgres: { ...testLab().postgres, version: os.postgresVersion } }
}

const pgdg = (version: number, os: OsName = 'debian-12'): Partial<Lab> => ({
  os: OPERATING_SYSTEMS[os],
  postgres: {
    ...testLab().postgres,
    version,
    repository: { kind: 'pgdg', url: 'http://a.example', keyUrls: [] },
  },
})

describe('a config without os', () => {
  test('is of a new lab: today’s default, and nothing to say', async () => {
    const directory = folderWith({ 'cluster.config.json': '{}' })
    expect(await kept(directory)).toEqual({ os: 'debian-13', version: undefined, notes: [] })
  })

  const wires = {
    docker: undefined,
    virtualbox: { name: 'my/box', version: undefined, url: undefined },
    ssh: undefined,
  }
  describe.each(['docker', 'virtualbox', 'ssh'] as const)('of a lab on %s', (provider) => {
    const on = { provider, box: wires[provider] }

    test.each(['debian-11', 'debian-12', 'ubuntu-22.04', 'ubuntu-24.04'] as const)(
      '%s stays',
      async (name) => {
        const { title } = OPERATING_SYSTEMS[name]
        expect(await kept(await written({ ...on, ...distro(name) }, {}))).toEqual({
          os: name,
          version: undefined,
          notes: [expect.stringMatching(`names no os: the lab stays on ${title}.*os: '${name}'`)],
        })
      },
    )

    test('with packages of postgresql.org', async () => {
      expect((await kept(await written({ ...on, ...pgdg(16) }, {}))).os).toBe('debian-12')
    })

    test('also in a clone, where only the files tell', async () => {
      const directory = await written({ ...on, ...distro('debian-12') }, {})
      rmSync(join(directory, '.pg-lab'), { recursive: true })
      expect((await kept(directory)).os).toBe('debian-12')
    })
  })

  test('of a lab whose files lay elsewhere stays', async () => {
    const directory = await written({ ...distro('debian-12'), os: OPERATING_SYSTEMS['ubuntu-24.04'] }, {})
    for (const folder of ['', '.pg-lab/base']) {
      const of = (path: string) => join(directory, folder, 'provisioning', path)
      renameSync(of('support/node-image.env'), of('node-image.env'))
    }
    expect((await kept(directory)).os).toBe('ubuntu-24.04')
  })

  test('an edit of the user’s own changes nothing', async () => {
    const directory = await written({ provider: 'ssh', ...distro('debian-12') }, {})
    writeFileSync(join(directory, GROUP_VARS), 'postgres_version: 17\n')
    expect((await kept(directory)).os).toBe('debian-12')
  })

  test('and files that nobody can read: it asks, rather than guesses', async () => {
    const directory = await written({ provider: 'ssh', ...distro('debian-12') }, {})
    rmSync(join(directory, '.pg-lab'), { recursive: true })
    writeFileSync(join(directory, GROUP_VARS), '<<<<<<< ours\npostgres_version: [\n')
    await expect(kept(directory)).rejects.toMatchObject({
      message: expect.stringContaining(`${GROUP_VARS} cannot be read`),
      hint: expect.stringContaining('name os'),
    })
  })
})

test('a config that names its os gets what it names', async () => {
  const config = { os: 'debian-13' }
  expect(await kept(await written(distro('debian-12'), config))).toMatchObject({ os: 'debian-13', notes: [] })
})

describe('a config without postgres.version', () => {
  const config = { os: 'debian-12', postgres: { repository: 'pgdg' } }

  test('of a new lab', async () => {
    const directory = folderWith({ 'cluster.config.json': JSON.stringify(config) })
    expect(await kept(directory)).toEqual({
      os: 'debian-12',
      version: 18,
      notes: [expect.stringContaining('names no postgres.version: it becomes 18, and stays that')],
    })
  })

  test.each([pgdg(17), pgdg(15), distro('debian-12')])(
    'of a lab that is there: its major stays',
    async (lab) => {
      const version = lab.postgres?.version ?? 0
      expect(await kept(await written(lab, config))).toEqual({
        os: 'debian-12',
        version,
        notes: [expect.stringContaining(`the lab stays on ${version}, for which its files were written`)],
      })
    },
  )

  test('that has today’s major already: nothing to say', async () => {
    expect(await kept(await written(pgdg(18), config))).toMatchObject({ version: 18, notes: [] })
  })

  test('with the distribution’s packages it is the distribution’s', async () => {
    expect(await kept(await written(distro('debian-12'), { os: 'debian-12' }))).toMatchObject({
      version: undefined,
      notes: [],
    })
  })
})
