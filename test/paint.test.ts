import { expect, test } from 'vitest'
import { painter, printable } from '../src/paint.ts'

test('colours are for terminals that want them', () => {
  expect(painter({ isTTY: true }, {})('red', 'x')).toBe('\u001b[31mx\u001b[39m')
  expect(painter({ isTTY: true }, { NO_COLOR: '1' })('red', 'x')).toBe('x')
  expect(painter({ isTTY: true }, { TERM: 'dumb' })('red', 'x')).toBe('x')
  expect(painter({}, {})('red', 'x')).toBe('x')
})

test('what a terminal would obey is taken out, but for tabs and line ends', () => {
  const text = '\u001b[31mred\u001b[0m\ttab\nline\u0007\u009b2J\u001b]0;title\u0007 end\r'
  expect(printable(text)).toBe('red\ttab\nline end')
})
