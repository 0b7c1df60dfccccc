import { EXIT, UserError } from '../errors.ts'
import { barmanPaths, postgresPaths } from '../guest-paths.ts'
import { type Lab, type LabNode, nodesOf } from '../lab.ts'
import { readTime } from '../operations/restore-target.ts'
import { scripted } from '../scripts/index.ts'
import { sentCommand } from '../tools/ssh/ssh-guest.ts'
import type { Context } from './shared/context.ts'
import { runThere } from './shared/run-there.ts'
import { findNode, openSession, verifyIsUp } from './shared/session.ts'

interface LogsOptions {
  readonly follow?: true
  readonly since?: string
}

/** As much as two screens hold. */
const LINES = 50

/** `create-pg-lab logs <node>`: what PostgreSQL wrote to its log there, or Barman. */
export async function logs(context: Context, options: LogsOptions, name: string): Promise<number> {
  const session = await openSession(context)
  const { lab } = session
  const node = findNode(nodesOf(lab), name)
  const { as, zone, places } = logOf(lab, node)
  const since = options.since === undefined ? '' : String(sinceOf(options.since, zone || 'UTC'))
  verifyIsUp(session)
  const words = [String(LINES), since, zone, options.follow ? 'yes' : 'no', ...places]
  const { file, args } = sentCommand(node.name, scripted('show-log.sh', words), as)
  // Without a terminal the other end would not end with us.
  const terminal = options.follow ? ['-tt'] : []
  const exitCode = await runThere(session, node, { file, args: [...terminal, ...args] })
  return exitCode === 0 || options.follow ? EXIT.ok : EXIT.commandError
}

interface LogPlaces {
  /** Who may read it. */
  readonly as: 'postgres' | 'barman'
  /** In which its lines tell times; the machine's own where it is empty. */
  readonly zone: string
  /** Where it may be, as `show-log.sh` takes them. */
  readonly places: readonly string[]
}

function logOf(lab: Lab, { role }: LabNode): LogPlaces {
  if (role === 'backup') return { as: 'barman', zone: '', places: [barmanPaths().log] }
  const { data, log } = postgresPaths(lab)
  return {
    as: 'postgres',
    zone: String(lab.postgres.settings.log_timezone ?? 'UTC'),
    places: [`${data}/current_logfiles`, log],
  }
}

const SECONDS = { s: 1, m: 60, min: 60, h: 3600, d: 86_400 } as const

/**
 * @param zone for a time that names none
 * @returns seconds since 1970
 * @throws UserError when it is neither a time nor a span
 */
function sinceOf(text: string, zone: string): number {
  const [, amount, unit] = /^(\d{1,6}) ?(s|m|min|h|d)$/.exec(text) ?? []
  if (unit !== undefined)
    return Math.floor(Date.now() / 1000) - Number(amount) * SECONDS[unit as keyof typeof SECONDS]
  const time = readTime(text, zone)
  if (time !== undefined) return Math.floor(time.at)
  throw new UserError(`--since ${text} is not a moment`, {
    hint: "give a span (30s, 10m, 2h, 1d) or a time ('2026-11-25 22:10:05', '2026-11-25T22:10:05+03:00')",
  })
}
