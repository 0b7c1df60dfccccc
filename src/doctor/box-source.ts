import { join } from 'node:path'
import type { Box } from '../catalog/os.ts'
import type { Lab } from '../lab.ts'
import { packageRoot } from '../package-root.ts'
import { isBox, type StoredBox } from '../tools/vagrant/boxes.ts'
import type { Host } from './host.ts'

/** Makes a box here: a file of the lab, where the lab may have one. */
export const BOX_SCRIPT = 'provisioning/support/box/build.sh'

/** Where Vagrant asks for a box, unless it is told otherwise. */
const REGISTRY = 'https://vagrantcloud.com'

/** A lab whose machines Vagrant makes from a box. */
export type BoxedLab = Lab & { readonly box: Box }

/** Where the box of a lab comes from. */
export type BoxSource =
  | { readonly from: 'here'; readonly box: StoredBox }
  /** Somebody else's box has the name of ours. */
  | { readonly from: 'stranger'; readonly box: StoredBox }
  | { readonly from: 'address'; readonly address: string }
  /** It is to be made here; `silent` did not answer. */
  | { readonly from: 'packages'; readonly own: string; readonly silent: string | undefined }
  /** `code` of build.sh: 1 something is to be installed, 2 root could make it, 3 neither. */
  | {
      readonly from: 'nowhere'
      readonly silent: string | undefined
      readonly cause: string
      readonly code: number
    }

/**
 * In this order: the box is here; one that was made here is; the address of the config, which may be that of a box that
 * somebody exported, or of the registry, has it; it can be made here. The Vagrantfile goes the same way.
 */
export async function findBox(host: Host, lab: BoxedLab): Promise<BoxSource> {
  const { box, ownBox } = lab
  const { provider } = lab
  const stored = host.boxes()
  const named = stored.find((one) => isBox(one, { ...box, provider }))
  if (named && named.name !== ownBox) return { from: 'here', box: named }
  const own = stored.find((one) => ownBox !== undefined && isBox(one, { name: ownBox, provider }))
  if (own) return { from: own.builtFrom === undefined ? 'stranger' : 'here', box: own }
  const address = addressOf(lab)
  if (address !== undefined && (await answers(host, address))) return { from: 'address', address }
  const silent = address === undefined ? undefined : shown(address)
  if (ownBox === undefined) return { from: 'nowhere', silent, cause: '', code: 3 }
  const answer = await host.ask('sh', [
    join(packageRoot(), BOX_SCRIPT),
    '--check',
    lab.os.name,
    lab.os.release,
  ])
  if (answer?.exitCode === 0) return { from: 'packages', own: ownBox, silent }
  const cause = answer?.stderr.trim() || 'no box can be made on this system'
  return { from: 'nowhere', silent, cause, code: answer?.exitCode ?? 3 }
}

/** Where Vagrant would look for the named box; nowhere for one of ours that has no address. */
function addressOf({ box, ownBox, mirrors }: BoxedLab): string | undefined {
  return box.url === undefined && box.name === ownBox ? undefined : boxAddress(box, mirrors.vagrant)
}

/** @param registry in place of the public one */
export function boxAddress({ name, url }: Box, registry = REGISTRY): string {
  return url ?? `${registry}/${name}`
}

async function answers(host: Host, address: string): Promise<boolean> {
  if (/^https?:/.test(address)) return host.reachesRegistry(address)
  return host.exists(address.replace(/^file:\/\//, ''))
}

function shown(address: string): string {
  return /^https?:/.test(address) ? new URL(address).host : address
}
