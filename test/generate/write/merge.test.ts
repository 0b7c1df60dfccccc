import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasMarkers, mergeText, usesCrlf } from '../../../src/generate/write/merge.ts'

const lines = (...all: string[]) => `${all.join('\n')}\n`

/** Edits of a numbered text: each line is kept, changed, dropped, or gets a new one before it. */
const edits = fc.array(fc.constantFrom('keep', 'keep', 'keep', 'change', 'drop', 'insert'), {
  minLength: 12,
  maxLength: 12,
})

function edit(base: readonly string[], how: readonly string[], who: string): string[] {
  return base.flatMap((line, index) => {
    if (how[index] === 'change') return [`${who} changed ${index}`]
    if (how[index] === 'drop') return []
    if (how[index] === 'insert') return [`${who} inserted ${index}`, line]
    return [line]
  })
}

describe('mergeText', () => {
  it('takes both sides where they changed different places', () => {
    const base = lines('a', 'b', 'c', 'd', 'e')
    const merged = mergeText(base, lines('mine', 'a', 'b', 'c', 'd', 'e'), lines('a', 'b', 'c', 'd', 'E'))
    expect(merged).toEqual({ text: lines('mine', 'a', 'b', 'c', 'd', 'E'), clashes: [] })
  })

  it('names lines both changed, and marks them', () => {
    const merged = mergeText(lines('a', 'b', 'c'), lines('a', 'mine', 'c'), lines('a', 'new', 'c'))
    expect(merged.clashes).toEqual([{ line: 2, theirs: ['mine'], ours: ['new'] }])
    expect(merged.text).toBe(lines('a', '<<<<<<< yours', 'mine', '=======', 'new', '>>>>>>> generated', 'c'))
    expect(hasMarkers(merged.text)).toBe(true)
  })

  it('has no clash where both made the same change', () => {
    const merged = mergeText(lines('a', 'b'), lines('a', 'x'), lines('a', 'x'))
    expect(merged).toEqual({ text: lines('a', 'x'), clashes: [] })
  })

  it('takes one side where told to, and still merges the rest', () => {
    const base = lines('a', 'b', 'c', 'd', 'e')
    const theirs = lines('a', 'mine', 'c', 'd', 'e', 'also mine')
    const ours = lines('A', 'b', 'new', 'd', 'e')
    expect(mergeText(base, theirs, ours, 'mine').text).toContain('also mine')
    expect(mergeText(base, theirs, ours, 'generated').text).toBe(
      lines('A', 'b', 'new', 'd', 'e', 'also mine'),
    )
  })

  it('counts every difference where the base is not known', () => {
    const merged = mergeText(undefined, lines('a', 'mine', 'c'), lines('a', 'c', 'new'))
    expect(merged.clashes).toEqual([
      { line: 2, theirs: ['mine'], ours: [] },
      { line: 4, theirs: [], ours: ['new'] },
    ])
  })

  it('keeps Windows line ends, of all lines', () => {
    const theirs = lines('a', 'mine', 'b', 'c', 'd').replaceAll('\n', '\r\n')
    const { text, clashes } = mergeText(lines('a', 'b', 'c', 'd'), theirs, lines('a', 'b', 'c', 'D'))
    expect(clashes).toEqual([])
    expect(text).toBe(lines('a', 'mine', 'b', 'c', 'D').replaceAll('\n', '\r\n'))
    expect(usesCrlf(text)).toBe(true)
  })

  it('leaves a single Windows line of an edited file as it is', () => {
    const { text } = mergeText(lines('a', 'b', 'c'), 'a\nmine\r\nb\nc\n', lines('a', 'b', 'C'))
    expect(text).toBe('a\nmine\r\nb\nC\n')
  })

  it('never lets a line of the user’s vanish, nor undoes what they removed', () => {
    const base = Array.from({ length: 12 }, (_, index) => `line ${index}`)
    fc.assert(
      fc.property(edits, edits, (theirHow, ourHow) => {
        const theirs = edit(base, theirHow, 'they')
        const ours = edit(base, ourHow, 'we')
        const { text, clashes } = mergeText(base.join('\n'), theirs.join('\n'), ours.join('\n'))
        const result = text.split('\n')
        for (const line of theirs.filter((line) => line.startsWith('they'))) expect(result).toContain(line)
        for (const line of ours.filter((line) => line.startsWith('we'))) expect(result).toContain(line)
        if (clashes.length > 0) return
        const gone = base.filter((line) => !theirs.includes(line) || !ours.includes(line))
        for (const line of gone) expect(result).not.toContain(line)
      }),
      { numRuns: 2000 },
    )
  })

  it('gives the user’s file back when the config changed nothing', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '', '  c', '}')).map((all) => all.join('\n'))
    fc.assert(
      fc.property(text, text, (base, theirs) => {
        expect(mergeText(base, theirs, base)).toEqual({ text: theirs, clashes: [] })
        expect(mergeText(base, base, theirs)).toEqual({ text: theirs, clashes: [] })
      }),
    )
  })
})
