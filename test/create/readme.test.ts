import { describe, expect, test } from 'vitest'
import { VERBS } from '../../src/commands/index.ts'

import { newLab } from '../../src/create/new-lab.ts'
import { PRESET_NAMES, type PresetName, presetOf } from '../../src/create/presets.ts'
import { nodesOf } from '../../src/lab.ts'
import { LAB_FILES } from '../../src/lab-files.ts'
import { LANGUAGES, type Language } from '../../src/words/languages.ts'

async function made(preset: PresetName, language: Language, slaves = presetOf(preset).slaves.default) {
  const answers = { name: 'my-lab', provider: 'docker', os: 'debian-12', postgres: undefined } as const
  const place = { host: { provider: 'docker', architecture: 'amd64' }, subnet: '192.168.11.0/24' } as const
  const { lab, starter, generated } = await newLab({ ...answers, preset, slaves, language }, 'ts', place)
  const files = new Map([...generated, ...starter].map(({ path, content }) => [path, content]))
  return { lab, files, text: files.get('README.md') ?? '' }
}

/** What the line has that a question leads to. */
const LINES: Readonly<Record<string, RegExp>> = {
  'cluster.sql.j2': /SELECT .*pg_create_physical_replication_slot/,
  'clone.yml': /dest: .*standby\.signal/,
  'standby.conf.j2': /^primary_conninfo = /,
  'set-synchronous.yml': /src: synchronous\.conf\.j2/,
  'find-primary.yml': /^ +postgres_two_primaries: >-$/,
  'pg_hba.conf.j2': /replication .*postgres_replication_user.* scram-sha-256$/,
  'common.yml': /^postgres_replication_password: .*lookup/,
  'main.yml': /^ +changed_when: master_sql\.stdout/,
  'server.conf.j2': /^slot_name = /,
  'restore.yml': /name: Let Barman copy the backup/,
}

const CASES = PRESET_NAMES.flatMap((preset) => LANGUAGES.map((language) => [preset, language] as const))

describe.each(CASES)('the README of a lab of the preset %s, in %s', (preset, language) => {
  test('leads to files and lines that are there, and are what it says', async () => {
    const { files, text } = await made(preset, language)
    const later: readonly string[] = [LAB_FILES.reportText.path, LAB_FILES.reportPage.path]
    for (const [, path = ''] of text.matchAll(/\]\(([^)#]+)\)/g)) {
      expect(files.has(path) || later.includes(path), path).toBe(true)
    }
    const lines = [...text.matchAll(/\]\(([^)#]+\/([^)#/]+))#L(\d+)\)/g)]
    expect(lines.length).toBe(presetOf(preset).backup ? 10 : 8)
    for (const [, path = '', name = '', line] of lines) {
      expect(files.get(path)?.split('\n')[Number(line) - 1]).toMatch(
        LINES[name] ?? 'a name that is listed above',
      )
    }
    const folders = [...text.matchAll(/`(provisioning\/[^`:]*)`/g)].map(([, folder = '']) => folder)
    expect(folders.length).toBeGreaterThan(9)
    const paths = [...files.keys()]
    expect(folders.filter((folder) => !paths.some((path) => path.startsWith(folder)))).toEqual([])
  })

  test('names commands and machines that are there', async () => {
    const { lab, text } = await made(preset, language)
    const commands = [...text.matchAll(/`npx create-pg-lab ([^`]+)`/g)].map(([, words = '']) =>
      words.split(' '),
    )
    expect(commands.length).toBeGreaterThan(15)
    const verbs = VERBS.map(({ name }) => name)
    expect(commands.map(([verb = '']) => verb).filter((verb) => !verbs.includes(verb))).toEqual([])
    const names = nodesOf(lab).map(({ name }) => name)
    const at = commands.filter(([verb]) => verb === 'psql' || verb === 'ssh').map(([, node = '']) => node)
    expect(at.filter((node) => !names.includes(node))).toEqual([])
  })
})

test('the README of a lab without a slave asks nothing of one', async () => {
  const { text } = await made('minimal', 'en', 0)
  expect(text).not.toMatch(/roles\/slave|pg_stat_wal_receiver|undefined/)
  expect(text.match(/#L\d+\)/g)).toHaveLength(3)
})

test('every lab tells an assistant what it may do: each command is in one list, and in one only', async () => {
  const { files } = await made('homework', 'en')
  const [, looks = '', asks = ''] = (files.get('AGENTS.md') ?? '').split(/^## Run .*$/m)
  const named = (text: string) =>
    VERBS.map(({ name }) => name).filter((name) => new RegExp(`(\`|pg-lab )${name}[\` ]`).test(text))
  expect(named(looks).length).toBeGreaterThan(7)
  expect(named(asks.split('## Where')[0] ?? '')).toEqual(
    expect.arrayContaining(['drill', 'promote', 'restore', 'destroy', 'up', 'report']),
  )
  const both = named(looks).filter((name) => named(asks.split('## Where')[0] ?? '').includes(name))
  expect(both).toEqual(['report', 'generate']) // with a flag they only look
  expect(files.get('AGENTS.md')).not.toMatch(/undefined|<%/)
})
