import { RAN } from '../catalog/ran.ts'
import { isAtLeast } from './version.ts'

/** `2.22.1` is the release `2.22`, as far as `like` tells releases apart. */
export function releaseOf(version: string, like: string): string {
  return version.split('.').slice(0, like.split('.').length).join('.')
}

/**
 * What to say of a version that pg-lab was not run with: never a problem, always said.
 * @param program its row in the table of what was run
 * @returns a sentence, or `undefined` between the oldest and the newest that was run, or where the program has no row
 */
export function outsideOfRun(program: string, version: string): string | undefined {
  const versions = RAN[program]
  if (versions === undefined) return undefined
  const [oldest, newest] = [versions[0], versions.at(-1)]
  if (!oldest || !newest)
    return 'create-pg-lab has not been run with it yet: what it writes for it was checked, not tried.'
  const was = `what create-pg-lab was run with (${versions.join(', ')}): it should work, but nobody has seen it.`
  if (!isAtLeast(newest, releaseOf(version, newest))) return `${version} is newer than ${was}`
  return isAtLeast(version, oldest) ? undefined : `${version} is older than ${was}`
}

/** @returns the sentences in one, or `undefined` where there are none */
export function together(...sentences: readonly (string | undefined)[]): string | undefined {
  return sentences.filter(Boolean).join(' ') || undefined
}
