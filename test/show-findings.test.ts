import { describe, expect, test } from 'vitest'
import type { Finding } from '../src/finding.ts'
import { painter } from '../src/paint.ts'
import { showChecks } from '../src/show-findings.ts'

const plain = painter({ isTTY: false }, {})

describe('findings', () => {
  const good: Finding = {
    check: 'slots',
    node: 'master',
    what: 'slot barman is active',
    expected: 'active',
    observed: 'active',
    ok: true,
  }
  const bad: Finding = {
    ...good,
    node: 'master',
    what: 'slot slave_slot is active',
    observed: 'inactive\n\u001b[2Jsince 09:00',
    ok: false,
    hint: 'the slave does not use it: set primary_slot_name',
  }

  const slots = { id: 'slots', title: 'Replication slots' }
  const silent = { ...bad, what: 'master answers', observed: 'Connection refused', unasked: 'master' }

  test('a check that passed is one line', () => {
    expect(showChecks([{ ...slots, findings: [good] }], plain)).toMatchInlineSnapshot(`
      "✔ slots  Replication slots (1)

      1 check passed
      "
    `)
  })

  test('one that failed says what was expected and seen', () => {
    const lag = { id: 'lag', title: 'No slave lags', findings: [good, good] }
    expect(showChecks([{ ...slots, findings: [good, bad] }, lag], plain)).toMatchInlineSnapshot(`
      "✖ slots  Replication slots (1 of 2 failed)
          master  slot slave_slot is active
            expected  active
            observed  inactive · since 09:00
            → the slave does not use it: set primary_slot_name
      ✔ lag    No slave lags (2)

      1 of 4 checks failed
      "
    `)
  })

  test('what one cause broke is told once, and counted', () => {
    const missing = { ...silent, what: 'one primary to ask', unasked: 'primary' }
    const checks = [
      { id: 'primary', title: 'One primary', findings: [bad, silent] },
      { id: 'version', title: 'The version', findings: [{ ...good }, silent] },
      { ...slots, findings: [silent, bad] },
      { id: 'rows', title: 'A row', findings: [missing] },
    ]
    expect(showChecks(checks, plain)).toMatchInlineSnapshot(`
      "✖ primary  One primary (2 of 2 failed)
          master  slot slave_slot is active
            expected  active
            observed  inactive · since 09:00
            → the slave does not use it: set primary_slot_name
          master  master answers
            expected  active
            observed  Connection refused
            → the slave does not use it: set primary_slot_name
      ✖ slots    Replication slots (2 of 2 failed)
          master  master answers: as above
          master  slot slave_slot is active
            expected  active
            observed  inactive · since 09:00
            → the slave does not use it: set primary_slot_name
      ✖ Could not be asked, for the same reason: version, rows

      6 of 7 checks failed, 4 of them could not be asked
      "
    `)
  })

  test('nothing that was asked is no success', () => {
    expect(showChecks([], plain)).toMatchInlineSnapshot(`
      "
      Nothing was asked, so nothing is known
      "
    `)
  })
})
