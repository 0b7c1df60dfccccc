import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { printable } from '../../src/paint.ts'
import { code, escapeHtml, escapeMarkdown, fenced } from '../../src/report/escape.ts'
import { hostileText } from '../generate/hostile-configs.ts'

const values = fc.sample(hostileText, { numRuns: 5000, seed: 9 })
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no place for them
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g

/** What Python's reader finds in each page: tags with their attributes, and text. */
const READER = `
import json, sys
from html.parser import HTMLParser

class Reader(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.found.append([tag, attributes])

    def handle_endtag(self, tag):
        self.found.append(["/" + tag])

    def handle_data(self, data):
        self.found.append(data)

    handle_comment = handle_decl = unknown_decl = handle_pi = lambda self, data: self.found.append([data])

for line in sys.stdin:
    print(json.dumps(Reader(json.loads(line)).found))
`

test('text in a page and in an attribute is read as text, by another reader of HTML', () => {
  const shown = values.map((value) => ({ value, text: escapeHtml(value) }))
  const pages = shown.map(({ text }) => JSON.stringify(`<p title="${text}">${text}</p>`))
  const output = execFileSync('/usr/bin/python3', ['-c', READER], {
    input: `${pages.join('\n')}\n`,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  const kept = (value: string) => value.replace(/\p{Surrogate}/gu, '\ufffd').replace(NOT_XML, '')
  const lines = output.split('\n').slice(0, -1)
  expect(lines).toHaveLength(shown.length)
  for (const [at, { value }] of shown.entries()) {
    const text = kept(value)
    const data = text === '' ? [] : [text]
    expect(JSON.parse(lines[at] ?? '')).toEqual([['p', [['title', text]]], ...data, ['/p']])
  }
})

test('what goes to a terminal, a Markdown cell, a code span or a code block has nothing it would obey', () => {
  for (const value of values) {
    expect(printable(value)).not.toMatch(CONTROL)
    expect(escapeMarkdown(value)).not.toMatch(/[<>\n]|(?<!\\)(?:\\\\)*[`*_[\]|~]/)
    expect(code(value)).not.toMatch(/\n|(?<!\\)\|/)
    const [fence = ''] = fenced(value).split('\n')
    expect(value.split('\n').some((line) => line.trim().startsWith(fence))).toBe(false)
  }
})
