import type { Language } from '../words/languages.ts'
import { commandOf, DRILL_WORDS } from './drill-markdown.ts'
import type { DrillReport, Text } from './drill-report.ts'
import { type Markup, tag } from './markup.ts'
import { timeOf } from './report.ts'
import { courseLegend, courseSvg } from './svg-course.ts'

/** A drill that was run, as a part of the report's page. @param at its place in the list */
export function drillSection(report: DrillReport, language: Language, at: number): Markup {
  const words = DRILL_WORDS[language]
  const say = (text: Text | string) => (typeof text === 'string' ? text : text[language])
  const versions = report.versions.map(([name, version]) => `${name} ${version}`).join(', ')
  return tag`<article aria-labelledby="drill-${at}"><h3 id="drill-${at}" class="drill">${say(report.title)}</h3>
<p class="muted">${timeOf(report.at)} · ${versions} · <code>${commandOf(report)}</code></p>
<p>${report.intro.map((text) => plain(say(text))).join(' ')}</p>
<dl class="facts figures">${report.figures.map(({ name, value }) => tag`<dt>${say(name)}</dt><dd><b>${say(value)}</b></dd>`)}</dl>
<div class="scroll" role="group" aria-label="${words.picture}: ${say(report.title)}" tabindex="0">${courseSvg(report.course, language, `course-${at}`)}</div>
${courseLegend(report.course, language)}
<ol class="steps">${report.steps.map(({ part, title, fromMs, toMs, result }) => tag`<li><b>${seconds(fromMs)}</b> ${words.parts[part]}: ${plain(say(title))}${result ? ` — ${say(result)}` : ''} <span class="muted">(${seconds(toMs - fromMs)})</span></li>`)}</ol>
<ul>${report.lessons.map((text) => tag`<li>${plain(say(text))}</li>`)}</ul></article>`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

function plain(text: string): string {
  return text.replaceAll('`', '')
}
