import { existsSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { Architecture } from '../catalog/names.ts'

/** A package manager whose names we know. `winget` is shown, never run: it asks for rights in a window of its own. */
export type Manager = 'apt' | 'dnf' | 'pacman' | 'brew' | 'winget'

/** What starts services on this computer. */
export type Init = 'systemd' | 'sysvinit' | 'none'

/** This computer, as far as it decides what to type. */
export interface Platform {
  readonly system: NodeJS.Platform
  /** As people say it: `Debian GNU/Linux 12 (bookworm)`. */
  readonly title: string
  readonly architecture: Architecture
  readonly manager: Manager | undefined
  readonly init: Init
  readonly isRoot: boolean
  readonly user: string
}

/** `ID` and `ID_LIKE` of os-release(5), most telling first. */
const MANAGERS: readonly (readonly [id: string, manager: Manager])[] = [
  ['debian', 'apt'],
  ['ubuntu', 'apt'],
  ['fedora', 'dnf'],
  ['rhel', 'dnf'],
  ['arch', 'pacman'],
]

/** Reads KEY=value lines, as os-release(5) has them. */
function parseOsRelease(text: string): Readonly<Record<string, string>> {
  const rows = text.matchAll(/^([A-Z_]+)=(?:"([^"]*)"|'([^']*)'|(.*))$/gm)
  return Object.fromEntries(Array.from(rows, ([, key, ...values]) => [key, values.find(Boolean) ?? '']))
}

/** @param osRelease content of /etc/os-release, `''` where there is none */
export function linuxManager(osRelease: string): { manager: Manager | undefined; title: string } {
  const { ID = '', ID_LIKE = '', PRETTY_NAME } = parseOsRelease(osRelease)
  const ids = [ID, ...ID_LIKE.split(' ')]
  const manager = MANAGERS.find(([id]) => ids.includes(id))?.[1]
  return { manager, title: PRETTY_NAME || 'Linux' }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function initOf(system: NodeJS.Platform): Init {
  if (system !== 'linux') return 'none'
  if (existsSync('/run/systemd/system')) return 'systemd' // the test of sd_booted(3)
  return read('/proc/1/comm').trim() === 'init' ? 'sysvinit' : 'none'
}

function managerOf(system: NodeJS.Platform): { manager: Manager | undefined; title: string } {
  if (system === 'darwin') return { manager: 'brew', title: 'macOS' }
  if (system === 'win32') return { manager: 'winget', title: 'Windows' }
  return linuxManager(read('/etc/os-release'))
}

/** Looks at this computer. Starts nothing. */
export function readPlatform(): Platform {
  const system = process.platform
  return {
    system,
    ...managerOf(system),
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    init: initOf(system),
    isRoot: process.getuid?.() === 0,
    user: userInfo().username,
  }
}
