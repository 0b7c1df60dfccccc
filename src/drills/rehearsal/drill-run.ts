import { CommandError } from '../../errors.ts'
import type { LabNode } from '../../lab.ts'
import { askServers, notOnePrimary, primaryOf } from '../../observe/servers.ts'
import type { StepReport, Text } from '../../report/drill-report.ts'
import type { Note, Task } from '../../tasks/index.ts'
import { identityOf } from '../../tools/process/groups.ts'
import type { Language } from '../../words/languages.ts'
import type { Drill, DrillStep, LiveStage, Stage } from '../drill.ts'
import { linesFile, type OpenDrill, writeOpenDrill } from './open-drill.ts'
import { type Recorder, startRecorder } from './recorder.ts'
import { lossOf, NUMBERS_A_RUN } from './recording.ts'
import type { Results } from './results.ts'
import { makeTable, numbersIn, startLastingWriter } from './writer.ts'

/** The quiet before the disaster, so that the picture shows what normal is. */
const COMMITS_BEFORE = 250

/** One run of a drill, as tasks. What happens is written down before it happens. */
export interface DrillRun {
  /** Makes the writer's table and starts the writer. */
  readonly begin: Task
  readonly disaster: Task
  readonly repair: Task
  /** Stops the writer and counts. */
  readonly measure: Task
  /** Leaves all as it is, and another writer at work: the repair is measured too. */
  readonly leave: Task
  /** Notes what comes after all that, so that `status` can show it. */
  mark(step: string): void
  /** Stops what still runs, however the drill went; never throws. */
  end(): Promise<void>
  /** Of what was measured. @throws Error before `measure` */
  results(): Results
  steps(): readonly StepReport[]
}

/** @param stage with the cast chosen; nothing has been touched yet */
export function drillRun(drill: Drill, stage: Stage, language: Language): DrillRun {
  const { directory, lab, guest, cast } = stage
  const [host] = [lab.backup, lab.master, ...lab.slaves].filter((node) => node?.name === cast.writer)
  if (!host) throw new Error(`there is no ${cast.writer} to write from`)
  let state: OpenDrill = {
    drill: drill.id,
    cast,
    startedMs: Date.now(),
    disasterMs: undefined,
    pid: process.pid,
    identity: identityOf(process.pid) ?? '',
    step: '',
    kept: false,
    hints: 0,
    steps: [],
  }
  let recorder: Recorder | undefined
  let results: Results | undefined
  const remember = (changes: Partial<OpenDrill>) => {
    state = { ...state, ...changes }
    writeOpenDrill(directory, state)
  }
  const live = (): LiveStage => {
    if (!recorder) throw new Error('the writer has not been started')
    return { ...stage, recorder }
  }
  const asTasks = (part: StepReport['part'], steps: readonly DrillStep[]): readonly Task[] =>
    steps.map((step) => ({
      title: step.title[language],
      run: async ({ note }) => {
        const fromMs = Date.now() - state.startedMs
        remember({ step: step.title.en })
        const result = (await step.run(note)) ?? undefined
        const toMs = Date.now() - state.startedMs
        remember({ steps: [...state.steps, { part, title: step.title, fromMs, toMs, result }] })
        return typeof result === 'object' ? result[language] : result
      },
    }))
  const stopAndCount = async (): Promise<string> => {
    remember({ step: WORDS.measure.en })
    const { recorder: running } = live()
    const endedMs = Date.now()
    await running.stop()
    const recording = running.recording()
    const loss = lossOf(recording, await numbersIn(lab, await onlyPrimary(stage), guest))
    const { startedMs, disasterMs = startedMs } = state
    results = { lab, startedMs, disasterMs, endedMs, recording, samples: running.samples(), loss }
    return `${loss.lost.length} / ${loss.acknowledged}`
  }

  return {
    begin: {
      title: WORDS.begin[language],
      run: async ({ note }) => {
        remember({ startedMs: Date.now(), step: WORDS.begin.en })
        await makeTable(lab, stage.primary, guest)
        recorder = await startRecorder({ lab, guest, directory, host, file: linesFile(directory) })
        await showCommits(recorder, COMMITS_BEFORE, note)
        return host.name
      },
    },
    disaster: {
      title: WORDS.disaster[language],
      tasks: async () => {
        remember({ disasterMs: Date.now() })
        return asTasks('disaster', drill.disaster(live()))
      },
    },
    repair: { title: WORDS.repair[language], tasks: async () => asTasks('repair', drill.repair(live())) },
    measure: { title: WORDS.measure[language], run: stopAndCount },
    leave: {
      title: WORDS.leave[language],
      run: async () => {
        await startLastingWriter({ lab, guest, directory, host }, NUMBERS_A_RUN)
        await live().recorder.stop()
        remember({ kept: true, step: WORDS.leave.en })
      },
    },
    mark: (step) => remember({ step }),
    end: async () => {
      await recorder?.stop().catch(() => {}) // what went wrong before is reported, not this
    },
    results: () => {
      if (!results) throw new Error('nothing has been measured')
      return results
    },
    steps: () => state.steps,
  }
}

/** The one that survived. */
async function onlyPrimary({ lab, guest }: Stage): Promise<LabNode> {
  const states = await askServers(lab, guest)
  const primary = primaryOf(states)
  if (primary.is === 'found') return primary.node
  throw new CommandError(notOnePrimary(states, 'to count on'), { command: 'npx create-pg-lab status' })
}

async function showCommits(recorder: Recorder, commits: number, note: Note): Promise<void> {
  note(`${commits} commits`)
  await recorder.waitForCommits(commits)
}

const WORDS = {
  begin: { en: 'Start the writer', ru: 'Запустить поток записи' },
  disaster: { en: 'The disaster', ru: 'Авария' },
  repair: { en: 'The repair', ru: 'Восстановление' },
  measure: { en: 'Count what was lost', ru: 'Посчитать потери' },
  leave: { en: 'Leave it as it is', ru: 'Оставить всё как есть' },
} as const satisfies Readonly<Record<string, Text>>
