import type { Finding } from '../finding.ts'
import type { Section, TranscriptStep } from '../observe/transcript.ts'
import { size, span } from '../units.ts'
import type { Words } from '../words/index.ts'
import { code, escapeMarkdown, fenced } from './escape.ts'
import { mermaid } from './mermaid.ts'
import { type CheckReport, findingsOf, type Report, timeOf, verdictOf, worstLags } from './report.ts'

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
    facts(report, words),
    words.page(`[${page}](${page})`),
    `## ${words.topology}`,
    words.topologyWords,
    fenced(mermaid(report.survey, words), 'mermaid'),
    nodes(report, words),
    ...report.sections.flatMap((section) => sectionBlocks(report, section, words)),
    ...lag(report, words),
    ...checks(report, words),
    ...files(report, words),
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

function facts({ at, versions, config }: Report, { facts: names }: Words): string {
  const rows = [
    [names.time, timeOf(at)],
    ...versions.map(([name, version]) => [name, escapeMarkdown(version)]),
    [names.config, code(config.file)],
    [names.sha256, code(config.sha256)],
  ]
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
      `${mark(one.ok)} ${escapeMarkdown(one.state)}`,
      one.timeline === undefined ? '' : String(one.timeline),
      escapeMarkdown(one.lsn ?? ''),
      one.slot ? code(one.slot) : '',
      one.lag ? `${size(one.lag.bytes)}, ${span(one.lag.seconds)}` : '',
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
  const counted = good.length > LISTED ? [`- ✔ ${words.wellFindings(good.length)}`] : good.map(goodLine)
  return [...counted, ...failed.flatMap((finding) => failedLines(finding, words))]
}

function goodLine({ what, observed }: Finding): string {
  return `- ✔ ${escapeMarkdown(what)}: ${escapeMarkdown(observed)}`
}

function failedLines({ what, expected, observed, hint }: Finding, words: Words): readonly string[] {
  const seen = `${words.expected} ${escapeMarkdown(expected)}; ${words.observed} ${escapeMarkdown(observed)}`
  return [`- ✖ **${escapeMarkdown(what)}**: ${seen}`, ...(hint ? [`  - → ${escapeMarkdown(hint)}`] : [])]
}

function lag({ load }: Report, words: Words): readonly string[] {
  if (!load) return []
  const worst = worstLags(load.samples).map(
    ({ name, bytes, seconds }) =>
      `- **${escapeMarkdown(name)}**: ${words.atMost(size(bytes), span(seconds))}`,
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
  return [`## ${words.checks}`, words.checksWords, table(['', 'id', check, findings], rows), ...failures]
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
    const what = `${finding.node}: ${finding.what}`
    const key = JSON.stringify([what, finding.expected, finding.observed])
    if (told.has(key)) return [`- ✖ **${escapeMarkdown(what)}**: ${words.asAbove}`]
    told.add(key)
    return failedLines({ ...finding, what }, words)
  })
  return [`### ✖ ${escapeMarkdown(checkTitle(check, words))}`, lines.join('\n')]
}

function files({ files: copies }: Report, words: Words): readonly string[] {
  if (copies.length === 0) return []
  const rows = copies.map(({ node, source, path }) => [
    escapeMarkdown(node),
    `[${code(source)}](${encodeURI(path)})`,
  ])
  return [`## ${words.files}`, words.filesWords, table([words.columns.node, words.columns.file], rows)]
}

/** @param rows cells of Markdown */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
