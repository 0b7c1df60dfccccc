import type { Language } from '../words/languages.ts'
import type { DrillReport, Text } from './drill-report.ts'
import { code, escapeMarkdown } from './escape.ts'
import { timeOf } from './report.ts'

/** What both forms of a drill's page say. */
export const DRILL_WORDS = {
  en: {
    origin: 'Written by `npx create-pg-lab drill`. Each run makes a page of its own.',
    happened: 'What happened',
    figures: 'Measured',
    lessons: 'What is to be learned',
    after: 'After',
    step: 'Step',
    took: 'Took',
    what: 'What',
    value: 'Value',
    parts: { disaster: 'Disaster', repair: 'Repair' },
    picture: 'Writes a second and lag, over time',
    lab: 'Lab',
    time: 'Time',
  },
  ru: {
    origin: 'Создано командой `npx create-pg-lab drill`. У каждого запуска своя страница.',
    happened: 'Что произошло',
    figures: 'Измерено',
    lessons: 'Чему это учит',
    after: 'Через',
    step: 'Шаг',
    took: 'Длился',
    what: 'Что',
    value: 'Значение',
    parts: { disaster: 'Авария', repair: 'Восстановление' },
    picture: 'Записей в секунду и отставание во времени',
    lab: 'Стенд',
    time: 'Время',
  },
} as const

/**
 * The page of one drill.
 * @param picture name of the SVG file beside it
 */
export function drillMarkdown(report: DrillReport, language: Language, picture: string): string {
  const words = DRILL_WORDS[language]
  const say = (text: Text | string) => (typeof text === 'string' ? text : text[language])
  const facts = [
    [words.lab, escapeMarkdown(report.lab)],
    [words.time, timeOf(report.at)],
    ...report.versions.map(([name, version]) => [name, escapeMarkdown(version)]),
  ]
  const steps = report.steps.map(({ part, title, fromMs, toMs, result }) => [
    `${(fromMs / 1000).toFixed(1)} s`,
    words.parts[part],
    [prose(say(title)), ...(result ? [escapeMarkdown(say(result))] : [])].join(': '),
    `${((toMs - fromMs) / 1000).toFixed(1)} s`,
  ])
  const figures = report.figures.map(({ name, value }) => [
    prose(say(name)),
    `**${escapeMarkdown(say(value))}**`,
  ])
  return `${[
    `<!-- ${words.origin} -->`,
    `# ${escapeMarkdown(say(report.title))}`,
    report.intro.map((text) => prose(say(text))).join(' '),
    table(['', ''], [...facts, ['', code(commandOf(report))]]),
    `## ${words.figures}`,
    table([words.what, words.value], figures),
    `![${words.picture}](${picture})`,
    `## ${words.happened}`,
    table([words.after, '', words.step, words.took], steps),
    `## ${words.lessons}`,
    report.lessons.map((text) => `- ${prose(say(text))}`).join('\n'),
  ].join('\n\n')}\n`
}

/** How to run it again. */
export function commandOf({ drill, how }: Pick<DrillReport, 'drill' | 'how'>): string {
  return ['npx create-pg-lab drill', drill, ...(how ? [`--how ${how}`] : [])].join(' ')
}

/** Our own words, in which backticks mean code; names of hosts in them may hold an underscore. */
function prose(text: string): string {
  return text
    .split('`')
    .map((part, at) => (at % 2 === 1 ? code(part) : part.replace(/[*_|<>]/g, '\\$&')))
    .join('')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
