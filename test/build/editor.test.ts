import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { configSchema, typeDeclarations } from '../../build/editor.ts'
import { folderWith } from '../tools/helpers.ts'

test('the schema for editors knows every bound and refuses other keys', () => {
  expect(configSchema()).toMatchObject({
    type: 'object',
    additionalProperties: false,
    properties: {
      $schema: { type: 'string' },
      master: { properties: { memory: { minimum: 256, default: 1024 } } },
      slaves: { items: { properties: { applyDelay: { pattern: expect.any(String) } } } },
    },
  })
})

test('a setting of PostgreSQL has its words, and takes what any other takes', () => {
  const schema = configSchema()
  expect(schema).toMatchObject({
    $defs: { settingValue: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] } },
  })
  expect(schema.properties?.postgres?.properties?.settings?.properties?.huge_pages).toEqual({
    description: 'enum, restart',
    anyOf: [{ enum: ['off', 'on', 'try'] }, { $ref: '#/$defs/settingValue' }],
  })
})

test('its patterns are ones that editors take', () => {
  const patterns = [...JSON.stringify(configSchema()).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)]
  expect(patterns.length).toBeGreaterThan(30)
  for (const [, pattern = ''] of patterns) expect(() => new RegExp(JSON.parse(pattern), 'u')).not.toThrow()
})

test('the written types have the descriptions and the defaults', () => {
  const text = typeDeclarations(configSchema())
  expect(text).toContain('   * Memory of the master, in megabytes.\n     * @default 1024\n')
  expect(text).toContain('  backup?: false | {\n')
  expect(text).toContain(
    '    settings?: ServerSettings & Record<string, string | number | boolean> | undefined\n',
  )
})

test('PostgreSQL’s own settings are completed, the lab’s and those that cannot be given are not', () => {
  const text = typeDeclarations(configSchema())
  expect(text).toContain('  /** integer, kB, reload */\n  work_mem?: Value\n')
  expect(text).toContain('  /** enum, restart */\n  huge_pages?: "off" | "on" | "try" | Value\n')
  expect(text).toMatch(/\/\*\* .*; from 18 \*\/\n {2}io_method\?: /)
  expect(text).not.toMatch(/listen_addresses|block_size/)
})

const COMPILER_TIMEOUT_MS = 60_000

test('the written types are the inferred ones', { timeout: COMPILER_TIMEOUT_MS }, () => {
  const folder = folderWith({
    'written.d.ts': typeDeclarations(configSchema()),
    'same.ts': `
      import type * as written from './written.d.ts'
      import type * as own from ${JSON.stringify(resolve('src/index.ts'))}
      type Same<A, B> = [A, B] extends [B, A] ? true : false
      export const config: Same<written.ClusterConfig, own.ClusterConfig> = true
      export const names: Same<keyof typeof written, keyof typeof own> = true
    `,
  })
  const options = ['--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext', '--target', 'es2023']
  const { stdout } = spawnSync(
    resolve('node_modules/.bin/tsc'),
    [
      '--noEmit',
      '--skipLibCheck',
      '--allowImportingTsExtensions',
      '--types',
      'node',
      ...options,
      join(folder, 'same.ts'),
    ],
    { encoding: 'utf8' },
  )
  expect(stdout).toBe('')
})

test('everything the package exports is written', () => {
  const exported = [
    ...readFileSync('src/index.ts', 'utf8').matchAll(/export (?:type \{ (\w+)|function (\w+))/g),
  ]
  const text = typeDeclarations(configSchema())
  const missing = exported
    .map(([, type, name]) => type ?? name ?? '')
    .filter((name) => !text.includes(` ${name}`))
  expect(missing).toEqual([])
})
