import { expect, test } from 'vitest'
import { FORMATS } from '../../src/config/formats.ts'
import { nameFrom } from '../../src/create/answers.ts'
import { languageOf } from '../../src/words/languages.ts'

test.each([
  ['my-lab', 'my-lab'],
  ['My Lab', 'my-lab'],
  ['лаба 3', 'laba-3'],
  ['Мой lab', 'moy-lab'],
  ['Ёж и ящерица', 'ezh-i-yashcheritsa'],
  ['\u0438\u0306од', 'yod'], // й as macOS writes it: two characters
  ['実験', 'pg-lab'],
  ['Übung.2', 'ubung-2'],
  ['3rd', 'rd'],
  ['--', 'pg-lab'],
  ['a'.repeat(80), 'a'.repeat(40)],
  [`${'a'.repeat(39)}-b`, 'a'.repeat(39)],
])('the folder %s makes the name %s', (folder, name) => {
  expect(nameFrom(folder)).toBe(name)
  expect(name).toMatch(FORMATS.hostName.pattern)
})

test('the README is in the language of the terminal', () => {
  expect(languageOf({})).toBe('en')
  expect(languageOf({ LANG: 'ru_RU.UTF-8' })).toBe('ru')
  expect(languageOf({ LANG: 'ru_RU.UTF-8', LC_ALL: 'C' })).toBe('en')
  expect(languageOf({ LANG: 'de_DE.UTF-8' })).toBe('en')
})
