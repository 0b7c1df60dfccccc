import { DEFAULT_PGDG_VERSION, OPERATING_SYSTEMS } from '../catalog/os.ts'
import type { ClusterConfig } from '../config/schema.ts'
import { type Problem, UserError } from '../errors.ts'
import type { Answers } from './answers.ts'
import { presetOf } from './presets.ts'

/** What the distribution does not carry comes from postgresql.org. */
function postgresOf({ os, postgres, preset }: Answers): ClusterConfig['postgres'] {
  const { postgresVersion, barmanVersion } = OPERATING_SYSTEMS[os]
  const settings = { work_mem: '8MB' }
  const hasBarman = barmanVersion !== undefined || !presetOf(preset).backup
  if (hasBarman && (postgres === undefined || postgres === postgresVersion)) return { settings }
  return { version: postgres ?? DEFAULT_PGDG_VERSION, repository: 'pgdg', settings }
}

/** @throws UserError when the preset needs more slaves than were asked for */
function slavesOf({ preset, slaves }: Answers): NonNullable<ClusterConfig['slaves']> {
  const { slave, slaves: number, names } = presetOf(preset)
  if (slaves < number.least) {
    throw new UserError(`The preset ${preset} needs at least ${number.least} slaves`, {
      hint: `--slaves ${number.least}, or another --preset`,
    })
  }
  return Array.from({ length: slaves }, (_, index) => ({
    name: names.slave(index),
    ...slave(index, slaves),
  }))
}

/**
 * The config that the answers ask for. Addresses follow the subnet, so that it alone has to be changed.
 * @param subnet the lab's network
 */
export function configOf(answers: Answers, subnet?: string): ClusterConfig {
  const { backup, replication, names } = presetOf(answers.preset)
  const slaves = slavesOf(answers)
  // Those of a text that the lab follows: the servers one after the other, then the backup host.
  const addressOf = (at: number) => {
    const { firstHost } = names
    if (firstHost === undefined || subnet === undefined) return {}
    return { address: `${subnet.slice(0, subnet.lastIndexOf('.'))}.${firstHost + at}` }
  }
  return {
    name: answers.name,
    provider: answers.provider,
    os: answers.os,
    ...(subnet === undefined ? {} : { network: { subnet } }),
    master: { name: names.master, ...addressOf(0) },
    slaves: slaves.map((slave, index) => ({ ...slave, ...addressOf(index + 1) })),
    backup: backup && { ...names.backup, ...addressOf(slaves.length + 1) },
    postgres: postgresOf(answers),
    replication: { user: names.user, ...replication },
    database: names.database,
  }
}

/** The flag that says what a path of the config says. */
const FLAGS: Readonly<Record<string, string>> = {
  name: '--name',
  provider: '--provider',
  os: '--os',
  slaves: '--slaves',
  'postgres.version': '--postgres',
}

/** Problems of a config that nobody has written, in terms of the flags they come from. */
export function asFlagError(problems: readonly Problem[]): UserError {
  return new UserError('No lab can be made of this', {
    problems: problems.map((problem) => ({ ...problem, path: FLAGS[problem.path] ?? problem.path })),
  })
}
