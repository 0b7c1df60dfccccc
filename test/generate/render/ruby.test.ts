import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rubyStringBody } from '../../../src/generate/render/ruby.ts'

/** Ruby evaluates each literal and answers with the bytes it read, in hexadecimal. */
const READER = `
STDIN.each_line(chomp: true) { |hex| puts eval([hex].pack('H*').force_encoding('UTF-8')).unpack1('H*') }
`

function readByRuby(literals: readonly string[]): string[] {
  const input = literals.map((literal) => `${Buffer.from(literal).toString('hex')}\n`).join('')
  const output = execFileSync('ruby', ['-e', READER], { input, encoding: 'utf8' })
  return output
    .split('\n')
    .slice(0, -1)
    .map((hex) => Buffer.from(hex, 'hex').toString('utf8'))
}

const trap = fc.constantFrom(
  ...[
    '#{exit}',
    '#@x',
    '#$x',
    '##{x}',
    '\\#{x}',
    '\\\\#{1+1}',
    '"',
    "'",
    '\\',
    '\\"',
    '\\n',
    '\n',
    '\r\n',
    '\t',
  ],
  ...[
    '\u0000',
    '\u001b[31m',
    '\u007f',
    '\u0085',
    '\u2028',
    '\ufeff',
    '<%= x %>',
    '`id`',
    '#',
    'é',
    '😀',
    '\\u0041',
  ],
)
const text = fc.array(fc.oneof(trap, fc.string({ unit: 'grapheme' }))).map((parts) => parts.join(''))

describe('rubyStringBody', () => {
  it('is read back by Ruby as it was given', () => {
    const values = ['', ...fc.sample(text, { numRuns: 2000, seed: 11 })]
    expect(readByRuby(values.map((value) => `"${rubyStringBody(value)}"`))).toEqual(values)
  })

  it('stays on one line', () => {
    fc.assert(fc.property(text, (value) => !/[\n\r\u2028]/.test(rubyStringBody(value))))
  })

  it('leaves ordinary text alone', () => {
    expect(rubyStringBody('192.168.11.150')).toBe('192.168.11.150')
    expect(rubyStringBody('a # comment')).toBe('a # comment')
  })
})
