import { describe, expect, it } from 'vitest'
import {
  cleanOutput,
  code,
  escapeHtml,
  escapeMarkdown,
  fenced,
  oneLine,
  size,
  span,
} from '../../src/report/text.ts'

describe('cleanOutput', () => {
  it('takes out escape and control sequences, keeps tabs and line ends', () => {
    expect(cleanOutput('\n\u001b[31mred\u001b[0m\u0007\r\n\tOK  \n\n')).toBe('red\n\tOK')
  })
})

describe('oneLine', () => {
  it('joins lines, so that no value breaks a list or a table', () => {
    expect(oneLine(' FATAL: no \n\n\tDETAIL: none\n')).toBe('FATAL: no · DETAIL: none')
  })
})

describe('escapeHtml', () => {
  it('leaves nothing that means something, and nothing XML forbids', () => {
    expect(escapeHtml(`<a href="x" title='y'>&\u0000\u001b\ud800`)).toBe(
      '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;\ufffd',
    )
  })
})

describe('escapeMarkdown', () => {
  it('leaves no sign its meaning', () => {
    expect(escapeMarkdown('a_b *c* `d` [e](f) | <g> & ~h~ \\')).toBe(
      'a\\_b \\*c\\* \\`d\\` \\[e\\](f) \\| &lt;g&gt; &amp; \\~h\\~ \\\\',
    )
  })
})

describe('code and fenced', () => {
  it('are longer than any run of backticks inside', () => {
    expect(fenced('a\n````\nb', 'console')).toBe('`````console\na\n````\nb\n`````')
    expect(fenced('a')).toBe('```\na\n```')
    expect(code('a `b` c')).toBe('``a `b` c``')
    expect(code('`a`')).toBe('`` `a` ``')
  })

  it('end no cell of a table', () => {
    expect(code('a|b')).toBe('`a\\|b`')
  })
})

describe('size and span', () => {
  it('count as PostgreSQL does', () => {
    expect([0, 999, 1024, 238_000, 16_777_216, 5e12].map(size)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '232 kB',
      '16.0 MB',
      '4.5 TB',
    ])
    expect(size(1000)).toBe('1.0 kB')
    expect([0, 0.003, 2.5, 42, 420, 10_800, 500_000].map(span)).toEqual([
      '0 ms',
      '3 ms',
      '2.5 s',
      '42 s',
      '7 min',
      '3 h',
      '6 d',
    ])
  })
})
