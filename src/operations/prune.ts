import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { NODE_IMAGE_SETTINGS } from '../generate/node-image.ts'
import type { Lab } from '../lab.ts'
import type { Runner } from '../tools/contracts.ts'

/** Images of ours are called so; the tag is the system and a hash of what it is made from. */
const NODE_IMAGES = 'pg-lab/node'

/** What the image of this lab is made from, in the order of build.sh and the Vagrantfile. */
const SOURCES = [
  'provisioning/node-image/Dockerfile',
  'provisioning/node-image/start.sh',
  NODE_IMAGE_SETTINGS,
]

/**
 * The image of a lab as build.sh calls it.
 * @returns `undefined` before its files are written
 */
export function imageOf(
  directory: string,
  { os }: Pick<Lab, 'os'>,
  repository = NODE_IMAGES,
): string | undefined {
  const files = SOURCES.map((path) => join(directory, path))
  if (!files.every((file) => existsSync(file))) return undefined
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(file))
  return `${repository}:${os.name}-${hash.digest('hex').slice(0, 12)}`
}

/**
 * Node images that no machine on this computer was made from, stopped ones included, and that are neither this lab's
 * nor the newest of their system: another lab would have to build that again.
 * @param kept the image of this lab
 */
export async function oldImages(
  run: Runner,
  kept: string | undefined,
  repository = NODE_IMAGES,
): Promise<readonly string[]> {
  const all = await listed(run, ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', repository]) // newest first
  const newest = new Map(all.toReversed().map((image) => [systemOf(image), image]))
  const old = all.filter((image) => image !== kept && image !== newest.get(systemOf(image)))
  const machines = await Promise.all(
    old.map((image) => listed(run, ['ps', '--all', '--quiet', '--filter', `ancestor=${image}`])),
  )
  return old.filter((_, at) => machines[at]?.length === 0)
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
