import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

/** How long each signal is given before the next, harder one: INT, then TERM, then KILL. */
export interface Ladder {
  readonly termAfterMs: number
  readonly killAfterMs: number
}

/** vagrant traps INT alone and then tidies up, which takes it up to some 15 s. */
export const LADDER: Ladder = { termAfterMs: 20_000, killAfterMs: 5_000 }

const POLL_MS = 50
/** After KILL only a wait inside the kernel keeps a process: that may take for ever. */
const AFTER_KILL_MS = 1_000

const isWindows = process.platform === 'win32'

/**
 * Sends a signal to every process of a group; a group that is gone is no error.
 * @param leader pid of the process that was started detached, and so leads its group
 */
export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    if (isWindows) signalTree(leader, signal)
    else process.kill(-leader, signal)
  } catch {} // ESRCH: all of them have ended
}

/** Windows has no groups and no INT: the console hands Ctrl-C to all of its processes itself. */
function signalTree(root: number, signal: NodeJS.Signals): void {
  if (signal === 'SIGKILL') spawnSync('taskkill', ['/pid', String(root), '/T', '/F'])
}

/** Whether any process of the group is left. */
export function isAlive(leader: number): boolean {
  try {
    process.kill(isWindows ? leader : -leader, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // it is there, and became another user's
  }
  return process.platform !== 'linux' || groupStates(leader).some((state) => state !== 'Z')
}

/**
 * States of a group's processes (proc(5): R, S, … Z). Signals still find a zombie, and in a container whose PID 1 reaps
 * none it would be waited for to the ladder's end.
 */
function groupStates(leader: number): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(statFields)
    .flatMap(([state, , group]) => (state !== undefined && Number(group) === leader ? [state] : []))
}

/**
 * What tells a process from a later one with the same number: when it began, as the system counts.
 * @returns `undefined` when there is no such process, or it has ended and only waits to be reaped
 */
export function identityOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const fields = statFields(String(pid))
    const [state] = fields
    return state === undefined || state === 'Z' ? undefined : `${bootId()} ${fields[START_TIME]}`
  }
  if (isWindows) return isAlive(pid) ? 'alive' : undefined // it has neither /proc nor ps
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  })
  return stdout.trim() || undefined
}

/** The 22nd field of /proc/<pid>/stat, in what `statFields` gives of it: ticks since the boot. */
const START_TIME = 22 - 3

/** Another one after each boot: what counts from the boot begins again then. */
function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

/** Fields of /proc/<pid>/stat from the third on: state, parent, group. The second is a name in brackets. */
function statFields(pid: string): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return [] // it ended between the listing and now
  }
}

async function goneWithin(leader: number, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms
  while (isAlive(leader)) {
    if (Date.now() >= deadline) return false
    await delay(POLL_MS)
  }
  return true
}

/** Ends a group: asks first, insists later. Resolves when no process of it is left. */
export async function stopGroup(leader: number, ladder: Ladder): Promise<void> {
  signalGroup(leader, 'SIGINT')
  if (await goneWithin(leader, ladder.termAfterMs)) return
  signalGroup(leader, 'SIGTERM')
  if (await goneWithin(leader, ladder.killAfterMs)) return
  signalGroup(leader, 'SIGKILL')
  await goneWithin(leader, AFTER_KILL_MS)
}
