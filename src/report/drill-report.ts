import type { LagSample } from '../observe/lag.ts'
import type { Words } from '../words/index.ts'
import type { Language } from '../words/languages.ts'

/** A text in every language: a drill speaks the one that is asked for, and its page keeps both. */
export type Text = Readonly<Record<Language, string>>

/** A text in one language. What a program or a server said is English. */
export function say(text: Text | string, words: Words): string {
  return typeof text === 'string' ? words.tell(text) : text[words.language]
}

/** Of its page, its picture and its figures: `2026-11-22T18-08-40-slave-outage`. */
export function drillFile({ at, drill }: Pick<DrillReport, 'at' | 'drill'>): string {
  return `${at.slice(0, 'yyyy-mm-ddThh-mm-ss'.length).replaceAll(':', '-')}-${drill}`
}

/** From one moment of a drill to a later one, in ms since it began. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/** A step as it went. */
export interface StepReport extends Span {
  readonly part: 'disaster' | 'repair'
  readonly title: Text
  /** What came of it: `slave: 1.2 MB`. Text of a program, or of a server, has one language. */
  readonly result: string | Text | undefined
}

/** Something measured. */
export interface Figure {
  readonly name: Text
  readonly value: string | Text
}

/** Commits counted in short steps. */
export interface CloseUp {
  /** Since the drill began. */
  readonly fromMs: number
  readonly stepMs: number
  readonly writes: readonly number[]
}

/** What the writer and the servers said over time, for the picture. */
export interface Course {
  /** Acknowledged commits in each second since the drill began. */
  readonly writes: readonly number[]
  readonly lags: readonly LagSample[]
  /** No write was accepted. */
  readonly outage: Span | undefined
  /** The outage and a while around it; pages of older versions have none. */
  readonly close?: CloseUp | undefined
  /** Not every standby and Barman received WAL. */
  readonly unprotected: Span | undefined
}

/** A drill that was run: what its page is made of, in all languages. Lies beside the page as JSON. */
export interface DrillReport {
  readonly drill: string
  readonly how: string | undefined
  readonly lab: string
  readonly versions: readonly (readonly [name: string, version: string])[]
  /** When it began; ISO 8601. */
  readonly at: string
  readonly title: Text
  readonly teaches: Text
  readonly intro: readonly Text[]
  readonly steps: readonly StepReport[]
  readonly figures: readonly Figure[]
  readonly lessons: readonly Text[]
  readonly course: Course
}
