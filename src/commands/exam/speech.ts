import type { Language } from '../../words/languages.ts'

/** How an exam is told. */
export interface ExamSpeech {
  readonly language: Language
  readonly isJson: boolean
}
