import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { CHECKS, runChecks } from '../checks/index.ts'
import { rehearsal } from '../checks/rehearsal.ts'
import { restoreCheck } from '../checks/restore.ts'
import { chooseFrom } from '../config/closest.ts'
import { EXIT, UserError } from '../errors.ts'
import { hasExam } from '../exam/seal.ts'
import type { Finding } from '../finding.ts'
import type { Paint } from '../paint.ts'
import type { CheckReport } from '../report/report.ts'
import { showChecks } from '../show-findings.ts'
import type { Context } from './shared/context.ts'
import { enveloped } from './shared/envelope.ts'
import { backupHost } from './shared/one-primary.ts'
import { openSession, type Session, titleOf, verifyIsUp } from './shared/session.ts'

const ALL_CHECKS = [...CHECKS, restoreCheck]

interface VerifyOptions {
  readonly json?: true
  readonly junit?: string
  readonly only?: string
  readonly restore?: true
  readonly list?: true
}

/** `create-pg-lab verify`: every check against the running servers. */
export async function verify(context: Context, options: VerifyOptions): Promise<number> {
  const { json, junit, only, restore, list } = options
  if (list) {
    context.print(showList())
    return EXIT.ok
  }
  const ids = only === undefined ? undefined : parseIds(only)
  const session = await openSession(context)
  verifyIsUp(session)
  const rehearses = restore || ids?.includes(restoreCheck.id)
  if (rehearses) backupHost(session.lab, 'to restore on')
  // What the last rehearsal was is no news beside this one.
  const all = CHECKS.map(({ id }) => id).filter((id) => !rehearses || id !== rehearsal.id)
  const findings = await runChecks(session.lab, session.guest, {
    only: ids ?? all,
    ...(rehearses ? { also: [restoreCheck] } : {}),
  })
  verifyAllAsked(ids ?? [], findings)
  const ok = findings.every((finding) => finding.ok)
  if (only === undefined && hasExam({ directory: session.directory, env: context.env })) {
    const { noteRepaired } = await import('./exam/note-repaired.ts')
    noteRepaired(session, findings)
  }
  if (junit !== undefined) await writeJunit(resolve(context.directory, junit), findings)
  if (json) context.print(enveloped('verify', session.lab.name, { ok, findings }))
  else context.print(`${headline(session, context.paint)}\n\n${showFindings(findings, context.paint)}`)
  return ok ? EXIT.ok : EXIT.failedFindings
}

/** Every check with its id. */
function showList(): string {
  const width = Math.max(...ALL_CHECKS.map(({ id }) => id.length))
  return ALL_CHECKS.map(({ id, title }) => `${id.padEnd(width)}  ${title}`).join('\n')
}

/** Which lab, and when. */
function headline({ lab }: Session, paint: Paint): string {
  return `${paint('bold', titleOf(lab))}  ${paint('dim', new Date().toLocaleString('sv-SE'))}`
}

/** @throws UserError when a check that was asked for by name has nothing to look at: that is no success */
function verifyAllAsked(ids: readonly string[], findings: readonly Finding[]): void {
  const silent = ids.filter((id) => findings.every(({ check }) => check !== id))
  if (silent.length === 0) return
  throw new UserError(`This lab has nothing for ${silent.join(', ')} to look at, so nothing was asked`, {
    hint: 'leave it out of --only; or does the config leave out a backup host, slaves or TLS that should be there?',
  })
}

/** @throws UserError when the file cannot be written */
async function writeJunit(file: string, findings: readonly Finding[]): Promise<void> {
  const { junit } = await import('../report/junit.ts')
  try {
    writeFileSync(file, junit(groupByCheck(findings)))
  } catch (error) {
    throw new UserError(`${file} cannot be written`, { hint: (error as Error).message, cause: error })
  }
}

function parseIds(only: string): readonly string[] {
  const ids = only.split(',').map((id) => id.trim())
  const known = ALL_CHECKS.map(({ id }) => id)
  const unknown = ids.filter((id) => !known.includes(id))
  if (unknown.length === 0) return ids
  throw new UserError(`There is no check ${unknown.join(', ')}`, {
    hint: chooseFrom(unknown[0] ?? '', known),
  })
}

/** Findings under the checks that made them; a check that found nothing is left out. */
export function groupByCheck(findings: readonly Finding[]): readonly CheckReport[] {
  const groups = ALL_CHECKS.map(({ id, title }) => ({
    id,
    title,
    findings: findings.filter((f) => f.check === id),
  }))
  return groups.filter((group) => group.findings.length > 0)
}

/** All findings, grouped by check, with the verdict. */
export function showFindings(findings: readonly Finding[], paint: Paint): string {
  return showChecks(groupByCheck(findings), paint).trimEnd()
}
