import { realpathSync } from 'node:fs'
import { basename } from 'node:path'
import { projectFiles } from '../../generate/render/project.ts'
import type { ProjectFile } from '../../generate/render/project-file.ts'
import { type WriteResult, writeProject } from '../../generate/write/write.ts'
import { packageRoot } from '../../package-root.ts'
import { type ValueTask, valueTask } from '../../tasks/index.ts'
import type { Session } from '../shared/session.ts'

/** The files the config gives. In the package's own repository the roles are used where they lie. */
export function filesOf({ lab, directory, config }: Session): Promise<ProjectFile[]> {
  const isPackage = realpathSync(directory) === realpathSync(packageRoot())
  return projectFiles(lab, { roles: isPackage ? 'in-place' : 'copy', source: basename(config.file) })
}

/** Writes what differs; edits of the user's own are kept. Its value is what it did. */
export function writeFiles(session: Session): ValueTask<WriteResult> {
  return valueTask('Write the files', async () => {
    const value = await writeProject(session.directory, await filesOf(session), { mode: 'merge' })
    return { value, said: showCounts(value) }
  })
}

/** `2 written, 1 merged with your edits, 40 unchanged`. An edit that is in no file of use any more is named. */
function showCounts({ written, merged, removed, unchanged, kept }: WriteResult): string {
  const counts = [
    [written, 'written'],
    [merged, 'merged with your edits'],
    [removed, 'removed'],
    [unchanged, 'unchanged'],
    [kept, `kept for your edits, but no longer used: ${kept.join(', ')}`],
  ] as const
  const told = counts.filter(([paths]) => paths.length > 0).map(([paths, word]) => `${paths.length} ${word}`)
  return told.join(', ')
}
