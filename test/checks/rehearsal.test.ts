import { expect, test } from 'vitest'
import { rehearsal } from '../../src/checks/rehearsal.ts'
import { recordedLab, scriptedGuest } from './scripted-guest.ts'

const HOUR = 3600

/** The one finding on a host that has seen no rehearsal, so long after Barman first reached its server. */
async function unrehearsed(ageS: number, rehearsalHours: number) {
  const lab = recordedLab()
  if (!lab.backup) throw new Error('no backup host')
  const stdout = `catalogue:\nnow ${1_795_000_000 + ageS}\nsince 1795000000.25\n`
  const guest = scriptedGuest({ shell: [{ of: 'echo catalogue:', stdout }] })
  const findings = await rehearsal.run({ ...lab, backup: { ...lab.backup, rehearsalHours } }, guest)
  return findings.map(({ ok, observed }) => [ok, observed])
}

test('a new lab is given the time it has for its first rehearsal', async () => {
  expect(await unrehearsed(2 * HOUR, 192)).toEqual([
    [true, 'there was none yet; Barman has known the server for 2 h'],
  ])
  expect(await unrehearsed(193 * HOUR, 192)).toEqual([
    [false, 'there was none yet; Barman has known the server for 8 d'],
  ])
})
