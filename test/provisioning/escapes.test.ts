import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FORMATS } from '../../src/config/formats.ts'
import { toYaml } from '../../src/yaml.ts'
import { ATTACKS, hostileText } from '../generate/hostile-configs.ts'
import { bin, python } from './readers.ts'

const FILTERS = 'provisioning/roles/postgres/filter_plugins/pg_lab.py'
const readBy = (script: string, args: readonly string[], input: unknown) =>
  JSON.parse(python(script, args, JSON.stringify(input)))

/** What a value of one line may be at most: the schema lets nothing else into a file. */
const isOneLine = (text: string) => text !== '' && FORMATS.settingText.pattern.test(text)
const values = [
  ...new Set([...Object.values(ATTACKS).flat(), ...fc.sample(hostileText, { numRuns: 3000, seed: 5 })]),
].filter(isOneLine)

const PARSERS = ['postgresql.conf', 'sql', 'psql', 'conninfo', 'pgpass'] as const
type ReadBack = Readonly<Record<(typeof PARSERS)[number], readonly (string | null)[]>>

describe.skipIf(bin === undefined)('values in PostgreSQL’s own formats', () => {
  const readBack = (naive: boolean): ReadBack =>
    readBy('read-back.py', [bin ?? '', FILTERS], { values, naive })

  it('are read by its own parsers as they were given', { timeout: 600_000 }, () => {
    const read = readBack(false)
    for (const parser of PARSERS) {
      const changed = values.flatMap((value, at) =>
        read[parser][at] === value ? [] : [[value, read[parser][at]]],
      )
      expect([parser, changed]).toEqual([parser, []])
    }
  })

  it('would not be without their escaping: each format has an attack that shows it', {
    timeout: 600_000,
  }, () => {
    const read = readBack(true)
    const breaks = (parser: (typeof PARSERS)[number], attacks: readonly string[]) =>
      attacks.filter((attack) => read[parser][values.indexOf(attack)] !== attack)
    expect(breaks('postgresql.conf', ATTACKS.conf)).toContain("\\'")
    expect(breaks('sql', ATTACKS.sql)).toContain("'; DROP TABLE dz; --")
    expect(breaks('psql', ATTACKS.sql)).toContain("''")
    expect(breaks('conninfo', ATTACKS.conninfo)).toContain("x' host='evil")
    expect(breaks('pgpass', ATTACKS.pgpass)).toContain('a:b:c')
  })
})

describe('values in Ansible’s variables', () => {
  const any = [
    ...new Set([...Object.values(ATTACKS).flat(), ...fc.sample(hostileText, { numRuns: 3000, seed: 6 })]),
  ]
  const given = any.filter((text) => !/\p{Cs}/u.test(text))

  it('reach a template as they were given, and are not evaluated', { timeout: 600_000 }, () => {
    expect(readBy('ansible-reads.py', [], toYaml({ values: given }))).toEqual(given)
  })

  it('would be evaluated without their tag', { timeout: 600_000 }, () => {
    const untagged = toYaml({ values: ['{{ 7 * 7 }}'] }).replace('!unsafe ', '')
    expect(readBy('ansible-reads.py', [], untagged)).toEqual(['49'])
  })
})
