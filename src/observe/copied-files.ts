import { basename } from 'node:path/posix'
import { type BackupNode, type Lab, type LabNode, postgresNodes } from '../lab.ts'
import { scripted } from '../scripts/index.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { ifReachable } from '../tools/ssh/if-reachable.ts'

/** A configuration file as it lies on a server, without its secrets. */
export interface CopiedFile {
  readonly node: string
  /** Where it lies over there, as the server says. */
  readonly source: string
  /** Where it lies in the report: `files/master/pg_hba.conf`. */
  readonly path: string
  readonly text: string
}

/*
 * The server says where its files are and reads them itself: those of SHOW config_file and hba_file, and whatever
 * else a setting comes from. In base64, for their bytes need not be UTF-8.
 */
const FILES_SQL = `SELECT path, translate(encode(pg_read_binary_file(path), 'base64'), E'\\n', '') AS base64 FROM (
  SELECT current_setting('config_file') AS path, 1 AS place
  UNION ALL SELECT current_setting('hba_file'), 2
  UNION ALL SELECT DISTINCT sourcefile, 3 FROM pg_file_settings WHERE sourcefile <> current_setting('config_file')
) AS files ORDER BY place, path`

/**
 * The configuration in force, from every host that answers.
 * @param hide takes secrets out of a text
 */
export async function copyFiles(
  lab: Lab,
  guest: Guest,
  hide: (text: string) => string,
): Promise<readonly CopiedFile[]> {
  // Of a host that does not answer the commands show it.
  const found = await Promise.all([
    ...postgresNodes(lab).map((node) => ifReachable(() => serverFiles(node, guest), [])),
    ...(lab.backup ? [ifReachable(() => barmanFile(lab.backup as BackupNode, guest), [])] : []),
  ])
  const taken = new Set<string>()
  return found.flat().map(({ node, source, text }) => {
    const path = freePath(`files/${node}/${safeName(source)}`, taken)
    return { node, source, path, text: hide(text) }
  })
}

type FoundFile = Omit<CopiedFile, 'path'>

async function serverFiles(node: LabNode, guest: Guest): Promise<readonly FoundFile[]> {
  const rows = await guest.rows<{ path: string; base64: string }>(node, FILES_SQL)
  return rows.map(({ path, base64 }) => ({
    node: node.name,
    source: path,
    text: Buffer.from(base64, 'base64').toString('utf8'),
  }))
}

async function barmanFile(backup: BackupNode, guest: Guest): Promise<readonly FoundFile[]> {
  const diagnosis = await guest.shell(backup, ['barman', 'diagnose'], { as: 'barman', timeoutMs: 30_000 })
  const folder = folderIn(diagnosis.stdout)
  if (folder === undefined) return []
  const argv = scripted('barman-file.sh', [folder, backup.server])
  const { stdout } = await guest.shell(backup, argv, { as: 'barman', timeoutMs: 10_000 })
  const [source = '', ...lines] = stdout.split('\n')
  return source === '' ? [] : [{ node: backup.name, source, text: lines.join('\n') }]
}

function folderIn(diagnosis: string): string | undefined {
  try {
    const { global } = JSON.parse(diagnosis) as {
      global?: { config?: { configuration_files_directory?: unknown } }
    }
    const folder = global?.config?.configuration_files_directory
    return typeof folder === 'string' ? folder : undefined
  } catch {
    return undefined
  }
}

/** A server's file name as one of ours: no separator, nothing hidden. */
function safeName(source: string): string {
  return (
    basename(source)
      .replace(/[^\w.-]/g, '_')
      .replace(/^\.+/, '') || 'file'
  )
}

function freePath(path: string, taken: Set<string>): string {
  let free = path
  for (let count = 2; taken.has(free); count += 1) free = path.replace(/(\.\w+)?$/, `-${count}$1`)
  taken.add(free)
  return free
}
