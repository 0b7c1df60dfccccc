import { oneLine } from '../tools/process/clean-output.ts'
import type { Words } from '../words/index.ts'
import { type DrillReport, drillFile, say } from './drill-report.ts'
import { code, escapeMarkdown, escapeSigns, link, table } from './escape.ts'
import { timeOf } from './report.ts'
import { hasPicture } from './svg-course.ts'

/** The page of one drill, in the folder of its picture. */
export function drillMarkdown(report: DrillReport, words: Words): string {
  const { drill } = words
  const facts = [
    [drill.lab, escapeMarkdown(report.lab)],
    [drill.time, timeOf(report.at)],
    ...report.versions.map(([name, version]) => [name, escapeMarkdown(version)]),
  ]
  const steps = report.steps.map(({ part, title, fromMs, toMs, result }) => [
    words.seconds(fromMs),
    drill.parts[part],
    [prose(say(title, words)), ...(result ? [escapeMarkdown(say(result, words))] : [])].join(': '),
    words.seconds(toMs - fromMs),
  ])
  return `${[
    `<!-- ${drill.origin} -->`,
    `# ${escapeMarkdown(say(report.title, words))}`,
    report.intro.map((text) => prose(say(text, words))).join(' '),
    table(['', ''], [...facts, ['', code(commandOf(report))]]),
    `## ${drill.figures}`,
    ...figures(report, words, ''),
    `## ${drill.happened}`,
    table([drill.after, '', drill.step, drill.took], steps),
    `## ${drill.lessons}`,
    report.lessons.map((text) => `- ${prose(say(text, words))}`).join('\n'),
  ].join('\n\n')}\n`
}

/** A drill as a part of the report. @param folder of its page, seen from the report */
export function drillBlocks(report: DrillReport, words: Words, folder: string): readonly string[] {
  return [
    `### ${escapeMarkdown(say(report.title, words))}`,
    `${timeOf(report.at)} · ${code(commandOf(report))}`,
    ...figures(report, words, `${folder}/`),
    report.lessons.map((text) => `- ${prose(say(text, words))}`).join('\n'),
    `[${words.drill.page}](${link(`${folder}/${drillFile(report)}.md`)})`,
  ]
}

/** @param before the path of its folder, ending with a slash */
function figures(report: DrillReport, words: Words, before: string): readonly string[] {
  const rows = report.figures.map(({ name, value }) => [
    prose(say(name, words)),
    `**${escapeMarkdown(say(value, words))}**`,
  ])
  const picture = link(`${before}${drillFile(report)}.svg`)
  return [
    table([words.drill.what, words.drill.value], rows),
    ...(hasPicture(report.course) ? [`![${words.drill.picture}](${picture})`] : []),
  ]
}

/** How to run it again. */
export function commandOf({ drill, how }: Pick<DrillReport, 'drill' | 'how'>): string {
  return ['npx create-pg-lab drill', drill, ...(how ? [`--how ${how}`] : [])].join(' ')
}

/** Our own words, in which backticks mean code. */
function prose(text: string): string {
  return oneLine(text)
    .split('`')
    .map((part, at) => (at % 2 === 1 && part.trim() !== '' ? code(part) : escapeSigns(part)))
    .join('')
}
