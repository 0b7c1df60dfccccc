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
  const { slave, slaves: number } = presetOf(preset)
  if (slaves < number.least) {
    throw new UserError(`The preset ${preset} needs at least ${number.least} slaves`, {
      hint: `--slaves ${number.least}, or another --preset`,
    })
  }
  return Array.from({ length: slaves }, (_, index) => ({
    name: index === 0 ? 'slave' : `slave${index + 1}`,
    ...slave(index, slaves),
  }))
}

/**
 * The config that the answers ask for. Addresses follow the subnet, so that it alone has to be changed.
 * @param subnet the lab's network
 */
export function configOf(answers: Answers, subnet?: string): ClusterConfig {
  const { backup, replication } = presetOf(answers.preset)
  return {
    name: answers.name,
    provider: answers.provider,
    os: answers.os,
    ...(subnet === undefined ? {} : { network: { subnet } }),
    master: { name: 'master' },
    slaves: slavesOf(answers),
    backup: backup && { name: 'backup', retention: '7 days' },
    postgres: postgresOf(answers),
    replication: { user: 'replica', ...replication },
    database: { name: 'otus', table: 'dz' },
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
