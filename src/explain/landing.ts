import { VAGRANT_PROVIDERS } from '../catalog/names.ts'
import { keysOf } from '../config/path.ts'
import { type Config, parseConfig } from '../config/schema.ts'
import { UserError } from '../errors.ts'
import { projectFiles } from '../generate/render/project.ts'
import type { ProjectFile } from '../generate/render/project-file.ts'
import { type HostFacts, resolveLab } from '../resolve/resolve-lab.ts'

/** A line of a generated file that a setting decides. */
export interface Landing {
  /** Relative to the lab's folder. */
  readonly file: string
  /** Counted from 1. */
  readonly line: number
  readonly text: string
  /** The file has no such line yet: it comes with the setting. */
  readonly isNew?: true
}

/** Values of every form a setting can have: the schema picks those that fit. */
const OTHER_VALUES: readonly unknown[] = [
  ...[true, false, 2048, 2, 3, 16, 17, [], [{}], [{}, {}, {}], {}],
  ...['other', 'other_name', 'slave2', '9MB', '3GB', '8 days', '45s', '5 4 * * 1', 'Europe/Berlin', '1.2.3'],
  ...[
    'en_US.UTF-8',
    '192.168.11.77',
    '10.99.0.0/24',
    'http://other.example/x',
    'other.example/',
    'other/box',
  ],
  ...['.other', 'async', 'sync', 'gzip', 'logical', 'internal', 'host-only', 'pgdg', 'postgres', 'rsync'],
  ...VAGRANT_PROVIDERS,
  ...['guest', 'host'],
  ...['debian-13', 'debian-12'],
  ...[['hostssl other other all reject'], ['other_slot']],
]

/** Configs near to this one, for settings that this one's other settings leave no room for. */
const GROUNDS: readonly ((config: Config) => Config)[] = [
  (config) => config,
  (config) => ({ ...config, postgres: { ...config.postgres, repository: 'pgdg' } }),
  (config) => ({ ...config, replication: { ...config.replication, mode: 'sync' } }),
  ({ slaves, ...config }) => ({
    ...config,
    master: withoutAddress(config.master),
    backup: config.backup && withoutAddress(config.backup),
    slaves: slaves.map(withoutAddress),
  }),
]

function withoutAddress<T extends { address?: string | undefined }>({ address: _, ...machine }: T) {
  return machine
}

/** @returns a copy in which one setting has another value; `undefined` where its section is not there */
function changed(config: Config, path: string, value: unknown): unknown {
  const copy = structuredClone(config) as unknown
  const keys = [...keysOf(path)]
  const last = keys.pop()
  let section = copy as Record<string | number, unknown>
  for (const key of keys) {
    const inner = section[key]
    if (typeof inner !== 'object' || inner === null) return undefined
    section = inner as typeof section
  }
  if (last === undefined || isSame(section[last], value)) return undefined
  section[last] = value
  return copy
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}

/** The files made of a config, without the roles; `undefined` when it is not a sound one. */
async function filesOf(input: unknown, host: HostFacts): Promise<ProjectFile[] | undefined> {
  const parsed = parseConfig(input)
  if ('issues' in parsed) return undefined
  try {
    const lab = resolveLab(parsed.config, host)
    return await projectFiles(lab, { roles: 'in-place' })
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

/** Lines that differ, as `before` has them; where `after` only has more lines, the first of those. */
function differences(before: readonly ProjectFile[], after: readonly ProjectFile[]): Landing[] {
  return after.flatMap(({ path, content }) => {
    const old = before.find((file) => file.path === path)?.content.split('\n')
    if (!old) return []
    const now = content.split('\n')
    if (old.length === now.length) return places(path, old, (text, index) => text !== now[index])
    const gone = places(path, old, (text) => !now.includes(text))
    if (gone.length > 0) return gone
    const [first] = places(path, now, (text) => !old.includes(text))
    return first ? [{ ...first, isNew: true }] : []
  })
}

function places(
  file: string,
  lines: readonly string[],
  isMeant: (text: string, index: number) => boolean,
): Landing[] {
  return lines.flatMap((text, index) =>
    isMeant(text, index) ? [{ file, line: index + 1, text: text.trim() }] : [],
  )
}

/** Servers of this config, for settings that name one. */
function serverNames({ master, slaves }: Config): string[] {
  return [master.name, ...slaves.flatMap(({ name }) => name ?? [])]
}

/**
 * Where a setting lands: found by giving it other values and looking which lines change, so that it can be nothing
 * but true.
 * @param path one setting, with positions for lists: `slaves[0].slot`
 */
export async function landingOf(config: Config, path: string, host: HostFacts): Promise<readonly Landing[]> {
  for (const ground of GROUNDS) {
    const near = ground(config)
    const before = await filesOf(near, host)
    if (!before) continue
    for (const value of [...OTHER_VALUES, ...serverNames(near)]) {
      const other = changed(near, path, value)
      const after = other === undefined ? undefined : await filesOf(other, host)
      const found = after ? differences(before, after) : []
      if (found.length > 0) return found
    }
  }
  return []
}

const KEY = /^[^:=]*[:=]?/

/** What a line sets: its text up to the colon or equals sign. */
function keyOf(text: string): string {
  return KEY.exec(text.trim())?.[0] ?? ''
}

/**
 * The same line in the file as it is: the user's own edits may have moved it.
 * @returns `undefined` where the file has no such line
 */
export function inFile(place: Landing, content: string): Landing | undefined {
  if (place.isNew) return place
  const lines = content.split('\n').map((text, index) => ({ text: text.trim(), line: index + 1 }))
  const nearest = (fits: (text: string) => boolean) =>
    lines
      .filter(({ text }) => fits(text))
      .sort((a, b) => Math.abs(a.line - place.line) - Math.abs(b.line - place.line))[0]
  const found = nearest((text) => text === place.text) ?? nearest((text) => keyOf(text) === keyOf(place.text))
  return found && { ...place, ...found }
}
