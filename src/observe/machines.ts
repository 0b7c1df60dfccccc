import { OPERATING_SYSTEMS } from '../catalog/os.ts'
import type { LabNode, MachineSize } from '../lab.ts'
import { scripted } from '../scripts/index.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { ifReachable } from '../tools/ssh/if-reachable.ts'

/** What a machine says of itself. */
export interface MachineSight {
  readonly addresses: readonly string[]
  /** As the catalog names it, e.g. `debian-12`. */
  readonly os: string
  /** As its kernel counts it; `undefined` where it does not say. */
  readonly size: MachineSize | undefined
}

const ANSWER_TIMEOUT_MS = 8_000

/** What os-release(5) calls differently than the catalog. */
const OS_IDS: Readonly<Record<string, string>> = { almalinux: 'alma' }

/** Systems that only their major version tells apart. */
const BY_MAJOR = ['rocky', 'alma', 'debian']

/**
 * @param isNamed the machine was made under the node's name; a server that was there may have another
 * @returns `undefined` when it does not answer, or another machine answers in its place
 */
export async function seeMachine(
  guest: Guest,
  node: LabNode,
  isNamed = true,
): Promise<MachineSight | undefined> {
  return ifReachable(async () => {
    const { stdout } = await guest.shell(node, scripted('see-machine.sh'), { timeoutMs: ANSWER_TIMEOUT_MS })
    const [name, addresses = '', os = '', processors, ...memory] = stdout.trim().split('\n')
    if (name === '' || (isNamed && name !== node.name)) return undefined
    return {
      addresses: addresses.split(' ').filter(Boolean),
      os: osName(os),
      size: sizeOf(processors, memory),
    }
  }, undefined)
}

/** @param memory lines of lsmem(1); a container has none */
function sizeOf(processors: string | undefined, memory: readonly string[]): MachineSize | undefined {
  const [, bytes] = /online memory: *(\d+)/.exec(memory.join('\n')) ?? []
  return bytes ? { memoryMb: Number(bytes) / 2 ** 20, cpus: Number(processors) } : undefined
}

/** Debian gives its next release a number only when it comes out; until then there is its name alone. */
function osName(text: string): string {
  const [id = '', version = ''] = text.split(' ')
  const name = OS_IDS[id] ?? id
  const coming = Object.values(OPERATING_SYSTEMS).find(
    ({ release }) => release === version && !/^\d/.test(release),
  )
  if (coming) return coming.name
  return `${name}-${BY_MAJOR.includes(name) ? version.split('.')[0] : version}`
}
