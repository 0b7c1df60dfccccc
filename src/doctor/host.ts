import { existsSync, readFileSync, statfsSync } from 'node:fs'
import { createServer } from 'node:net'
import { freemem, networkInterfaces } from 'node:os'
import { CommandError } from '../errors.ts'
import { parseSubnet, type Subnet } from '../resolve/addresses.ts'
import type { Output, Runner } from '../tools/runner.ts'
import { type StoredBox, storedBoxes, vagrantHome } from '../tools/vagrant/boxes.ts'
import { type Platform, readPlatform } from './platform.ts'

/** A program that starts from a cold disk, on an emulated processor, needs half a minute to say its version. */
const ASK_TIMEOUT_MS = 60_000
/** What `timeout` of coreutils exits with. */
const TIMED_OUT = 124
const REACH_TIMEOUT_MS = 4_000

/** This computer as the rules ask it. Answers are remembered until `forget`, so that ten rules may ask the same. */
export interface Host {
  readonly run: Runner
  readonly platform: Platform
  readonly nodeVersion: string
  /** @returns what a program printed, whatever its exit code; `undefined` when it cannot be started. One that is too slow has exit code 124. */
  ask(file: string, args: readonly string[]): Promise<Output | undefined>
  exists(path: string): boolean
  /** @returns `undefined` where the file is not there, or not for us */
  read(path: string): string | undefined
  /** What this computer reaches directly: its networks, and on Linux the routes of a VPN as well. */
  networks(): Promise<readonly HostNetwork[]>
  freeMemoryMb(): number
  /** @returns `undefined` where it cannot be told */
  freeDiskMb(path: string): number | undefined
  /** @returns whether a program could listen there, on this computer's own address */
  isFreePort(port: number): Promise<boolean>
  nowMs(): number
  /** @returns whether this registry answers from here */
  reachesRegistry(url: string): Promise<boolean>
  /** The boxes Vagrant has here, the newest version first. */
  boxes(): readonly StoredBox[]
  /** After an installation everything is asked again. */
  forget(): void
}

/** A network this computer is in, under the name of its interface. */
export interface HostNetwork {
  readonly name: string
  readonly subnet: Subnet
  /** Its own address there; `undefined` for a mere route. */
  readonly address: string | undefined
}

function ownNetworks(): readonly HostNetwork[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses.flatMap(({ family, cidr, internal, address }) =>
      family === 'IPv4' && cidr !== null && !internal ? [{ name, subnet: parseSubnet(cidr), address }] : [],
    ),
  )
}

/** Lines of `ip route`: `10.8.0.0/16 via 10.8.0.1 dev tun0`. */
function routedNetworks(text: string): readonly HostNetwork[] {
  const rows = text.matchAll(/^(\d+\.\d+\.\d+\.\d+\/\d+) .*?\bdev (\S+)/gm)
  return Array.from(rows, ([, cidr = '', name = '']) => ({
    name,
    subnet: parseSubnet(cidr),
    address: undefined,
  }))
}

function freeMemoryMb(): number {
  const [, kB] = /^MemAvailable: +(\d+) kB/m.exec(readText('/proc/meminfo') ?? '') ?? []
  return Math.floor(kB === undefined ? freemem() / 2 ** 20 : Number(kB) / 2 ** 10) // freemem counts caches as taken
}

function freeDiskMb(path: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(path)
    return Math.floor((bavail * bsize) / 2 ** 20)
  } catch {
    return undefined
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function canListen(port: number): Promise<boolean> {
  return new Promise((done) => {
    const server = createServer()
    server.once('error', () => done(false))
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
  })
}

async function answersAsRegistry(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(REACH_TIMEOUT_MS) })
    await response.body?.cancel()
    return response.ok || response.status === 401 // 401: a registry that wants a token, which docker then gets
  } catch {
    return false
  }
}

/** @param seen what differs from the real computer, in tests */
export function createHost(run: Runner, seen: Partial<Omit<Host, 'run' | 'ask' | 'forget'>> = {}): Host {
  const answers = new Map<string, Promise<Output | undefined>>()
  const start = async (file: string, args: readonly string[]) => {
    try {
      return await run({ file, args, expectExit: 'any', timeoutMs: ASK_TIMEOUT_MS })
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      return error.timedOut
        ? { exitCode: TIMED_OUT, stdout: '', stderr: error.message, durationMs: ASK_TIMEOUT_MS }
        : undefined
    }
  }
  const ask = (file: string, args: readonly string[]) => {
    const key = JSON.stringify([file, ...args])
    const answer = answers.get(key) ?? start(file, args)
    answers.set(key, answer)
    return answer
  }
  return {
    platform: readPlatform(),
    nodeVersion: process.versions.node,
    exists: existsSync,
    read: readText,
    reachesRegistry: answersAsRegistry,
    networks: async () => [
      ...ownNetworks(),
      ...routedNetworks((await ask('ip', ['-4', 'route']))?.stdout ?? ''),
    ],
    freeMemoryMb,
    freeDiskMb,
    isFreePort: canListen,
    nowMs: Date.now,
    boxes: () => storedBoxes(vagrantHome()),
    ...seen,
    run,
    ask,
    forget: () => answers.clear(),
  }
}
