import { en } from './en.ts'
import { ru } from './ru.ts'
import type { Words } from './words.ts'

export type { Words } from './words.ts'

/** Every language of the report. To add one: write its file, list it here. */
export const LOCALES = { en, ru } as const satisfies Readonly<Record<string, Words>>
