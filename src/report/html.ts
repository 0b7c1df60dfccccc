import type { Finding } from '../finding.ts'
import type { Section, TranscriptStep } from '../observe/transcript.ts'
import type { Words } from '../words/index.ts'
import { drillSection } from './drill-html.ts'
import { checkTitle, sectionTitle } from './markdown.ts'
import { type Markup, NOTHING, tag } from './markup.ts'
import { STYLE } from './page-style.ts'
import { type CheckReport, factsOf, findingsOf, isStepOk, type Report, verdictOf } from './report.ts'
import { lagLegend, lagSvg } from './svg-lag.ts'
import { topologySvg } from './svg-topology.ts'

/** The report as one page that needs nothing else: no script, no network. */
export function html(report: Report, words: Words): string {
  const title = words.title(report.lab)
  const parts: readonly PagePart[] = [
    { id: 'topology', title: words.topology, body: topology(report, words) },
    ...report.sections.map((section, at) => ({
      id: `host-${at}`,
      title: sectionTitle(section, words),
      body: evidence(report, section, words),
    })),
    ...(report.load ? [{ id: 'lag', title: words.lag, body: lag(report.load, words) }] : []),
    ...(report.drills.length > 0 ? [{ id: 'drills', title: words.drills, body: drills(report, words) }] : []),
    { id: 'checks', title: words.checks, body: checks(report, words) },
    ...(report.files.length > 0 ? [{ id: 'files', title: words.files, body: files(report, words) }] : []),
    ...(report.provenance.edits.length > 0
      ? [{ id: 'edits', title: words.edits, body: edits(report, words) }]
      : []),
  ]
  const page = tag`<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${verdict(report, words)}
${report.isReadOnly ? tag`<p>${words.readOnly}</p>` : NOTHING}
${facts(report, words)}
<nav aria-label="${words.contents}"><ul>
${parts.map((part) => tag`<li><a href="#${part.id}">${part.title}</a></li>`)}
</ul></nav>
</header>
<main>
${parts.map(section)}
</main>
<footer><p>${words.origin.replaceAll('`', '')}</p></footer>
</body>
</html>
`
  return page.markup
}

interface PagePart {
  readonly id: string
  readonly title: string
  readonly body: Markup
}

function section({ id, title, body }: PagePart): Markup {
  return tag`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${body}</section>`
}

function verdict(report: Report, words: Words): Markup {
  const { ok, findings, failed, brokenSteps } = verdictOf(report)
  const line = failed === 0 ? words.allWell(findings) : words.someFailed(failed, findings)
  const more = brokenSteps > 0 ? `. ${words.commandsFailed(brokenSteps)}` : ''
  return tag`<p class="verdict ${ok ? 'ok' : 'bad'}">${mark(ok)} ${line}${more}</p>`
}

function facts(report: Report, words: Words): Markup {
  const rows = factsOf(report, words).map(({ name, value, isCode }) => {
    return tag`<dt>${name}</dt><dd>${isCode ? tag`<code>${value}</code>` : value}</dd>`
  })
  return tag`<dl class="facts">${rows}</dl>`
}

function mark(ok: boolean): string {
  return ok ? '✔' : '✖'
}

function topology({ survey }: Report, words: Words): Markup {
  return tag`<p>${words.topologyWords}</p><div class="scroll" role="group" aria-label="${words.topology}" tabindex="0">${topologySvg(survey, words)}</div>`
}

function checks(report: Report, words: Words): Markup {
  return tag`<p>${prose(words.checksWords)}</p>${report.checks.map((check) => checkDetails(check, words))}`
}

function checkDetails(check: CheckReport, words: Words): Markup {
  const failed = check.findings.filter(({ ok }) => !ok).length
  const { length } = check.findings
  const count = failed === 0 ? words.countFindings(length) : words.failedFindings(failed, length)
  const inOrder = [...check.findings].sort((a, b) => Number(a.ok) - Number(b.ok)) // what failed comes first
  const findings = inOrder.map((finding) => findingItem(finding, words, finding.node))
  return folded(failed === 0, checkTitle(check, words), count, tag`<ul class="findings">${findings}</ul>`)
}

/** A part that can be folded away, and is while all is well: what is to be read is open from the beginning. */
function folded(ok: boolean, title: string, count: string, body: Markup, isOpen = !ok): Markup {
  const note = count === '' ? NOTHING : tag` <span class="count">${count}</span>`
  return tag`<details${isOpen ? tag` open` : NOTHING}><summary><span class="${ok ? 'ok' : 'bad'}">${mark(ok)}</span> <h3>${title}</h3>${note}</summary>
${body}</details>`
}

function findingItem({ ok, what, expected, observed, hint }: Finding, words: Words, node: string): Markup {
  const where = node === '' ? NOTHING : tag`<b>${node}</b> · `
  const { tell } = words
  const text = ok
    ? tag`${tell(what)}: ${tell(observed)}`
    : tag`<b>${tell(what)}</b>: ${words.expected} ${tell(expected)}; ${words.observed} <span class="bad">${tell(observed)}</span>`
  const remedy = !ok && hint ? tag` <span class="hint">→ ${tell(hint)}</span>` : NOTHING
  return tag`<li><span class="${ok ? 'ok' : 'bad'}">${mark(ok)}</span> ${where}${text}${remedy}</li>`
}

function lag(load: NonNullable<Report['load']>, words: Words): Markup {
  const text = words.lagWords(load.rate, load.seconds, load.transactions)
  if (load.samples.every(({ lags }) => Object.keys(lags).length === 0))
    return tag`<p>${text} ${words.noLag}</p>`
  return tag`<p>${text}</p><div class="scroll" role="group" aria-label="${words.lag}" tabindex="0">${lagSvg(load, words)}</div>${lagLegend(load, words)}`
}

function drills(report: Report, words: Words): Markup {
  const sections = report.drills.map((drill, at) => drillSection(drill, words, at))
  return tag`<p>${prose(words.drillsWords)}</p>${sections}`
}

function evidence(report: Report, { steps }: Section, words: Words): Markup {
  return tag`${steps.map((step) => stepDetails(report, step, words))}`
}

function stepDetails(report: Report, step: TranscriptStep, words: Words): Markup {
  const { title, why } = words.steps[step.id]
  const findings = findingsOf(report, step).map((finding) => findingItem(finding, words, ''))
  const own = tag`<li><span class="${step.ok ? 'ok' : 'bad'}">${mark(step.ok)}</span> ${step.ok ? words.commandDone : words.commandFailed}</li>`
  const items = step.ok && findings.length > 0 ? findings : [own, ...findings]
  return folded(
    isStepOk(report, step),
    title,
    '',
    tag`<p>${prose(why)}</p>
<pre tabindex="0"><b>$ ${step.command}</b>
${step.output}</pre>
<ul class="findings">${items}</ul>`,
    true,
  )
}

function files({ files: copies }: Report, words: Words): Markup {
  const parts = copies.map(({ node, source, text }) =>
    folded(true, `${node}: ${source}`, '', tag`<pre tabindex="0">${text}</pre>`),
  )
  return tag`<p>${words.filesWords}</p>${parts}`
}

function edits({ provenance }: Report, words: Words): Markup {
  const parts = provenance.edits.map(({ path, patch }) =>
    folded(true, path, '', tag`<pre tabindex="0">${patch}</pre>`),
  )
  return tag`<p>${prose(words.editsWords)}</p>${parts}`
}

/** Our own words, in which backticks mean code. */
function prose(text: string): Markup {
  const parts = text.split('`').map((part, at) => (at % 2 === 1 ? tag`<code>${part}</code>` : tag`${part}`))
  return { markup: parts.map(({ markup }) => markup).join('') }
}
