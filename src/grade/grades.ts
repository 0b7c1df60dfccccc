import { type Markup, NOTHING, tag } from '../report/markup.ts'
import { STYLE } from '../report/page-style.ts'
import type { GradeWords } from './grade-words.ts'
import { GRADE_WORDS, type Rubric } from './rubric.ts'
import type { Sheet, SheetMark } from './sheet.ts'
import type { Likeness } from './similar.ts'

/** All hand-ins of one grading. */
export interface Grades {
  readonly rubric: Rubric
  /** Machines ran; else files were read, and no more. */
  readonly isLive: boolean
  readonly sheets: readonly Sheet[]
  readonly likenesses: readonly Likeness[]
}

/** For machines. */
export function gradesData({ rubric, isLive, sheets, likenesses }: Grades): object {
  return { title: rubric.title, language: rubric.language, isLive, handIns: sheets, similar: likenesses }
}

/** A row a hand-in, a column a criterion; what was not asked stays empty. */
export function gradesCsv({ rubric, sheets }: Grades): string {
  const { columns } = GRADE_WORDS[rubric.language]
  const [{ marks: asked } = { marks: [] }] = sheets // all are asked the same
  const head = [columns.student, columns.points, '100 %', ...asked.map((mark) => mark.asked)]
  const rows = sheets.map(({ name, points, of, marks }) => [
    name,
    points,
    of,
    ...marks.map(({ outcome, got }) => (outcome === 'unasked' ? '' : got)),
  ])
  return [head, ...rows].map((row) => `${row.map(csvCell).join(',')}\r\n`).join('')
}

/** A spreadsheet takes a cell that begins so for a formula, whoever wrote it. */
function csvCell(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const PAGES = `
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid var(--line)}
td.points{white-space:nowrap;text-align:right}
@media print{.student{break-before:page}}
`

/** One file: a table of all, and a page a student. */
export function gradesPage(grades: Grades): string {
  const { rubric, sheets } = grades
  const words = GRADE_WORDS[rubric.language]
  const page = tag`<!doctype html>
<html lang="${words.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${rubric.title}</title>
<style>${{ markup: STYLE + PAGES }}</style>
</head>
<body>
<header>
<h1>${rubric.title}</h1>
<p>${grades.isLive ? words.liveIntro : words.intro}</p>
</header>
<main>
${overview(grades, words)}
${similar(grades, words)}
${sheets.map((sheet, at) => student(sheet, at, words))}
</main>
</body>
</html>
`
  return page.markup
}

function overview({ sheets }: Grades, words: GradeWords): Markup {
  const { columns } = words
  const rows = sheets.map((sheet, at) => {
    const faults = faultsOf(sheet).map(({ asked }) => asked)
    return tag`<tr><th scope="row"><a href="#hand-in-${at}">${sheet.name}</a></th><td class="points">${words.points(sheet.points, sheet.of)}</td><td>${faults.join('; ') || words.noFaults}</td></tr>`
  })
  return tag`<div class="scroll" role="group" aria-label="${columns.points}" tabindex="0"><table>
<thead><tr><th scope="col">${columns.student}</th><th scope="col">${columns.points}</th><th scope="col">${columns.faults}</th></tr></thead>
<tbody>
${rows}
</tbody>
</table></div>`
}

function similar({ likenesses }: Grades, words: GradeWords): Markup {
  if (likenesses.length === 0) return NOTHING
  const items = likenesses.map(
    ({ names, reasons }) => tag`<li><b>${names.join(' · ')}</b>: ${reasons.join('; ')}</li>`,
  )
  return tag`<section aria-labelledby="similar"><h2 id="similar">${words.similar}</h2>
<p>${words.similarIntro}</p><ul>
${items}
</ul></section>`
}

function student({ name, points, of, marks, notRead }: Sheet, at: number, words: GradeWords): Markup {
  const { columns } = words
  return tag`<section class="student" id="hand-in-${at}" aria-labelledby="hand-in-${at}-title"><h2 id="hand-in-${at}-title">${name}: ${words.points(points, of)}</h2>
<div class="scroll" role="group" aria-label="${name}" tabindex="0"><table>
<thead><tr><th scope="col">${columns.asked}</th><th scope="col">${columns.expected}</th><th scope="col">${columns.observed}</th><th scope="col">${columns.proof}</th><th scope="col">${columns.points}</th></tr></thead>
<tbody>
${marks.map((mark) => row(mark, words))}
</tbody>
</table></div>
${notRead.length > 0 ? tag`<p>${words.notRead}: ${notRead.map(({ path, why }) => `${path} (${words.why[why]})`).join('; ')}</p>` : NOTHING}
</section>`
}

const SIGNS = { met: ['ok', '✔'], failed: ['bad', '✖'], unasked: ['muted', '–'] } as const

function row({ asked, expected, outcome, seen, command, got, points }: SheetMark, words: GradeWords): Markup {
  const [style, sign] = SIGNS[outcome]
  const items = seen.map((text) => tag`<li>${text}</li>`)
  const earned = outcome === 'unasked' ? words.outcomes.unasked : words.points(got, points)
  return tag`<tr><th scope="row"><span class="${style}" role="img" aria-label="${words.outcomes[outcome]}">${sign}</span> ${asked}</th><td>${expected}</td><td><ul class="findings">${items}</ul></td><td><code>${command}</code></td><td class="points">${earned}</td></tr>`
}

/** What is not as asked. */
export function faultsOf({ marks }: Pick<Sheet, 'marks'>): readonly SheetMark[] {
  return marks.filter(({ outcome }) => outcome === 'failed')
}
