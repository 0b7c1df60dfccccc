import { GROW_ON_STANDBYS_FIRST } from '../catalog/postgres-settings.ts'
import { sameSetting } from '../catalog/same-setting.ts'
import { confSettings, type Lab, type LabNode } from '../lab.ts'
import type { SettingSight } from '../observe/server-parts.ts'
import { lineOf, type ServerSight } from '../observe/server-settings.ts'

/** A line of a server's configuration that will be another one. */
export interface Change {
  /** `max_connections 100 → 120` */
  readonly text: string
  readonly needsRestart: boolean
}

/** Lines of postgresql.conf that the roles write for each server on its own. */
const OF_THE_ROLES = [
  'cluster_name',
  'data_directory',
  'external_pid_file',
  'hba_file',
  'ident_file',
  'listen_addresses',
  'port',
  'unix_socket_directories',
]

/** Those that they write into other files. */
const OF_OTHER_FILES = [
  'primary_conninfo',
  'primary_slot_name',
  'recovery_min_apply_delay',
  'synchronous_standby_names',
]

const CONF = 'postgresql.conf'
const ALTERED = 'postgresql.auto.conf'

/** What changes in postgresql.conf of a running server. */
export function settingChanges(lab: Lab, node: LabNode, server: ServerSight): readonly Change[] {
  const wanted = new Map(
    Object.entries(confSettings(lab, node)).map(([name, value]) => [name.toLowerCase(), String(value)]),
  )
  const given = [...wanted].flatMap(([name, value]) => changeTo(server, CONF, name, value))
  const written = server.lines.filter(({ file }) => file === CONF).map(({ name }) => name)
  const dropped = [...new Set(written)]
    .filter((name) => !wanted.has(name) && !OF_THE_ROLES.includes(name))
    .map((name) => changeToDefault(server, CONF, name))
  return [...given, ...dropped]
}

/** The lab's settings that a server which is taken over has in the file that wins over all others. */
export function takenOut(lab: Lab, node: LabNode, server: ServerSight): readonly Change[] {
  const ours = new Set(
    [...Object.keys(confSettings(lab, node)), ...OF_THE_ROLES, ...OF_OTHER_FILES].map((name) =>
      name.toLowerCase(),
    ),
  )
  const names = server.lines
    .filter(({ file, name }) => file === ALTERED && ours.has(name))
    .map(({ name }) => name)
  if (names.length === 0) return []
  return [
    {
      text: `${[...new Set(names)].join(', ')} taken out of ${ALTERED}, of which a copy is kept`,
      needsRestart: false,
    },
  ]
}

function settingOf({ settings }: ServerSight, name: string): SettingSight | undefined {
  return settings.find((setting) => setting.name === name)
}

function isFixed(setting: SettingSight | undefined): setting is SettingSight {
  return setting?.context === 'postmaster'
}

/** What it takes to give a setting this value in a configuration file; nothing where the file says so already. */
export function changeTo(server: ServerSight, file: string, name: string, value: string): readonly Change[] {
  const line = lineOf(server, file, name)
  if (line === value) return []
  const setting = settingOf(server, name)
  const needsRestart = isFixed(setting) && !sameSetting(value, setting)
  return [{ text: `${name} ${words(line ?? setting?.shown ?? '')} → ${words(value)}`, needsRestart }]
}

/** What it takes to leave a setting out of a configuration file in which it is. */
export function changeToDefault(server: ServerSight, file: string, name: string): Change {
  const setting = settingOf(server, name)
  const line = lineOf(server, file, name) ?? setting?.shown ?? ''
  return {
    text: `${name} ${words(line)} → its default`,
    needsRestart: isFixed(setting) && setting.setting !== setting.boot_val,
  }
}

function words(value: string): string {
  return value === '' ? "''" : value
}

/** Changes that wait for a restart already: any reload of the playbook's carries them out. */
export function pendingChanges({ settings }: ServerSight): readonly string[] {
  return settings.filter(({ pending_restart }) => pending_restart).map(({ name }) => name)
}

/** Names of the settings that must grow on standbys before their primary, and shrink after it. */
export function growth(
  lab: Lab,
  node: LabNode,
  server: ServerSight,
): { readonly growing: string[]; readonly shrinking: string[] } {
  const wanted = confSettings(lab, node)
  const by = (name: string) => {
    const setting = settingOf(server, name)
    return setting ? Number(wanted[name] ?? setting.boot_val) - Number(setting.setting) : 0
  }
  return {
    growing: GROW_ON_STANDBYS_FIRST.filter((name) => by(name) > 0),
    shrinking: GROW_ON_STANDBYS_FIRST.filter((name) => by(name) < 0),
  }
}
