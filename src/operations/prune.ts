import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NODE_IMAGE_SOURCES } from '../generate/render/node-image.ts'
import type { Lab } from '../lab.ts'
import type { Runner } from '../tools/runner.ts'

/** Images of ours are called so: those of the servers, and those of backup hosts. The tag is the system and a hash. */
const REPOSITORIES = ['pg-lab/node', 'pg-lab/backup'] as const

/** What build.sh writes on each: when it was made. */
const LABEL = 'pg-lab.made'

/**
 * The images of a lab as build.sh calls them: the servers' first, then the backup host's.
 * @returns none before its files are written
 */
export function imagesOf(directory: string, { os }: Pick<Lab, 'os'>): readonly string[] {
  const files = NODE_IMAGE_SOURCES.map((path) => join(directory, path))
  if (!files.every((file) => existsSync(file))) return []
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(file))
  const tag = `${os.name}-${hash.digest('hex').slice(0, 12)}`
  return REPOSITORIES.map((repository) => `${repository}:${tag}`)
}

/**
 * Node images that no machine on this computer was made from, stopped ones included, and that are neither this lab's
 * nor the newest of their system: another lab would have to build that again. So are those that were made again under
 * the same name.
 * @param kept the images of this lab
 * @returns names, and the numbers of those that have none any more
 */
export async function oldImages(run: Runner, kept: readonly string[]): Promise<readonly string[]> {
  const named = await Promise.all(REPOSITORIES.map((repository) => namedImages(run, repository)))
  const nameless = await listed(run, [
    ...['image', 'ls', '--quiet', '--no-trunc'],
    ...['--filter', 'dangling=true', '--filter', `label=${LABEL}`],
  ])
  const old = [...named.flatMap(butTheNewest), ...new Set(nameless)].filter((image) => !kept.includes(image))
  const machines = await Promise.all(
    old.map((image) => listed(run, ['ps', '--all', '--quiet', '--filter', `ancestor=${image}`])),
  )
  return old.filter((_, at) => machines[at]?.length === 0)
}

/** Newest first. */
function namedImages(run: Runner, repository: string): Promise<readonly string[]> {
  return listed(run, ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', repository])
}

/** Without the newest of each system. */
function butTheNewest(images: readonly string[]): readonly string[] {
  const newest = new Map(images.toReversed().map((image) => [systemOf(image), image]))
  return images.filter((image) => image !== newest.get(systemOf(image)) && !image.endsWith(':<none>'))
}

/** `pg-lab/node:debian-12-45baa42505a7` → `debian-12` */
function systemOf(image: string): string {
  return image.replace(/^.*:(.*)-[^-]*$/, '$1')
}

async function listed(run: Runner, args: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await run({ file: 'docker', args })
  return stdout.split('\n').filter((line) => line !== '')
}

/** Without force: what a machine was made from meanwhile stays. */
export async function removeImages(run: Runner, images: readonly string[]): Promise<void> {
  await run({ file: 'docker', args: ['image', 'rm', ...images] })
}
