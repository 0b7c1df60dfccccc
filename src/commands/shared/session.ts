import { existsSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'
import { basename, join } from 'node:path'
import type { ProviderName } from '../../catalog/names.ts'
import { can } from '../../catalog/providers/index.ts'
import { chooseFrom } from '../../config/closest.ts'
import type { ConfigError, LoadedConfig } from '../../config/load.ts'
import { chooseProvider, createHost, type Host, machinesIn, type ProviderChoice } from '../../doctor/index.ts'
import { readOpenDrill, writeTyped } from '../../drills/rehearsal/open-drill.ts'
import { UserError } from '../../errors.ts'
import { type ExamPlace, hasExam, noteForExam } from '../../exam/seal.ts'
import { type Lab, type LabNode, nodesOf } from '../../lab.ts'
import { LAB_FILES, OWN_PLACES } from '../../lab-files.ts'
import { redactor } from '../../observe/redact.ts'
import { isPlain, type TaskOptions } from '../../tasks/index.ts'
import { hasAnsible, withAnsibleInGuest } from '../../tools/ansible/in-guest.ts'
import { quoteForShell } from '../../tools/process/quote.ts'
import type { Runner } from '../../tools/runner.ts'
import type { Guest } from '../../tools/ssh/guest-contract.ts'
import { psqlProgram } from '../../tools/ssh/psql-session.ts'
import { serversSshConfig, writeSshConfig } from '../../tools/ssh/ssh-config.ts'
import type { Vagrant } from '../../tools/vagrant/vagrant.ts'
import type { Context } from './context.ts'
import { type RunLogs, runLogs } from './run-logs.ts'

/** The lab of the folder we are called in, with the tools that reach it. */
export interface Session {
  readonly context: Context
  readonly config: LoadedConfig
  /** The lab's folder. */
  readonly directory: string
  readonly lab: Lab
  readonly host: Host
  readonly choice: ProviderChoice
  readonly logs: RunLogs
  readonly taskOptions: TaskOptions
  readonly vagrant: Vagrant
  readonly guest: Guest
}

/**
 * Reads the config and makes every choice it leaves open. Nothing is changed but old logs
 * and, of existing servers, the lab's ssh_config.
 * @param provider of the command line
 * @throws UserError with all problems of the config
 */
export async function openSession(given: Context, provider?: ProviderName | 'auto'): Promise<Session> {
  const loaded = await readConfig(given)
  const { directory } = loaded
  const isElsewhere = given.configPath !== undefined && directory !== given.directory
  if (isElsewhere) given.stderr.write(`The lab is the folder of that config: ${directory}\n`)
  await verifyOwnPlaces(directory)
  await given.claim(directory)
  if (readOpenDrill(directory)?.kept) noteWhenEnded(directory)
  noteExamWhenEnded({ directory, env: given.env })
  const host = createHost(given.run)
  const choice = await chooseProvider(host, directory, provider ?? loaded.config.provider)
  const { keepWhatIsThere } = await import('../../generate/write/kept.ts')
  const { notes, ...kept } = await keepWhatIsThere(loaded)
  const config = { ...loaded, ...kept }
  const resolved = await resolve(config, host, choice.provider)
  const lab = { ...resolved, warnings: [...notes, ...resolved.warnings] }
  if (!can(lab).makeMachines) writeSshConfig(directory, serversSshConfig(lab), nodesOf(lab))
  const logs = runLogs(directory)
  const { createVagrant } = await import('../../tools/vagrant/vagrant.ts')
  const { createGuest } = await import('../../tools/ssh/ssh-guest.ts')
  const run = runnerOf(given, lab, directory)
  const context = { ...given, run }
  const vagrant = createVagrant({ directory, run, logFile: logs.file('vagrant') })
  const guest = createGuest({ directory, run, psql: psqlProgram(lab), logFile: logs.file('ssh') })
  const taskOptions = { plain: isPlain(context.env, context.stdout), out: context.stdout }
  return { context, config, directory, lab, host, choice, logs, taskOptions, vagrant, guest }
}

/** A drill's page shows what was typed to repair it, and when. */
function noteWhenEnded(directory: string): void {
  const fromMs = Date.now()
  const words = quoteForShell(process.argv.slice(2))
  process.once('exit', (exitCode) => writeTyped(directory, { fromMs, toMs: Date.now(), exitCode, words }))
}

/** What an examinee typed is told at the end. */
function noteExamWhenEnded(place: ExamPlace): void {
  if (!hasExam(place)) return
  const typed = redactor([])(
    quoteForShell(process.argv.slice(2)).replace(/(password\s+)'[^']*'/gi, "$1'***'"),
  )
  process.once('exit', (exitCode) => noteForExam(place, { atMs: Date.now(), typed, exitCode }))
}

/** Ansible runs where the config says. */
function runnerOf({ run }: Context, lab: Lab, directory: string): Runner {
  if (lab.runner === 'host') return run
  const isWanted = () => lab.runner === 'guest' || !hasAnsible()
  return withAnsibleInGuest(run, { directory, nodes: nodesOf(lab) }, isWanted)
}

/** @throws UserError when one of them is a link that leads out of the lab: nothing is written through it */
async function verifyOwnPlaces(directory: string): Promise<void> {
  const { pathInLab } = await import('../../generate/write/lab-paths.ts')
  for (const path of OWN_PLACES) await pathInLab(directory, path)
}

/** @throws UserError when there is no config, or with all of its problems, those of settings with each other too */
export async function readConfig({ directory, configPath }: Context): Promise<LoadedConfig> {
  const { ConfigError, loadConfig } = await import('../../config/load.ts')
  try {
    return await loadConfig(directory, configPath === undefined ? {} : { configPath })
  } catch (error) {
    throw error instanceof ConfigError ? await withCrossProblems(error) : error
  }
}

/** A config that is broken has problems of its own; one that is not there says so in its message alone. */
export async function hasConfig(context: Context): Promise<boolean> {
  try {
    await readConfig(context)
    return true
  } catch (error) {
    const isMissing = error instanceof UserError && error.problems.length === 0
    if (isMissing && context.configPath === undefined) return false
    throw error
  }
}

async function withCrossProblems({ file, rest, problems, message }: ConfigError): Promise<Error> {
  const { configError } = await import('../../config/problems.ts')
  const { withPositions } = await import('../../config/load.ts')
  const { crossProblems, UNSEEN } = await import('../../resolve/resolve-lab.ts')
  const more = rest ? crossProblems(rest, UNSEEN) : []
  if (more.length === 0) return new UserError(message, { problems })
  return withPositions(configError(basename(file), [...problems, ...more]), file)
}

function computerOf({ platform: { architecture } }: Host, provider: ProviderName) {
  return { provider, architecture, memoryMb: Math.floor(totalmem() / 2 ** 20), cpus: cpus().length }
}

async function resolve({ config, file }: LoadedConfig, host: Host, provider: ProviderName): Promise<Lab> {
  const { resolveLab } = await import('../../resolve/resolve-lab.ts')
  try {
    return resolveLab({ ...config, provider }, computerOf(host, provider))
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    const { withPositions } = await import('../../config/load.ts')
    throw await withPositions(error, file)
  }
}

/** Which lab it is: `otus · PostgreSQL 17 on Debian 13, docker`. */
export function titleOf({ name, postgres, os, provider }: Lab): string {
  return `${name} · PostgreSQL ${postgres.version} on ${os.title}, ${provider}`
}

/** The servers' time zone, in which people speak of times there. */
export function zoneOf({ postgres }: Pick<Lab, 'postgres'>): string {
  return String(postgres.settings.timezone ?? 'UTC')
}

/** @throws UserError when Vagrant has made no machine yet; existing servers are always there */
export function verifyHasMachines({ directory, lab }: Session): void {
  if (!can(lab).makeMachines || machinesIn(directory).length > 0) return
  throw new UserError('The lab has no machines yet', { hint: 'bring it up: npx create-pg-lab up' })
}

/** @throws UserError for servers that pg-lab has not made, which it neither stops nor deletes */
export function verifyOwnsMachines(provider: ProviderName | 'auto'): void {
  if (provider === 'auto' || can({ provider }).makeMachines) return
  throw new UserError(
    'The servers of this lab were there before it: create-pg-lab neither stops nor deletes them',
    {
      hint: 'log in to one: npx create-pg-lab ssh <name>',
    },
  )
}

/** @throws UserError when the lab has never been brought up, or not as far as being reachable */
export function verifyIsUp(session: Session): void {
  verifyHasMachines(session)
  if (existsSync(join(session.directory, LAB_FILES.sshConfig.path))) return
  throw new UserError("The lab's machines are not ready yet", { hint: 'go on with: npx create-pg-lab up' })
}

/** @throws UserError when none of these machines has this name */
export function findNode(nodes: readonly LabNode[], name: string): LabNode {
  const node = nodes.find((one) => one.name === name)
  if (node) return node
  throw new UserError(`There is no ${name} to go to`, {
    hint: chooseFrom(
      name,
      nodes.map((one) => one.name),
    ),
  })
}
