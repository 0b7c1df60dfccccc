import { LAB_FILES } from '../lab-files.ts'
import { isForPeople } from './code.ts'
import type { Desk } from './criteria/criterion.ts'
import { clusterOf } from './criteria/report.ts'
import { secretsOf } from './criteria/secrets.ts'
import type { GradeWords } from './grade-words.ts'

/** What two hand-ins of two people do not have in common. */
export interface Fingerprint {
  readonly name: string
  readonly secrets: ReadonlySet<string>
  readonly systems: ReadonlySet<string>
  /** `''` where there is no report. */
  readonly transcript: string
  readonly commits: ReadonlySet<string>
  /** Lines that a person wrote: what a program generated is the same everywhere. */
  readonly lines: ReadonlySet<string>
}

/** Two hand-ins, and what they share. */
export interface Likeness {
  readonly names: readonly [string, string]
  readonly reasons: readonly string[]
}

const LEAST_LENGTH = 12
const LEAST_LINES = 20
const LEAST_SHARE = 0.8
/** Where this many hand in, what half of them have comes from the course. */
const COURSE_SIZE = 4

export function fingerprintOf({ submission, history }: Pick<Desk, 'submission' | 'history'>): Fingerprint {
  const { systems, transcript } = clusterOf(submission)
  const base = `${LAB_FILES.base.path}/`
  const generated = new Set(
    submission.files.flatMap(({ path }) => (path.startsWith(base) ? [path.slice(base.length)] : [])),
  )
  const own = submission.files.filter(({ path }) => !generated.has(path) && !isForPeople(path))
  const lines = own.flatMap(({ text = '' }) =>
    text.split('\n').map((line) => line.trim().replaceAll(/\s+/g, ' ')),
  )
  const uncommon = secretsOf(submission, history).filter(({ isUncommon }) => isUncommon)
  return {
    name: submission.name,
    secrets: new Set(uncommon.map(({ digest }) => digest)),
    systems: new Set(systems),
    transcript,
    commits: new Set(history.commits),
    lines: new Set(lines.filter((line) => line.length >= LEAST_LENGTH)),
  }
}

/** Every pair that shares what is nobody else's. */
export function likenesses(all: readonly Fingerprint[], { likeness }: GradeWords): readonly Likeness[] {
  const common = linesOfTheCourse(all)
  return all.flatMap((one, at) =>
    all.slice(at + 1).flatMap((other) => {
      const percent = Math.floor(sharedLines(one, other, common) * 100)
      const reasons = [
        ...(haveCommon(one.secrets, other.secrets) ? [likeness.secret] : []),
        ...(haveCommon(one.systems, other.systems) ? [likeness.system] : []),
        ...(one.transcript !== '' && one.transcript === other.transcript ? [likeness.transcript] : []),
        ...(haveCommon(one.commits, other.commits) ? [likeness.commit] : []),
        ...(percent >= LEAST_SHARE * 100 ? [likeness.lines(percent)] : []),
      ]
      return reasons.length === 0 ? [] : [{ names: [one.name, other.name] as const, reasons }]
    }),
  )
}

function haveCommon(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return [...one].some((item) => other.has(item))
}

/** The share of what both have in what either has. */
function sharedLines(one: Fingerprint, other: Fingerprint, common: ReadonlySet<string>): number {
  const [mine, theirs] = [one, other].map(({ lines }) => [...lines].filter((line) => !common.has(line)))
  if (!mine || !theirs || Math.min(mine.length, theirs.length) < LEAST_LINES) return 0
  const both = mine.filter((line) => other.lines.has(line)).length
  return both / (mine.length + theirs.length - both)
}

function linesOfTheCourse(all: readonly Fingerprint[]): ReadonlySet<string> {
  if (all.length < COURSE_SIZE) return new Set()
  const counts = new Map<string, number>()
  for (const { lines } of all) for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1)
  return new Set([...counts].filter(([, count]) => count > all.length / 2).map(([line]) => line))
}
