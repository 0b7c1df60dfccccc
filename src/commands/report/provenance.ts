import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { CommandError } from '../../errors.ts'
import { handEdits } from '../../generate/write/write.ts'
import { LAB_FILES } from '../../lab-files.ts'
import { filesDigest, type Provenance, sha256 } from '../../report/report.ts'
import type { Session } from '../shared/session.ts'

const ROLES = 'provisioning'
const GIT_TIMEOUT_MS = 10_000

/** What the lab was made of, as its folder has it now. */
export async function provenanceOf(session: Session): Promise<Provenance> {
  const { directory, config } = session
  return {
    config: { file: basename(config.file), sha256: sha256(readFileSync(config.file)) },
    roles: { sha256: hashOf(join(directory, ROLES)) },
    commit: await commitOf(session),
    edits: await handEdits(directory),
  }
}

/** Of the names and contents of all files in a folder. */
function hashOf(folder: string): string {
  const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : []
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
  return filesDigest(names.map((name) => ({ name, sha256: sha256(readFileSync(join(folder, name))) })))
}

/** The report itself is no change of the lab. */
async function commitOf({ directory, context }: Session): Promise<Provenance['commit']> {
  const git = async (...args: readonly string[]) => {
    const output = await context.run({
      file: 'git',
      args: ['-C', directory, ...args],
      expectExit: 'any',
      timeoutMs: GIT_TIMEOUT_MS,
    })
    return output.exitCode === 0 ? output.stdout.trim() : undefined
  }
  try {
    const id = await git('rev-parse', '--verify', '--quiet', 'HEAD')
    if (!id) return undefined
    const changes = await git('status', '--porcelain', '--', '.', `:(exclude)${LAB_FILES.report.path}`)
    return { id, isDirty: changes !== '' }
  } catch (error) {
    if (error instanceof CommandError) return undefined // there is no git here
    throw error
  }
}
