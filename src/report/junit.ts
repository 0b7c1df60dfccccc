import { cleanOutput, oneLine } from '../tools/process/clean-output.ts'
import { type Markup, tag } from './markup.ts'
import type { CheckReport } from './report.ts'

/** Findings as a JUnit file, which every CI reads: a suite a check, a test case a finding. */
export function junit(checks: readonly CheckReport[]): string {
  const all = checks.flatMap(({ findings }) => findings)
  const file = tag`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="create-pg-lab verify" tests="${all.length}" failures="${all.filter(({ ok }) => !ok).length}">
${checks.map(suite)}
</testsuites>
`
  return file.markup
}

function suite({ id, title, findings }: CheckReport): Markup {
  const failures = findings.filter(({ ok }) => !ok).length
  return tag`<testsuite name="${id}" tests="${findings.length}" failures="${failures}">
<properties><property name="title" value="${title}"/></properties>
${findings.map(testCase)}
</testsuite>`
}

function testCase({
  check,
  node,
  what,
  ok,
  expected,
  observed,
  hint,
  output,
}: CheckReport['findings'][number]): Markup {
  const name = tag`<testcase classname="${check}.${node}" name="${oneLine(what)}">`
  if (ok) return tag`${name}</testcase>`
  const message = oneLine(`expected ${expected}, observed ${observed}`)
  const text = cleanOutput([hint ?? '', output ?? ''].filter(Boolean).join('\n\n'))
  return tag`${name}<failure message="${message}" type="${check}">${text}</failure></testcase>`
}
