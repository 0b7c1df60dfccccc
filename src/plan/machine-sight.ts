import { CommandError } from '../errors.ts'
import type { LabNode } from '../lab.ts'
import type { Guest } from '../tools/contracts.ts'

/** What a machine says of itself. */
export interface MachineSight {
  readonly addresses: readonly string[]
  /** As the catalog names it, e.g. `debian-12`. */
  readonly os: string
}

const ANSWER_TIMEOUT_MS = 8_000

const LOOK = ['sh', '-c', 'hostname; hostname -I; . /etc/os-release; echo "$ID" "$VERSION_ID"']

/** What os-release(5) calls differently than the catalog. */
const OS_IDS: Readonly<Record<string, string>> = { almalinux: 'alma' }

/** Systems that only their major version tells apart. */
const BY_MAJOR = ['rocky', 'alma', 'debian']

/** @returns `undefined` when it does not answer, or another machine answers in its place */
export async function seeMachine(guest: Guest, node: LabNode): Promise<MachineSight | undefined> {
  try {
    const { exitCode, stdout } = await guest.shell(node, LOOK, { timeoutMs: ANSWER_TIMEOUT_MS })
    const [name, addresses = '', os = ''] = stdout.trim().split('\n')
    if (exitCode !== 0 || name !== node.name) return undefined
    return { addresses: addresses.split(' ').filter(Boolean), os: osName(os) }
  } catch (error) {
    if (error instanceof CommandError) return undefined
    throw error
  }
}

function osName(text: string): string {
  const [id = '', version = ''] = text.split(' ')
  const name = OS_IDS[id] ?? id
  return `${name}-${BY_MAJOR.includes(name) ? version.split('.')[0] : version}`
}
