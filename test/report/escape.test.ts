import { describe, expect, it } from 'vitest'
import { code, escapeHtml, escapeMarkdown, fenced } from '../../src/report/escape.ts'

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
