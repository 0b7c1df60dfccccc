import { describe, expect, it } from 'vitest'
import { cleanOutput, oneLine } from '../../../src/tools/process/clean-output.ts'

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
