import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROVIDERS } from '../catalog/providers/index.ts'
import { chooseProvider, createHost, type Diagnosis, examine, problemsIn } from '../doctor/index.ts'
import { EXIT } from '../errors.ts'
import { isPlain, runTasks } from '../tasks/index.ts'
import { type Context, canAsk } from './shared/context.ts'
import { enveloped } from './shared/envelope.ts'
import { type Computer, repairProblems } from './shared/prepare-computer.ts'
import { hasConfig, openSession, type Session } from './shared/session.ts'
import { showDiagnoses } from './shared/show-diagnoses.ts'
import { getBox } from './steps/get-box.ts'

/** `create-pg-lab doctor`: names what is missing; with `--fix` installs it, after asking where somebody can be asked. */
export async function doctor(
  context: Context,
  { fix, json }: { readonly fix?: true; readonly json?: true },
): Promise<number> {
  const { computer, reason, session } = (await hasConfig(context))
    ? await ofLab(context)
    : await ofAnyLab(context)
  const { host, scope } = computer
  let diagnoses = await examine(host, scope)
  if (fix) diagnoses = await repairProblems(computer, diagnoses, { isAllowed: !canAsk(context) })
  if (fix && session && problemsIn(diagnoses).length === 0) {
    await runTasks(getBox(session), session.taskOptions)
    diagnoses = await examine(host, scope)
  }
  const problems = problemsIn(diagnoses)
  if (json) {
    const { title } = host.platform
    const content = { ok: problems.length === 0, system: title, provider: scope.provider, reason }
    const lab = scope.lab?.name ?? null
    context.print(enveloped('doctor', lab, { ...content, rules: diagnoses.map(ruleData) }))
    return problems.length === 0 ? EXIT.ok : EXIT.failedFindings
  }
  context.print(`${host.platform.title} · ${PROVIDERS[scope.provider].title}: ${reason}\n`)
  context.print(showDiagnoses(diagnoses, context.paint))
  if (!fix && problems.some(({ sighting }) => !sighting.ok && sighting.fix)) {
    context.print('\nInstall and start what is missing: npx create-pg-lab doctor --fix')
  }
  return problems.length === 0 ? EXIT.ok : EXIT.failedFindings
}

function ruleData({ rule: { id, title }, sighting }: Diagnosis): object {
  if (sighting.ok) return { code: id, title, ...sighting }
  const { ok, seen, cause, remedy, fix } = sighting
  return { code: id, title, ok, seen, cause, remedy, canBeFixed: fix !== undefined }
}

interface Examined {
  readonly computer: Computer
  readonly reason: string
  readonly session?: Session
}

async function ofLab(context: Context): Promise<Examined> {
  const session = await openSession(context)
  const { host, lab, choice, directory, logs, taskOptions } = session
  const scope = { provider: choice.provider, lab, directory }
  const computer = { context, host, scope, logFolder: logs.folder, taskOptions }
  return { computer, reason: choice.reason, session }
}

/** Without a config: what any lab would need here. */
async function ofAnyLab(context: Context): Promise<Examined> {
  const host = createHost(context.run)
  const { provider, reason } = await chooseProvider(host, undefined, 'auto')
  const logFolder = mkdtempSync(join(tmpdir(), 'pg-lab-doctor-'))
  const taskOptions = { plain: isPlain(context.env, context.stdout), out: context.stdout }
  return { computer: { context, host, scope: { provider, lab: undefined }, logFolder, taskOptions }, reason }
}
