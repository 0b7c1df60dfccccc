import { expect, test } from 'vitest'
import { memoryWarning } from '../../src/create/memory.ts'
import { nodesOf } from '../../src/lab.ts'
import { testLab } from '../support/lab.ts'

test('what the machines want together is held against what the computer has', () => {
  const lab = testLab()
  const wantedMb = nodesOf(lab).reduce((sum, { memoryMb }) => sum + memoryMb, 0)
  expect(memoryWarning(lab, wantedMb)).toBeUndefined()
  expect(memoryWarning(lab, wantedMb - 1)).toContain(`want ${wantedMb} MB of memory together`)
  expect(memoryWarning({ ...lab, provider: 'ssh' }, 1)).toBeUndefined()
})
