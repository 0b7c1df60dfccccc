import { basename } from 'node:path/posix'
import type { Finding } from '../finding.ts'
import { LAB_FILES } from '../lab-files.ts'
import type { Section, TranscriptStep } from '../observe/transcript.ts'
import type { Words } from '../words/index.ts'
import { drillBlocks } from './drill-markdown.ts'
import { code, escapeMarkdown, fenced, link, table } from './escape.ts'
import { mermaid } from './mermaid.ts'
import { type CheckReport, factsOf, findingsOf, type Report, verdictOf, worstLags } from './report.ts'

/** More good findings than these are only counted. */
const LISTED = 6

/**
 * The report as `README.md`.
 * @param page link to the HTML page beside it
 */
export function markdown(report: Report, words: Words, page: string): string {
  const blocks = [
    `<!-- ${words.origin} -->`,
    `# ${escapeMarkdown(words.title(report.lab))}`,
    verdict(report, words),
    report.isReadOnly ? words.readOnly : '',
    facts(report, words),
    words.page(`[${page}](${page})`),
    `## ${words.topology}`,
    words.topologyWords,
    fenced(mermaid(report.survey, words), 'mermaid'),
    nodes(report, words),
    ...report.sections.flatMap((section) => sectionBlocks(report, section, words)),
    ...lag(report, words),
    ...drills(report, words),
    ...checks(report, words),
    ...files(report, words),
    ...edits(report, words),
  ]
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`
}

function mark(ok: boolean): string {
  return ok ? '✔' : '✖'
}

function verdict(report: Report, words: Words): string {
  const { ok, findings, failed, brokenSteps } = verdictOf(report)
  const lines = [
    failed === 0 ? words.allWell(findings) : words.someFailed(failed, findings),
    ...(brokenSteps > 0 ? [words.commandsFailed(brokenSteps)] : []),
  ]
  return `**${mark(ok)} ${lines.join('. ')}**`
}

function facts(report: Report, words: Words): string {
  const rows = factsOf(report, words).map(({ name, value, isCode }) => [
    name,
    isCode ? code(value) : escapeMarkdown(value),
  ])
  return table(['', ''], rows)
}

function nodes({ survey }: Report, words: Words): string {
  const { node, address, role, state, timeline, lsn, lag: lagName, slot } = words.columns
  return table(
    [node, address, role, state, timeline, lsn, slot, lagName],
    survey.nodes.map((one) => [
      `**${escapeMarkdown(one.name)}**`,
      one.address,
      words.roles[one.role],
      `${mark(one.ok)} ${escapeMarkdown(words.tell(one.state))}`,
      one.timeline === undefined ? '' : String(one.timeline),
      escapeMarkdown(one.lsn ?? ''),
      one.slot ? code(one.slot) : '',
      one.lag ? `${words.size(one.lag.bytes)}, ${words.span(one.lag.seconds)}` : '',
    ]),
  )
}

/** The heading of a host's section: its name, and what it is. */
export function sectionTitle({ node, address, kind }: Section, words: Words): string {
  return `${node} — ${words.roles[kind]}, ${address}`
}

function sectionBlocks(report: Report, section: Section, words: Words): readonly string[] {
  return [
    `## ${escapeMarkdown(sectionTitle(section, words))}`,
    ...section.steps.flatMap((step) => stepBlocks(report, step, words)),
  ]
}

function stepBlocks(report: Report, step: TranscriptStep, words: Words): readonly string[] {
  const { title, why } = words.steps[step.id]
  const findings = findingsOf(report, step)
  const own = step.ok ? [] : [`- ✖ ${words.commandFailed}`]
  const seen =
    findings.length > 0 ? findingLines(findings, words) : step.ok ? [`- ✔ ${words.commandDone}`] : []
  return [
    `### ${title}`,
    why,
    fenced(`$ ${step.command}\n${step.output}`, 'console'),
    [...own, ...seen].join('\n'),
  ]
}

