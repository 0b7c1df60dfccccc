import type { Lab } from '../../lab.ts'
import type { CloseUp, Course, Figure } from '../../report/drill-report.ts'
import { span } from '../../units.ts'
import { commitsInSteps, openOutageMs, outageOf, type Recording, type WriteLoss } from './recording.ts'
import type { Sample } from './sampler.ts'
import { lagsOf, twoPrimariesMs, unprotectedSpan } from './samples.ts'

/** What a drill came to, before it is put into words. All times are our own clock, in ms since 1970. */
export interface Results {
  readonly lab: Lab
  readonly startedMs: number
  /** When the disaster began. */
  readonly disasterMs: number
  /** When the writer was stopped. */
  readonly endedMs: number
  readonly recording: Recording
  readonly samples: readonly Sample[]
  readonly loss: WriteLoss
}

/** What the writer measures in every drill. */
export function commonFigures({ disasterMs, recording, loss }: Results): readonly Figure[] {
  return [
    {
      name: { en: 'Writes were refused for (RTO)', ru: 'Запись была недоступна (RTO)' },
      value: recoveryTime(recording, disasterMs),
    },
    {
      name: { en: 'Acknowledged commits lost (RPO)', ru: 'Потеряно подтверждённых транзакций (RPO)' },
      value: {
        en: `${loss.lost.length} of ${loss.acknowledged}`,
        ru: `${loss.lost.length} из ${loss.acknowledged}`,
      },
    },
    ...(loss.doubtful > 0 ? [doubtFigure(loss)] : []),
  ]
}

/** Only what the writer saw the end of has been measured. */
function recoveryTime(recording: Recording, disasterMs: number): Figure['value'] {
  const outage = outageOf(recording.commits, disasterMs)
  const endedS = outage ? (outage.after.atMs - outage.before.atMs) / 1000 : 0
  const openS = openOutageMs(recording, disasterMs) / 1000
  if (openS > endedS)
    return {
      en: `not measured: at least ${span(openS)}, and nobody took writes yet when the writer ended`,
      ru: `не измерено: не меньше ${span(openS)}, запись ещё не принималась, когда поток записи закончился`,
    }
  if (!recording.wasStopped)
    return {
      en: `not measured to the end: at least ${span(endedS)}, then the writer ended by itself`,
      ru: `измерено не до конца: не меньше ${span(endedS)}, затем поток записи прервался`,
    }
  return outage ? span(endedS) : { en: 'never', ru: 'не прерывалась' }
}

/** What the samples of the servers measure, where there were any. */
export function streamFigures({ lab, disasterMs, samples }: Results): readonly Figure[] {
  const unprotected = unprotectedSpan(lab, samples, disasterMs)
  const both = twoPrimariesMs(samples)
  const again = {
    name: {
      en: 'Everybody streamed again, after the disaster',
      ru: 'Все снова получали WAL, считая от аварии',
    },
    value: unprotected
      ? span((unprotected.toMs - disasterMs) / 1000)
      : { en: 'they never stopped', ru: 'поток не прерывался' },
  }
  if (both === 0) return [again]
  const name = { en: 'Two servers took writes at the same time', ru: 'Два сервера принимали запись сразу' }
  return [again, { name, value: span(both / 1000) }]
}

function doubtFigure({ doubtful, doubtfulKept }: WriteLoss): Figure {
  return {
    name: { en: 'Sent, but never answered', ru: 'Отправлено, но ответа не было' },
    value: {
      en: `${doubtful}, of which ${doubtfulKept} are there`,
      ru: `${doubtful}, из них на месте ${doubtfulKept}`,
    },
  }
}

/** Steps in which an outage of a second is to be seen, and how much is shown around it. */
const CLOSE_STEP_MS = 100
const AROUND_MS = 1_500

function closeUpOf({ commits }: Recording, fromMs: number, toMs: number, startedMs: number): CloseUp {
  const begin = Math.max(startedMs, fromMs - AROUND_MS)
  const writes = commitsInSteps(commits, begin, toMs + AROUND_MS, CLOSE_STEP_MS)
  return { fromMs: begin - startedMs, stepMs: CLOSE_STEP_MS, writes }
}

/** The results over time, in ms since the drill began. */
export function courseOf({ lab, startedMs, disasterMs, endedMs, recording, samples }: Results): Course {
  const outage = outageOf(recording.commits, disasterMs)
  const unprotected = unprotectedSpan(lab, samples, disasterMs)
  return {
    writes: commitsInSteps(recording.commits, startedMs, endedMs, 1_000),
    lags: lagsOf(lab, samples, startedMs),
    outage: outage && { fromMs: outage.before.atMs - startedMs, toMs: outage.after.atMs - startedMs },
    close: outage && closeUpOf(recording, outage.before.atMs, outage.after.atMs, startedMs),
    unprotected: unprotected && {
      fromMs: unprotected.fromMs - startedMs,
      toMs: unprotected.toMs - startedMs,
    },
  }
}
