import { describe, expect, it } from 'vitest'
import { CHECKS } from '../../src/checks/index.ts'
import { WORDS } from '../../src/words/index.ts'

describe('Russian', () => {
  it('has a title for every check', () => {
    const titles = WORDS.ru.checkTitles
    expect(CHECKS.map(({ id }) => id).filter((id) => titles[id] === undefined)).toEqual([])
  })

  it('counts as Russian does', () => {
    const { countFindings } = WORDS.ru
    expect([1, 2, 5, 11, 21, 22, 112].map(countFindings)).toEqual([
      '1 пункт',
      '2 пункта',
      '5 пунктов',
      '11 пунктов',
      '21 пункт',
      '22 пункта',
      '112 пунктов',
    ])
  })
})
