import { describe, expect, it } from 'vitest'
import { psqlEvidence } from '../../src/postgres/evidence.ts'
import { shellWord } from '../../src/tools/process/quote.ts'

describe('psqlEvidence', () => {
  it('prints rows as psql does', () => {
    const rows = [
      { slot_name: 'barman', active: true, retained: null },
      { slot_name: 's', active: false, retained: 12 },
    ]
    expect(psqlEvidence('SELECT *\n  FROM x', rows).output).toMatchInlineSnapshot(`
      " slot_name | active | retained
      -----------+--------+----------
       barman    | t      |
       s         | f      | 12
      (2 rows)"
    `)
  })

  it('gives a command that can be pasted', () => {
    expect(psqlEvidence('SELECT\n 1', [], 'my db').command).toBe(
      'sudo -u postgres psql -d "my db" -c "SELECT 1"',
    )
  })
})

describe('shellWord', () => {
  it.each([
    ['plain-word', 'plain-word'],
    ['two words', '"two words"'],
    [`SELECT 'a'`, `"SELECT 'a'"`],
    [`it's "$HOME"`, `'it'\\''s "$HOME"'`],
    ['', '""'],
  ])('%s → %s', (word, quoted) => {
    expect(shellWord(word)).toBe(quoted)
  })
})
