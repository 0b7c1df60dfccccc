import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { LAB_FILES } from '../../lab-files.ts'
import { identityOf, isAlive, LADDER, type Ladder, stopGroup } from './groups.ts'
import { pause, tidyAtEnd } from './signals.ts'

/** Who works on a lab: the first line of its lock. Each line below is a process group of its tools. */
export interface Holder {
  /** Random: tells two locks apart. */
  readonly id: string
  /** `up`. */
  readonly command: string
  readonly pid: number
  readonly identity: string
  /** The computer: a lab's folder may be shared. */
  readonly host: string
  /** ISO 8601. */
  readonly since: string
}

/** A process group, as its lock remembers it. */
interface Group {
  readonly leader: number
  readonly identity: string | undefined
}

interface LockFile {
  readonly holder: Holder
  readonly groups: readonly Group[]
}

/** What came of asking for a lab's lock. */
export type Claim =
  | { readonly blockedBy: Holder }
  /** `release` gives the lab back. */
  | { readonly release: () => void }

/** A lock is made in one go, but not in one moment: until then what cannot be read may become a lock. */
const HALF_WRITTEN_MS = 2_000
const POLL_MS = 50

// One process works on one lab.
let held: string | undefined

/**
 * Makes us the only one who changes the lab, until `release` or our end. The lock of a run that was killed is taken
 * over, and what that run has left running is ended first.
 * @param directory the lab's folder
 * @param command what we are about to do
 * @param onLeftovers told before we end what a killed run has left
 * @param ladder how its tools are ended
 */
export async function lockLab(
  directory: string,
  command: string,
  onLeftovers: (killed: Holder) => void,
  ladder: Ladder = LADDER,
): Promise<Claim> {
  const file = join(directory, LAB_FILES.lock.path)
  mkdirSync(dirname(file), { recursive: true })
  const mine = newHolder(command)
  const taken = await claim(file, mine)
  if ('blockedBy' in taken) return taken
  const { dead } = taken
  if (dead !== undefined) await endLeftovers(dead, onLeftovers, ladder)
  sweep(file)
  held = file
  const release = tidyAtEnd(() => {
    held = undefined
    rmSync(file, { force: true })
  })
  return { release }
}

/** Remembers the tools we start, for whoever comes after a `kill -9`. */
export function recordGroup(leader: number | undefined): void {
  if (held === undefined || leader === undefined) return
  const group: Group = { leader, identity: identityOf(leader) }
  try {
    appendFileSync(held, `${JSON.stringify(group)}\n`)
  } catch {} // a full disk, or somebody has deleted our folder: the work itself will say so
}

function newHolder(command: string): Holder {
  return {
    id: randomBytes(8).toString('hex'),
    command,
    pid: process.pid,
    identity: identityOf(process.pid) ?? '',
    host: hostname(),
    since: new Date().toISOString(),
  }
}

type Taken = { readonly blockedBy: Holder } | { readonly dead: LockFile | undefined }

async function claim(file: string, mine: Holder): Promise<Taken> {
  for (;;) {
    if (create(file, mine)) return { dead: undefined }
    const found = await read(file)
    if (found === undefined) continue // given back meanwhile
    if (isAtWork(found.holder)) return { blockedBy: found.holder }
    const taken = await succeed(file, found, mine)
    if (taken !== undefined) return taken
  }
}

/**
 * Takes the place of one who was killed. Two may have seen him dead: whoever holds the lock named after him decides,
 * and the other finds that it is not his any more.
 */
async function succeed(file: string, dead: LockFile, mine: Holder): Promise<Taken | undefined> {
  const guard = `${file}.${dead.holder.id}`
  const guarded = await claim(guard, mine)
  if ('blockedBy' in guarded) return guarded
  try {
    if ((await read(file))?.holder.id !== dead.holder.id) return undefined
    const next = `${file}.${mine.id}`
    // His tools stay in the list until they have ended: we may be killed as well.
    writeFileSync(next, [mine, ...dead.groups].map((line) => `${JSON.stringify(line)}\n`).join(''))
    renameSync(next, file)
    return { dead }
  } finally {
    rmSync(guard, { force: true })
  }
}

/** @returns whether the lock is ours now */
function create(file: string, mine: Holder): boolean {
  try {
    writeFileSync(file, `${JSON.stringify(mine)}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
  return parse(readFileSync(file, 'utf8'))?.holder.id === mine.id
}

/** @returns `undefined` when there is no lock; one that can never be read belongs to nobody */
async function read(file: string): Promise<LockFile | undefined> {
  for (const deadline = Date.now() + HALF_WRITTEN_MS; ; await pause(POLL_MS)) {
    try {
      const lock = parse(readFileSync(file, 'utf8'))
      if (lock !== undefined) return lock
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
    if (Date.now() >= deadline) return NOBODY
  }
}

const NOBODY: LockFile = {
  holder: { id: 'unreadable', command: '', pid: 0, identity: '', host: hostname(), since: '' },
  groups: [],
}

function parse(text: string): LockFile | undefined {
  const [first, ...others] = text.split('\n').map(parseLine)
  if (typeof first?.id !== 'string') return undefined
  const groups = others.filter((line) => typeof line?.leader === 'number')
  return { holder: first as unknown as Holder, groups: groups as unknown as Group[] }
}

function parseLine(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return undefined // cut off by a full disk
  }
}

/** On another computer we cannot look: then he is believed. */
function isAtWork({ pid, identity, host }: Holder): boolean {
  return host !== hostname() || (pid !== 0 && identityOf(pid) === identity)
}

async function endLeftovers(
  { holder, groups }: LockFile,
  onLeftovers: (killed: Holder) => void,
  ladder: Ladder,
): Promise<void> {
  const left = groups.filter(isLeft)
  if (left.length === 0) return
  onLeftovers(holder)
  await Promise.all(left.map(({ leader }) => stopGroup(leader, ladder)))
}

/** A group lives on without its leader, and as long as it does, no other process gets its number. */
function isLeft({ leader, identity }: Group): boolean {
  const now = identityOf(leader)
  return (now === undefined || now === identity) && isAlive(leader)
}

/** What was killed in the middle of taking over leaves files of its own; nobody needs them once the lock has a holder. */
function sweep(file: string): void {
  const prefix = `${basename(file)}.`
  for (const name of readdirSync(dirname(file))) {
    if (name.startsWith(prefix)) rmSync(join(dirname(file), name), { force: true })
  }
}
