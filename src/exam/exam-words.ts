import type { Language } from '../words/languages.ts'

/** Every word of an exam that is no fault's own. */
interface ExamWords {
  readonly headline: (seed: number, faults: number, minutesLeft: number) => string
  readonly hintsTaken: (hints: number) => string
  readonly wayOn: readonly string[]
  readonly isAbout: (area: string) => string
  readonly isOn: (node: string) => string
  readonly hintsCost: (points: number, isLast: boolean) => string
  readonly points: (seed: number, points: number) => string
  readonly time: (used: number, given: number, taken: number) => string
  readonly rows: (kept: number | undefined, all: number, taken: number) => string
  readonly untidy: (taken: number) => string
  readonly typed: string
  readonly exitCode: (code: number) => string
  readonly repaired: string
  readonly notRepaired: string
  readonly seenRepaired: (after: string) => string
  readonly pointsOf: (points: number) => string
  readonly symptom: string
  readonly cause: string
  readonly remedy: string
  readonly now: string
  readonly gone: string
}

const off = (taken: number) => (taken > 0 ? ` (−${taken})` : '')

/** The Russian form for a number. */
function counted(number: number, one: string, few: string, many: string): string {
  const [tens, units] = [number % 100, number % 10]
  if (units === 1 && tens !== 11) return `${number} ${one}`
  return `${number} ${units >= 2 && units <= 4 && (tens < 12 || tens > 14) ? few : many}`
}

const minutesRu = (number: number) => counted(number, 'минута', 'минуты', 'минут')

export const EXAM_SAYS: Readonly<Record<Language, ExamWords>> = {
  en: {
    headline: (seed, faults, left) =>
      `Exam ${seed}: ${faults} ${faults === 1 ? 'fault' : 'faults'} · ` +
      (left >= 0 ? `${left} min left` : `${-left} min over the time`),
    hintsTaken: (hints) => `${hints} ${hints === 1 ? 'hint' : 'hints'}`,
    wayOn: [
      'A hint costs points: npx create-pg-lab exam hint 1',
      'Hand it in:          npx create-pg-lab exam submit',
    ],
    isAbout: (area) => `It is about ${area}.`,
    isOn: (node) => `It is on ${node}.`,
    hintsCost: (points, isLast) =>
      `These hints cost ${points} points${isLast ? '; there are no more for this symptom' : ''}.`,
    points: (seed, points) => `Exam ${seed}: ${points} of 100 points`,
    time: (used, given, taken) => `Time: ${used} of ${given} min${off(taken)}`,
    rows: (kept, all, taken) =>
      kept === undefined
        ? `Data: no primary could be asked for the ${all} acknowledged rows${off(taken)}`
        : `Data: ${kept} of ${all} acknowledged rows are there${off(taken)}`,
    untidy: (taken) => `Something else is not as the config asks${off(taken)}: npx create-pg-lab verify`,
    typed: 'Typed with this program meanwhile',
    exitCode: (code) => `exit code ${code}`,
    repaired: 'Repaired',
    notRepaired: 'Not repaired',
    seenRepaired: (after) => `as a verify saw after ${after}`,
    pointsOf: (points) => `${points} points`,
    symptom: 'symptom',
    cause: 'cause',
    remedy: 'remedy',
    now: 'now',
    gone: 'nothing to find any more',
  },
  ru: {
    headline: (seed, faults, left) =>
      `Экзамен ${seed}: ${counted(faults, 'неисправность', 'неисправности', 'неисправностей')} · ` +
      (left >= 0 ? `осталось: ${minutesRu(left)}` : `время вышло: ${minutesRu(-left)} назад`),
    hintsTaken: (hints) => counted(hints, 'подсказка', 'подсказки', 'подсказок'),
    wayOn: [
      'Подсказка стоит баллов: npx create-pg-lab exam hint 1',
      'Сдать работу:           npx create-pg-lab exam submit',
    ],
    isAbout: (area) => `Область: ${area}.`,
    isOn: (node) => `Машина: ${node}.`,
    hintsCost: (points, isLast) =>
      `Снято баллов за эти подсказки: ${points}${isLast ? '; других по этой жалобе нет' : ''}.`,
    points: (seed, points) => `Экзамен ${seed}: ${counted(points, 'балл', 'балла', 'баллов')} из 100`,
    time: (used, given, taken) => `Время: ${used} из ${given} мин${off(taken)}`,
    rows: (kept, all, taken) =>
      kept === undefined
        ? `Данные: нет мастера, у которого можно спросить о подтверждённых строках (${all})${off(taken)}`
        : `Данные: на месте ${kept} из ${all} подтверждённых строк${off(taken)}`,
    untidy: (taken) => `Кое-что ещё не так, как в конфигурации${off(taken)}: npx create-pg-lab verify`,
    typed: 'Что вводилось через эту программу',
    exitCode: (code) => `код завершения ${code}`,
    repaired: 'Исправлено',
    notRepaired: 'Не исправлено',
    seenRepaired: (after) => `проверка verify увидела это через ${after}`,
    pointsOf: (points) => `баллы: ${points}`,
    symptom: 'жалоба',
    cause: 'причина',
    remedy: 'решение',
    now: 'сейчас',
    gone: 'больше ничего не найдено',
  },
}
