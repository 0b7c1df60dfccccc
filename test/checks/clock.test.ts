import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { clock } from '../../src/checks/clock.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'
import { recordedLab, scriptedGuest } from './scripted-guest.ts'

/** Every clock is right, and the standby reads its own at once but takes four and a half seconds to answer. */
const slow: Guest = {
  ...scriptedGuest(),
  shell: async ({ name }) => {
    const stdout = String(Date.now() / 1000)
    if (name === 'slave') await pause(4_500)
    return { exitCode: 0, stdout, stderr: '', durationMs: 0 }
  },
}

it('blames no clock for a slow answer', async () => {
  const findings = await clock.run(recordedLab(), slow)
  expect(findings.filter(({ ok }) => !ok)).toEqual([])
})
