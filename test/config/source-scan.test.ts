import { describe, expect, test } from 'vitest'
import { keysOf, pathOf } from '../../src/config/path.ts'
import { locateInSource } from '../../src/config/source-scan.ts'

/** The text from the place that was found, up to its line's end. */
function found(text: string, path: string, onKey = false): string | undefined {
  const offset = locateInSource(text, keysOf(path), onKey)
  return offset === undefined ? undefined : text.slice(offset).split('\n')[0]
}

const SOURCE = `import { defineCluster } from 'create-pg-lab'
// master: 'not here'
const shared = { memory: 512, cpus: 1 }
const template = \`{ master: \${1} }\`
export default defineCluster({
  /* name: 'nor here' */
  name: 'a "quoted: {name}',
  'os': "debian-12",
  master: { ...shared, memory: 5 },
  shared,
  slaves: [{ name: 'one' }, { name: 'two', address: lookup({ name: 'x' }) }, three],
  postgres: { settings: { work_mem: '8MB', 'auto_explain.log_analyze': true } },
})
`

describe('a module', () => {
  test.each([
    ['name', `'a "quoted: {name}',`],
    ['os', '"debian-12",'],
    ['master', '{ ...shared, memory: 5 },'],
    ['master.memory', '5 },'],
    ['master.cpus', '{ ...shared, memory: 5 },'],
    ['shared', 'shared,'],
    ['slaves[1].name', "'two', address: lookup({ name: 'x' }) }, three],"],
    ['slaves[1].address', "lookup({ name: 'x' }) }, three],"],
    ['slaves[2]', 'three],'],
    ['slaves[2].name', 'three],'],
    ['postgres.settings["auto_explain.log_analyze"]', 'true } },'],
    ['nowhere', undefined],
  ])('has %s where it stands', (path, text) => expect(found(SOURCE, path)).toBe(text))

  test('can be asked for the key', () => {
    expect(found(SOURCE, 'slaves[1].address', true)).toBe("address: lookup({ name: 'x' }) }, three],")
  })

  test('is read through a function that returns the config', () => {
    expect(found('export default async () => {\n  return {\n    os: 1,\n  }\n}', 'os')).toBe('1,')
  })

  test.each(['', '}', '{', '({[', "'", '`${', '/*', 'a: {b', '{a:'])('of broken text %j ends', (text) => {
    expect(() => locateInSource(text, ['a', 'b'], false)).not.toThrow()
  })
})

test.each([
  [['slaves', 1, 'address'], 'slaves[1].address'],
  [['postgres', 'settings', 'a.b'], 'postgres.settings["a.b"]'],
  [['a"]\\', 0], '["a\\"]\\\\"][0]'],
])('keys %j are written and read back', (keys, path) => {
  expect(pathOf(keys)).toBe(path)
  expect(keysOf(path)).toEqual(keys)
})
