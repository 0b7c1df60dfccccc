import { expect, test } from 'vitest'
import { failuresIn } from './vitest.ts'

const REPORT = { numFailedTests: 0, numFailedTestSuites: 0, numPendingTests: 0, numTodoTests: 0 }

test.each([
  ['all passed', REPORT, true, 0],
  ['one was skipped', { ...REPORT, numPendingTests: 1 }, true, 1],
  ['one is still to be written', { ...REPORT, numTodoTests: 1 }, true, 1],
  ['vitest itself failed', REPORT, false, 1],
  ['two failed', { ...REPORT, numFailedTests: 2 }, false, 2],
])('%s', (_, report, passed, failed) => {
  expect(failuresIn(report, passed)).toBe(failed)
})
