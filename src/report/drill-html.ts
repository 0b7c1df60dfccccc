import type { Words } from '../words/index.ts'
import { commandOf } from './drill-markdown.ts'
import { type DrillReport, say } from './drill-report.ts'
import { type Markup, NOTHING, tag } from './markup.ts'
import { timeOf } from './report.ts'
import { courseLegend, courseSvg, hasPicture } from './svg-course.ts'

/** A drill that was run, as a part of the report's page. @param at its place in the list */
export function drillSection(report: DrillReport, words: Words, at: number): Markup {
  const versions = report.versions.map(([name, version]) => `${name} ${version}`).join(', ')
  const steps = report.steps.map(({ part, title, fromMs, toMs, result }) => {
    const came = result ? ` — ${say(result, words)}` : ''
    return tag`<li><b>${words.seconds(fromMs)}</b> ${words.drill.parts[part]}: ${plain(say(title, words))}${came} <span class="muted">(${words.seconds(toMs - fromMs)})</span></li>`
  })
  return tag`<article aria-labelledby="drill-${at}"><h3 id="drill-${at}" class="drill">${say(report.title, words)}</h3>
<p class="muted">${timeOf(report.at)} · ${versions} · <code>${commandOf(report)}</code></p>
<p>${report.intro.map((text) => plain(say(text, words))).join(' ')}</p>
<dl class="facts figures">${report.figures.map(({ name, value }) => tag`<dt>${say(name, words)}</dt><dd><b>${say(value, words)}</b></dd>`)}</dl>
${picture(report, words, at)}
<ol class="steps">${steps}</ol>
<ul>${report.lessons.map((text) => tag`<li>${plain(say(text, words))}</li>`)}</ul></article>`
}

function picture({ course, title }: DrillReport, words: Words, at: number): Markup {
  if (!hasPicture(course)) return NOTHING
  return tag`<div class="scroll" role="group" aria-label="${words.drill.picture}: ${say(title, words)}" tabindex="0">${courseSvg(course, words, `course-${at}`)}</div>
${courseLegend(course, words)}`
}

function plain(text: string): string {
  return text.replaceAll('`', '')
}
