import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toYaml } from '../src/yaml.ts'

/** The reader of record: PyYAML as Ansible has it. Reads many documents in one process. */
const READER = `
import json, sys, yaml
yaml.SafeLoader.add_constructor('!unsafe', lambda loader, node: {'__unsafe': loader.construct_scalar(node)})
for line in sys.stdin:
    print(json.dumps(yaml.safe_load(json.loads(line))))
`

function readBack(documents: readonly string[]): unknown[] {
  const input = documents.map((document) => `${JSON.stringify(document)}\n`).join('')
  const output = execFileSync('/usr/bin/python3', ['-c', READER], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  return output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** What PyYAML must give for a value we wrote: text with Jinja marks comes back tagged. */
function expected(value: unknown): unknown {
  if (typeof value === 'string') return /\{[{%#]/.test(value) ? { __unsafe: value } : value
  if (Array.isArray(value)) return value.map(expected)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, expected(member)]))
}

const trap = fc.constantFrom(
  ...[
    'on',
    'Off',
    'y',
    'N',
    'yes',
    '~',
    'null',
    '1_000',
    '0o17',
    '017',
    '0x1F',
    '1e5',
    '.5',
    '1:30',
    '=',
    '<<',
  ],
  ...[
    '2026-01-02',
    '2026-01-02 03:04:05',
    '- a',
    '? a',
    'a: b',
    'a #b',
    '#',
    '%TAG',
    '@x',
    '`x',
    '!x',
    '&x',
    '*x',
  ],
  ...[
    '',
    ' ',
    ' a',
    'a ',
    'a\n',
    '\n',
    'a\r\nb',
    '\t',
    '---',
    '...',
    '--- a',
    '|',
    '>',
    '.inf',
    '.nan',
    '+1',
    '-',
  ],
  ...[
    '{{ x }}',
    '{% raw %}',
    '{# x #}',
    'a {{',
    '"{{ x }}"',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\u007f',
    '\u0000',
  ],
)
const text = fc.oneof(trap, fc.string({ unit: 'binary' }), fc.string())
const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }))
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('tree')),
    fc.dictionary(text, tie('tree')),
  ),
}))

describe('toYaml', () => {
  it('is read back by PyYAML as it was given', () => {
    const values = fc.sample(fc.record({ value: tree }), { numRuns: 3000, seed: 7 })
    const back = readBack(values.map((value) => toYaml(value)))
    values.forEach((value, index) => {
      expect(back[index]).toEqual(expected(value))
    })
  })

  it('writes what a person would write, keys in the order given', () => {
    const value = {
      pg_version: 15,
      settings: { work_mem: '8MB', autovacuum: 'on', checkpoint_completion_target: 0.9, huge: 1e21 },
      slaves: [{ name: 'slave', address: '192.168.11.151' }],
      none: [],
      nothing: null,
      left_out: undefined,
      comment: 'use {{ x }}',
      schedule: '0 3 * * *',
    }
    expect(toYaml(value, '# Generated')).toMatchInlineSnapshot(`
      "# Generated
      ---
      pg_version: 15
      settings:
        work_mem: "8MB"
        autovacuum: "on"
        checkpoint_completion_target: 0.9
        huge: 1.0e+21
      slaves:
        - name: slave
          address: "192.168.11.151"
      none: []
      nothing: null
      comment: !unsafe "use {{ x }}"
      schedule: "0 3 * * *"
      "
    `)
  })

  it('never folds a long line and never shares an object by anchor', () => {
    const shared = { text: 'word '.repeat(200) }
    const written = toYaml({ a: shared, b: shared })
    expect(written.split('\n')).toHaveLength(6)
    expect(written).not.toMatch(/[&*]/)
  })

  it('refuses what no YAML reader could read', () => {
    expect(() => toYaml({ a: '\ud800' })).toThrow('Not valid Unicode')
    expect(() => toYaml({ a: Number.NaN })).toThrow('NaN has no place')
  })
})