function findingLines(findings: readonly Finding[], words: Words): readonly string[] {
  const failed = findings.filter(({ ok }) => !ok)
  const good = findings.filter(({ ok }) => ok)
  const counted =
    good.length > LISTED
      ? [`- ✔ ${words.wellFindings(good.length)}`]
      : good.map((finding) => goodLine(finding, words))
  return [...counted, ...failed.flatMap((finding) => failedLines(finding, words))]
}

function goodLine({ what, observed }: Finding, { tell }: Words): string {
  return `- ✔ ${escapeMarkdown(tell(what))}: ${escapeMarkdown(tell(observed))}`
}

/** @param where the host, where the heading does not name it */
function failedLines(
  { what, expected, observed, hint }: Finding,
  words: Words,
  where = '',
): readonly string[] {
  const told = (text: string) => escapeMarkdown(words.tell(text))
  const seen = `${words.expected} ${told(expected)}; ${words.observed} ${told(observed)}`
  return [`- ✖ **${escapeMarkdown(where)}${told(what)}**: ${seen}`, ...(hint ? [`  - → ${told(hint)}`] : [])]
}

function lag({ load }: Report, words: Words): readonly string[] {
  if (!load) return []
  const worst = worstLags(load.samples).map(
    ({ name, bytes, seconds }) =>
      `- **${escapeMarkdown(name)}**: ${words.atMost(words.size(bytes), words.span(seconds))}`,
  )
  const text = words.lagWords(load.rate, load.seconds, load.transactions)
  return [`## ${words.lag}`, text, worst.join('\n') || words.noLag]
}

function checks(report: Report, words: Words): readonly string[] {
  const rows = report.checks.map((check) => {
    const failed = check.findings.filter(({ ok }) => !ok).length
    const { length } = check.findings
    const count = failed === 0 ? words.wellFindings(length) : `**${words.failedFindings(failed, length)}**`
    return [mark(failed === 0), code(check.id), escapeMarkdown(checkTitle(check, words)), count]
  })
  const { check, findings } = words.columns
  const told = new Set<string>()
  const failures = report.checks.flatMap((one) => failuresOf(one, words, told))
  const folded = ['<details>', `<summary>${words.checksWords}</summary>`]
  return [
    `## ${words.checks}`,
    ...failures,
    folded.join('\n'),
    table(['', 'id', check, findings], rows),
    '</details>',
  ]
}

function drills(report: Report, words: Words): readonly string[] {
  if (report.drills.length === 0) return []
  const folder = basename(LAB_FILES.drills.path)
  return [
    `## ${words.drills}`,
    words.drillsWords,
    ...report.drills.flatMap((drill) => drillBlocks(drill, words, folder)),
  ]
}

function edits({ provenance }: Report, words: Words): readonly string[] {
  if (provenance.edits.length === 0) return []
  const patches = provenance.edits.flatMap(({ path, patch }) => [`### ${code(path)}`, fenced(patch, 'diff')])
  return [`## ${words.edits}`, words.editsWords, ...patches]
}

/** The title of a check in the report's language, where it has one. */
export function checkTitle({ id, title }: CheckReport, { checkTitles }: Words): string {
  return checkTitles[id] ?? title
}

/** @param told what earlier checks have shown: a host that is down fails many of them */
function failuresOf(check: CheckReport, words: Words, told: Set<string>): readonly string[] {
  const failed = check.findings.filter(({ ok }) => !ok)
  if (failed.length === 0) return []
  const lines = failed.flatMap((finding) => {
    const { node, what, expected, observed } = finding
    const key = JSON.stringify([node, what, expected, observed])
    const where = `${node}: `
    if (told.has(key)) return [`- ✖ **${escapeMarkdown(`${where}${words.tell(what)}`)}**: ${words.asAbove}`]
    told.add(key)
    return failedLines(finding, words, where)
  })
  return [`### ✖ ${escapeMarkdown(checkTitle(check, words))}`, lines.join('\n')]
}

function files({ files: copies }: Report, words: Words): readonly string[] {
  if (copies.length === 0) return []
  const rows = copies.map(({ node, source, path }) => [
    escapeMarkdown(node),
    `[${code(source)}](${link(path)})`,
  ])
  return [`## ${words.files}`, words.filesWords, table([words.columns.node, words.columns.file], rows)]
}
