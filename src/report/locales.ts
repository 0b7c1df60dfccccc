import { en } from './locales/en.ts'
import { ru } from './locales/ru.ts'
import type { Words } from './locales/words.ts'

export type { Words } from './locales/words.ts'

/** Every language of the report. To add one: write its file, list it here. */
export const LOCALES = { en, ru } as const satisfies Readonly<Record<string, Words>>
