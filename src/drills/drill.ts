import type { Finding } from '../finding.ts'
import type { Lab, LabNode, PostgresNode } from '../lab.ts'
import type { LiveLab } from '../observe/live-lab.ts'
import type { Survey } from '../observe/status.ts'
import type { Figure, StepReport, Text } from '../report/drill-report.ts'
import type { Note } from '../tasks/index.ts'
import type { Vagrant } from '../tools/vagrant/vagrant.ts'
import type { Cast } from './rehearsal/cast.ts'
import type { ClusterChoices } from './rehearsal/cluster-choices.ts'
import type { Recorder } from './rehearsal/recorder.ts'
import type { Results } from './rehearsal/results.ts'

/** What a drill acts on. */
export interface Stage extends LiveLab {
  readonly vagrant: Vagrant
  readonly cast: Cast
  readonly primary: PostgresNode
  readonly victim: LabNode
}

/** The stage while the writer writes. */
export interface LiveStage extends Stage {
  /** Counts what is written, and waits for more. */
  readonly recorder: Recorder
}

/** One row of what is shown, and of the page. */
export interface DrillStep {
  /** An imperative. */
  readonly title: Text
  /** @returns what came of it, short: `slave: 1.2 MB` */
  // biome-ignore lint/suspicious/noConfusingVoidType: a step that has nothing to tell need not say so
  run(note: Note): Promise<string | Text | void>
}

/** A nudge, and what to type for it; all that is to be typed, in its order, repairs the lab. */
export type Hint = Text & {
  readonly type?: string
  /** Whether a look at the lab shows that it was done. Left out: no look shows it. */
  readonly isDone?: (seen: Survey) => boolean
  /** The lab is repaired without it too. */
  readonly optional?: true
}

/**
 * One bad day, rehearsed. A drill is made of operations; the frame around it proves the lab green before and after,
 * keeps a writer writing, measures, and writes the page. To add one: write its file, list it in index.ts.
 */
export interface Drill {
  /** Short and stable: `create-pg-lab drill slave-outage`. */
  readonly id: string
  readonly title: Text
  /** One line of the list: what one knows afterwards. */
  readonly teaches: Text
  /** Ways it can come, or be repaired, the usual one first; empty where there is only one. */
  readonly hows: readonly string[]
  /** @returns why this lab cannot have it; `undefined` when it can */
  refusal(lab: Lab, how: string | undefined): Text | undefined
  /** @returns why a cluster that was made so cannot have it. Left out: however it was made */
  clusterRefusal?(choices: ClusterChoices): Text | undefined
  /** Whether a server is restored beside the cluster in it, and removed at its end. Left out: never. */
  restoresBeside?(how: string | undefined): boolean
  /** Chooses who has the bad day. Asked only where nothing refuses. */
  victim(lab: Lab, primary: PostgresNode, how: string | undefined): LabNode
  /** What will happen, a sentence each. */
  intro(cast: Cast): readonly Text[]
  /** What to watch meanwhile: a command for a second terminal, and what it will show. */
  watch(cast: Cast): readonly Text[]
  /** How it is left with `--keep`, in one sentence. */
  promise(cast: Cast): Text
  /** From a nudge to the very commands: whoever types those of the hints has repaired it. */
  hints(cast: Cast, lab: Lab): readonly Hint[]
  /** What goes wrong, as it really would. */
  disaster(stage: LiveStage): readonly DrillStep[]
  /** What a careful administrator does then. Ends when all is protected again. */
  repair(stage: LiveStage): readonly DrillStep[]
  /**
   * Takes the disaster back by force, for `drill repair`. Works from any state, also where nothing has happened, and
   * may be repeated; the machines are running. What `tidy` and `rescue` have done before and the playbook does after
   * need not be repaired here: left out where that is all.
   */
  undo?(stage: Stage, note: Note): Promise<void>
  /** Judges what no check looks at: all ok, it is repaired. Left out where the checks see it all. */
  remains?(stage: Stage): Promise<readonly Finding[]>
  /**
   * Takes away the scenery: a small disk, a cut cable. `drill repair` needs that done before it can lead the servers
   * back, and a good repair by hand may leave it. May be repeated. Left out where there is none.
   */
  tidy?(stage: Stage): Promise<void>
  /** Name of the server that gives way where there are two primaries; left out: that of the older timeline. */
  yields?(cast: Cast): string
  /** What it has measured beyond what every drill measures. */
  figures(results: Results, cast: Cast, steps: readonly StepReport[]): readonly Figure[]
  /** What is to be learned from it, a sentence each. */
  lessons(results: Results, cast: Cast): readonly Text[]
}

/** What a drill says; it lies beside it, in `<id>.words.ts`, in every language. */
export type DrillWords = Pick<
  Drill,
  'title' | 'teaches' | 'intro' | 'watch' | 'promise' | 'hints' | 'lessons'
>
