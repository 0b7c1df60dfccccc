import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type ClusterConfig, parseConfig } from '../../src/config/schema.ts'
import { allSettings } from '../../src/config/setting-docs.ts'
import { UserError } from '../../src/errors.ts'
import { explainSetting, type Surroundings } from '../../src/explain/explain.ts'
import { findSetting } from '../../src/explain/find.ts'
import { manualOf } from '../../src/explain/manual.ts'
import { GROUP_VARS, projectFiles } from '../../src/generate/render/project.ts'
import { type HostFacts, resolveLab } from '../../src/resolve/resolve-lab.ts'
import { folderWith } from '../tools/helpers.ts'

const DOCKER: HostFacts = { provider: 'docker', architecture: 'amd64' }

function surroundings(
  input: ClusterConfig = {},
  directory = folderWith(),
  host: HostFacts = DOCKER,
): Surroundings {
  const parsed = parseConfig(input)
  if ('issues' in parsed) throw new Error('not a config')
  return { directory, config: parsed.config, lab: resolveLab(parsed.config, host), host }
}

/** `file: text` of each place. */
async function places(asked: string, around = surroundings()): Promise<string[]> {
  const { landings: found } = await explainSetting(asked, around)
  return found.map(({ file, text }) => `${file}: ${text}`)
}

describe('a setting is found', () => {
  test.each([
    ['master.memory', 'master.memory'],
    ['slaves[].slot', 'slaves[0].slot'],
    ['slaves[2].slot', 'slaves[2].slot'],
    ['slaves.slot', 'slaves[0].slot'],
    ['applyDelay', 'slaves[0].applyDelay'],
    ['retention', 'backup.retention'],
    ['streaminguser', 'backup.streamingUser'],
    ['work_mem', 'postgres.settings.work_mem'],
    ['postgres.settings.work_mem', 'postgres.settings.work_mem'],
    ['postgres.settings', 'postgres.settings'],
    ['auto_explain.log_analyze', 'postgres.settings["auto_explain.log_analyze"]'],
    ['postgres.settings["auto_explain.log_analyze"]', 'postgres.settings["auto_explain.log_analyze"]'],
  ])('%s', (asked, path) => expect(findSetting(asked).path).toBe(path))

  test.each([
    ['master.adress', 'did you mean master.address?'],
    ['wrok_mem', 'did you mean work_mem?'],
    ['retenton', 'did you mean retention?'],
    ['backup.slto', 'did you mean backup.slot?'],
    ['address', 'did you mean master.address or slaves[].address?'],
    ['quite something else', 'all of them: npx create-pg-lab explain'],
  ])('or not: %s', (asked, hint) => {
    try {
      findSetting(asked)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(UserError)
      expect((error as UserError).hint).toContain(hint)
    }
  })
})

