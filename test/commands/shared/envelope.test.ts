import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

import { forMachines } from '../../../src/commands/shared/envelope.ts'
import { scriptedRunner } from '../../doctor/computer.ts'
import { faults, type Schema } from '../../support/json-schema.ts'
import { folderWith } from '../../tools/helpers.ts'
import { labFolder, program } from '../program.ts'

const CASES: readonly (readonly [schema: string, argv: readonly string[]])[] = [
  ['verify', ['verify', '--only', 'version']],
  ['plan', ['plan']],
  ['config', ['config']],
  ['secrets', ['secrets']],
  ['explain', ['explain']],
  ['explain', ['explain', 'slaves[].slot']],
  ['explain', ['explain', 'work_mem']],
  ['doctor', ['doctor']],
  ['status', ['status']],
  ['drill-results', ['drill', 'results']],
  ['grade', ['grade', '.', '--static']],
]

async function printed(argv: readonly string[], cwd = labFolder()): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await program([...argv, '--json'], { cwd, run: scriptedRunner({}).run })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

describe('what is printed for machines', () => {
  test.each(CASES)('has one envelope and its schema: %s, of %j', async (name, argv) => {
    // A lab whose machines are there asks docker about them, which is not here.
    const cwd = labFolder(name === 'plan' ? { machines: [] } : {})
    const data = await printed(argv, cwd)
    expect(data).toMatchObject({
      schema: `create-pg-lab/schemas/${name}.schema.json`,
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    })
    const schema = JSON.parse(readFileSync(`schemas/${name}.schema.json`, 'utf8')) as Schema
    expect(faults(data, schema)).toEqual([])
  })

  test('has a schema for each, and none for nothing', () => {
    const files = readdirSync('schemas').map((file) => file.replace('.schema.json', ''))
    const named = [...CASES.map(([name]) => name), 'backups', 'drill-check', 'exam', 'report']
    expect(files.sort()).toEqual([...new Set(named)].sort())
  })

  test('names the users with a password, and no password', async () => {
    const cwd = labFolder()
    mkdirSync(join(cwd, '.pg-lab/secrets'), { recursive: true })
    writeFileSync(join(cwd, '.pg-lab/secrets/replica'), 'hunter2')
    const data = await printed(['secrets'], cwd)
    expect(data.users).toContainEqual({ user: 'replica', file: '.pg-lab/secrets/replica', exists: true })
    expect(JSON.stringify(data)).not.toContain('hunter2')
  })

  test('has names in camelCase, and milliseconds', () => {
    expect(forMachines({ slot_name: 'a', lag: [{ bytes: 1, seconds: 1.5, writeSeconds: 0.25 }] })).toEqual({
      slotName: 'a',
      lag: [{ bytes: 1, ms: 1500, writeMs: 250 }],
    })
  })

  test('says of a folder without a lab that it has none', async () => {
    expect(await printed(['doctor'], folderWith())).toMatchObject({ lab: null })
  })
})
