import { CHECKS, runChecks } from '../checks/index.ts'
import { EXIT, UserError } from '../errors.ts'
import type { Finding } from '../finding.ts'
import { type Paint, showCheck, showVerdict } from '../show.ts'
import type { Context } from './command.ts'
import { openSession, verifyIsUp } from './session.ts'

interface VerifyOptions {
  readonly json?: true
  readonly only?: string
}

/** `pg-lab verify`: every check against the running servers. */
export async function verify(context: Context, { json, only }: VerifyOptions): Promise<number> {
  const ids = only === undefined ? undefined : parseIds(only)
  const session = await openSession(context)
  verifyIsUp(session)
  const findings = await runChecks(session.lab, session.guest, ids ? { only: ids } : {})
  const ok = findings.every((finding) => finding.ok)
  if (json) context.print(JSON.stringify({ ok, findings }, null, 2))
  else context.print(showFindings(findings, context.paint))
  return ok ? EXIT.ok : EXIT.failedFindings
}

function parseIds(only: string): readonly string[] {
  const ids = only.split(',').map((id) => id.trim())
  const known = CHECKS.map(({ id }) => id)
  const unknown = ids.filter((id) => !known.includes(id))
  if (unknown.length === 0) return ids
  throw new UserError(`There is no check ${unknown.join(', ')}`, { hint: `--only takes ${known.join(', ')}` })
}

/** All findings, grouped by check, with the verdict. */
export function showFindings(findings: readonly Finding[], paint: Paint): string {
  const groups = CHECKS.map(({ id, title }) => ({ title, findings: findings.filter((f) => f.check === id) }))
  const told = new Set<string>()
  const looked = groups.filter((group) => group.findings.length > 0)
  return [...looked.map((group) => showCheck(group, paint, told)), showVerdict(findings, paint)]
    .join('')
    .trimEnd()
}
