import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError, UserError } from '../errors.ts'
import { askUntil } from '../tools/process/ask-until.ts'
import { aptCandidates } from './apt.ts'
import type { Host } from './host.ts'
import { asRoot, installArgv, namesFor, needsRoot, TOOLS, type ToolName } from './packages.ts'
import type { Diagnosis } from './rule.ts'
import { isDockerRunning } from './rules/docker.ts'

/** What can be done about the problems found, on this computer. */
export interface RepairPlan {
  readonly tools: readonly ToolName[]
  readonly startsDocker: boolean
  /** For the question: `install vagrant and ansible with apt`. Empty when there is nothing we can do. */
  readonly words: string
}

export interface RepairOptions {
  /** Gets install.log and, where we start the daemon ourselves, dockerd.log; must exist. */
  readonly logFolder: string
  /** A person is there who can type a password for sudo. */
  readonly hasTerminal: boolean
  /** Gets what the package manager says, line by line. */
  readonly onLine?: (line: string) => void
}

const DAEMON_WAIT_MS = 30_000
const DAEMON_POLL_MS = 250
const LAST_LINES = 8

/** What to do about the problems; what only the user can do is left out. */
export function planRepair(problems: readonly Diagnosis[], host: Host): RepairPlan {
  const { manager } = host.platform
  const fixes = problems.flatMap(({ sighting }) => (sighting.ok || !sighting.fix ? [] : [sighting.fix]))
  const wanted = fixes.flatMap((fix) => ('install' in fix ? fix.install : []))
  const canInstall = manager !== undefined && manager !== 'winget'
  const tools = [...new Set(wanted)].filter((tool) => canInstall && namesFor(tool, manager))
  const startsDocker = fixes.some((fix) => 'start' in fix)
  const words = [
    ...(tools.length > 0 ? [`install ${tools.join(', ')} with ${manager}`] : []),
    ...(startsDocker ? ["start Docker's daemon"] : []),
  ]
  return { tools, startsDocker, words: words.join(' and ') }
}

/**
 * Carries a plan out: the one place that changes this computer, called only after a flag or an answered question.
 * @throws CommandError when a tool fails; UserError when it takes rights or packages that are not to be had
 */
export async function repairComputer(host: Host, plan: RepairPlan, options: RepairOptions): Promise<void> {
  if (plan.tools.length > 0) await install(host, plan.tools, options)
  if (plan.startsDocker) await startDocker(host, options)
  host.forget()
}

async function install(host: Host, tools: readonly ToolName[], options: RepairOptions): Promise<void> {
  const { manager } = host.platform
  if (manager === undefined) return
  if (manager === 'apt') await runAsRoot(host, ['apt-get', 'update'], options)
  const known = manager === 'apt' ? await aptCandidates(host, tools) : undefined
  const packages = tools.flatMap((tool) => packagesOf(tool, manager, known))
  const argv = installArgv(manager, packages)
  if (needsRoot(manager)) await runAsRoot(host, argv, options)
  else await run(host, argv, options)
}

function packagesOf(
  tool: ToolName,
  manager: NonNullable<Host['platform']['manager']>,
  known: ReadonlySet<string> | undefined,
): readonly string[] {
  const { names = [], ifKnown = [] } = namesFor(tool, manager) ?? {}
  const missing = known && names.find((name) => !known.has(name))
  if (missing) {
    throw new UserError(`apt knows no package ${missing}`, { hint: `install it from ${TOOLS[tool].home}` })
  }
  return [...names, ...ifKnown.filter((name) => known?.has(name))]
}

async function runAsRoot(host: Host, argv: readonly string[], options: RepairOptions): Promise<void> {
  const words = argv[0] === 'apt-get' ? ['env', 'DEBIAN_FRONTEND=noninteractive', ...argv] : argv
  if (host.platform.isRoot) return run(host, words, options)
  const passwordless = await host.ask('sudo', ['-n', 'true'])
  if (passwordless?.exitCode === 0) return run(host, ['sudo', '-n', ...words], options)
  if (!options.hasTerminal || passwordless === undefined) {
    throw new UserError('This needs root, and there is no terminal to type a password on', {
      hint: `run it yourself: ${asRoot(argv, host.platform)}`,
    })
  }
  const [file = '', ...args] = ['sudo', ...words]
  await host.run({ file, args, interactive: true })
}

async function run(
  host: Host,
  [file = '', ...args]: readonly string[],
  { logFolder, onLine }: RepairOptions,
): Promise<void> {
  const logFile = join(logFolder, 'install.log')
  await host.run({ file, args, logFile, ...(onLine ? { onLine } : {}) })
}

/** By the system's own means where it has any; else the daemon goes to the background and outlives us. */
async function startDocker(host: Host, options: RepairOptions): Promise<void> {
  if (await answersWithin(host, 0)) return // the installation has started it
  const { init } = host.platform
  if (init === 'systemd') await runAsRoot(host, ['systemctl', 'start', 'docker'], options)
  else if (init === 'sysvinit') await runAsRoot(host, ['service', 'docker', 'start'], options)
  else await startInBackground(host, options)
  if (await answersWithin(host, DAEMON_WAIT_MS)) return
  const logFile = init === 'none' ? daemonLog(options) : join(options.logFolder, 'install.log')
  throw new CommandError("Docker's daemon was started, but does not answer", {
    command: 'docker info',
    logFile,
    lastLines: existsSync(logFile) ? readFileSync(logFile, 'utf8').trim().split('\n').slice(-LAST_LINES) : [],
  })
}

function daemonLog({ logFolder }: RepairOptions): string {
  return join(logFolder, 'dockerd.log')
}

async function startInBackground(host: Host, options: RepairOptions): Promise<void> {
  // setsid: the daemon leaves our process group, so that our end is not its end.
  const script = 'exec setsid --fork dockerd </dev/null >>"$1" 2>&1'
  await runAsRoot(host, ['sh', '-c', script, 'sh', daemonLog(options)], options)
}

async function answersWithin(host: Host, limitMs: number): Promise<boolean> {
  const ask = () => {
    host.forget()
    return isDockerRunning(host)
  }
  return askUntil(ask, (isRunning) => isRunning, { everyMs: DAEMON_POLL_MS, withinMs: limitMs })
}
