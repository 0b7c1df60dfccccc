import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { packageRoot } from '../package-root.ts'
import type { Landing } from './landing.ts'

const ROLES = 'provisioning/roles'

/** What reads a line of group_vars: its own key, as in a list of servers; else the variable at the margin. */
function variables(lines: readonly string[], line: number): readonly RegExp[] {
  const [, indent = '', own] = /^(\s+(?:- )?)(\w+):/.exec(lines[line - 1] ?? '') ?? []
  const top = lines
    .slice(0, line)
    .map((text) => /^(\w+):/.exec(text)?.[1])
    .findLast(Boolean)
  const isInList = indent.length > 2
  return [
    ...(own ? [new RegExp(`\\.${own}\\b`)] : []),
    ...(top && !isInList ? [new RegExp(`\\b${top}\\b`)] : []),
  ]
}

/**
 * Where the roles read a line of group_vars: in the templates of the files that it gets into on the servers, and
 * in variables of their own.
 * @param groupVars the text of the file the place is in
 * @param directory the lab's folder; where it has no roles yet, ours are read
 */
export async function readersOf(
  { line, isNew }: Landing,
  groupVars: string,
  directory: string,
): Promise<readonly Landing[]> {
  const sources = await allSources(existsSync(join(directory, ROLES)) ? directory : packageRoot())
  for (const variable of variables(groupVars.split('\n'), isNew ? line - 1 : line)) {
    const found = sources.flatMap(({ file, lines }) => {
      const index = lines.findIndex((text) => variable.test(text))
      return index < 0 ? [] : [{ file, line: index + 1, text: nameOnServer(file) }]
    })
    if (found.length > 0) return found
  }
  return []
}

/** What becomes of a template: SQL is run, everything else is a file there. */
function nameOnServer(source: string): string {
  if (!source.endsWith('.j2')) return ''
  const name = basename(source, '.j2')
  return name.endsWith('.sql') ? 'SQL' : name
}

async function allSources(root: string): Promise<{ file: string; lines: string[] }[]> {
  const names = await readdir(join(root, ROLES), { recursive: true })
  const paths = names.map((name) => `${ROLES}/${name.replaceAll('\\', '/')}`)
  return Promise.all(
    paths
      .filter((path) => /\/templates\/.*\.j2$|\/vars\/main\.yml$/.test(path))
      .filter((path) => !path.includes('/restored-')) // of a server that comes and goes beside the lab
      .sort()
      .map(async (file) => ({
        file,
        lines: (await readFile(join(root, file), 'utf8')).split('\n'),
      })),
  )
}