describe('where it lands', () => {
  const group = 'provisioning/group_vars/all/00-cluster.yml'

  test.each([
    ['database.table', [`${group}: postgres_table: dz`]],
    ['postgres.settings.max_wal_senders', [`${group}: max_wal_senders: 10`]],
    ['backup.retention', [`${group}: postgres_backup_retention_policy: RECOVERY WINDOW OF 7 DAYS`]],
    [
      'postgres.version',
      [`${group}: postgres_version: 17`, "provisioning/support/node-image.env: PACKAGES='acl postgresql-17'"],
    ],
    ['slaves[0].applyDelay', [`${group}: apply_delay: ""`]],
    ['name', ['Vagrantfile: lab = "pg-lab"', `${group}: postgres_lab: pg-lab`]],
    ['replication.synchronous', []],
  ])('%s', async (path, expected) => expect(await places(path)).toEqual(expected))

  test('a setting of PostgreSQL’s that the config gives', async () => {
    const around = surroundings({ postgres: { settings: { work_mem: '8MB' } } })
    expect(await places('work_mem', around)).toEqual([`${group}: work_mem: "8MB"`])
  })

  test('one that it does not give would get a line of its own', async () => {
    const { landings: found, readers } = await explainSetting('work_mem', surroundings())
    expect(found).toEqual([expect.objectContaining({ file: group, isNew: true })])
    expect(readers.map(({ text }) => text)).toEqual(['postgresql.conf'])
  })

  test('in a cascade the right one of equal lines', async () => {
    const around = surroundings({ slaves: [{}, { upstream: 'slave' }, { upstream: 'slave' }] })
    const [second] = (await explainSetting('slaves[1].upstream', around)).landings
    const [third] = (await explainSetting('slaves[2].upstream', around)).landings
    expect(second?.text).toBe('upstream: slave')
    expect(third?.line).toBeGreaterThan(second?.line ?? Number.POSITIVE_INFINITY)
  })

  test('every setting lands somewhere, in a lab that uses it', async () => {
    const around = surroundings({
      slaves: [{}, {}],
      replication: { mode: 'sync' },
      postgres: { repository: { url: 'http://a.example/x', key: 'http://a.example/k' } },
    })
    const on = (provider: HostFacts['provider'], input: ClusterConfig = {}) =>
      surroundings({ ...input, provider }, around.directory, { ...DOCKER, provider })
    const boxed = on('virtualbox')
    const servers = on('ssh', {
      master: { address: '192.168.11.150' },
      slaves: [{ address: '192.168.11.151' }],
      backup: { address: '192.168.11.152' },
    })
    const lost: string[] = []
    // What `verify` holds the servers to, and what the report's head says: in no file of theirs.
    const verifyOnly = /^replication\.maxLag\.|^backup\.rehearsal$|^report\./
    const settings = allSettings().filter(({ path }) => !path.includes('<name>') && !verifyOnly.test(path))
    for (const { path, allowed } of settings) {
      const inBox = /^(box|provider|network\.mode|mirrors\.vagrant)/.test(path)
      const where = /\bssh\b/.test(path) ? servers : inBox ? boxed : around
      if (allowed && (await places(path, where)).length === 0) lost.push(path)
    }
    expect(lost).toEqual([])
  })

  test('on the disk, where the user’s own lines have moved it', async () => {
    const around = surroundings()
    const files = await projectFiles(around.lab, { roles: 'in-place' })
    const { line = 0 } = (await explainSetting('database.table', around)).landings[0] ?? {}
    const content = files.find(({ path }) => path === GROUP_VARS)?.content ?? ''
    mkdirSync(dirname(join(around.directory, GROUP_VARS)), { recursive: true })
    writeFileSync(join(around.directory, GROUP_VARS), `# mine\n# mine\n${content}`)
    expect((await explainSetting('database.table', around)).landings[0]?.line).toBe(line + 2)
  })
})

test('who reads it', async () => {
  const readers = async (asked: string) =>
    (await explainSetting(asked, surroundings())).readers.map(({ file, text }) => `${file} ${text}`.trim())
  expect(await readers('max_wal_senders')).toEqual([
    'provisioning/roles/postgres/templates/postgresql.conf.j2 postgresql.conf',
  ])
  expect(await readers('backup.retention')).toEqual([
    'provisioning/roles/backup/templates/server.conf.j2 server.conf',
  ])
  expect(await readers('applyDelay')).toEqual([
    'provisioning/roles/slave/templates/standby.conf.j2 standby.conf',
  ])
  expect(await readers('master.memory')).toEqual([])
})

describe('a setting of PostgreSQL’s', () => {
  test.each([
    ['max_wal_senders', { value: 10, default: "10, the lab's", allowed: 'a whole number from 0 to 262143' }],
    ['work_mem', { value: '8MB', default: "PostgreSQL's own, 4096 kB" }],
    ['jit', { value: undefined, default: "PostgreSQL's own, on", allowed: 'on or off' }],
    ['hot_standby', { allowed: 'on: the standbys must answer queries' }],
    [
      'primary_slot_name',
      { allowed: "nothing: it is the lab's own: it differs from node to node; set slaves[].slot instead" },
    ],
  ])('%s', async (asked, expected) => {
    const around = surroundings({ postgres: { settings: { work_mem: '8MB' } } })
    expect(await explainSetting(asked, around)).toMatchObject(expected)
  })
})

test('every setting has a page in a manual', () => {
  const pages = allSettings().map(({ path }) => manualOf(path, 15))
  expect(pages.filter((page) => !/^https:\/\/[\w.-]+\/\S*$/.test(page))).toEqual([])
  expect(manualOf('slaves[].applyDelay', 13)).toContain('/docs/13/runtime-config-replication.html#GUC-')
  expect(manualOf('slaves[].memory', 13)).toContain('STREAMING-REPLICATION')
})
