import { en } from './en.ts'
import type { Language } from './languages.ts'
import { ru } from './ru.ts'
import type { Words } from './words.ts'

export type { Words } from './words.ts'

/** Every language of the report. To add one: write its file, list it here and in languages.ts. */
export const WORDS = { en, ru } as const satisfies Readonly<Record<Language, Words>>
