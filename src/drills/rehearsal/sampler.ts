import { CommandError } from '../../errors.ts'
import { type Lab, type LabNode, postgresNodes } from '../../lab.ts'
import type { Replication } from '../../observe/server-parts.ts'
import { listSql, SENDERS_SQL, SLOTS_SQL } from '../../observe/sql.ts'
import { scripted } from '../../scripts/index.ts'
import { pause } from '../../tools/process/signals.ts'
import type { Guest } from '../../tools/ssh/guest-contract.ts'

/** One server, at one moment. */
export interface Sample {
  /** Our own clock, in ms since 1970. */
  readonly atMs: number
  readonly node: string
  /** `undefined` where it did not answer. */
  readonly answer: Answer | undefined
}

/** As much as can be asked twice a second: who streams, and for whom WAL is kept. */
export interface Answer extends Pick<Replication, 'senders' | 'slots'> {
  readonly in_recovery: boolean
}

const EVERY_S = 0.5

/** A server from which nothing is heard for longer is as good as away. */
const SILENT_AFTER_MS = 5_000

/** No drill is longer. */
const TIMEOUT_MS = 60 * 60_000

const SQL = `SELECT pg_is_in_recovery() AS in_recovery,
  ${listSql(`SELECT * FROM (${SENDERS_SQL}) AS s WHERE state = 'streaming'`)} AS senders,
  ${listSql(SLOTS_SQL)} AS slots`

/** Looks at every server again and again until it is stopped. */
export function startSampler(
  lab: Lab,
  guest: Guest,
): { samples(): readonly Sample[]; stop(): Promise<void> } {
  const samples: Sample[] = []
  let isStopped = false
  const pids = new Map<string, string>()
  const see = (node: LabNode, answer: Answer | undefined) => {
    samples.push({ atMs: Date.now(), node: node.name, answer })
  }
  const onLine = (node: LabNode, line: string) => {
    if (line.startsWith('pid ')) pids.set(node.name, line.slice('pid '.length))
    if (line.startsWith('look ')) see(node, JSON.parse(line.slice('look '.length)) as Answer)
    if (line === 'away') see(node, undefined)
  }
  const watch = async (node: LabNode) => {
    while (!isStopped) {
      await ask(node, guest, (line) => onLine(node, line))
      if (!isStopped) see(node, undefined) // its machine is away
      await pause(EVERY_S * 1000)
    }
  }
  const nodes = postgresNodes(lab)
  const listen = async () => {
    while (!isStopped) {
      await pause(EVERY_S * 1000)
      for (const node of nodes) if (isSilent(samples, node)) see(node, undefined)
    }
  }
  const ended = Promise.all([...nodes.map(watch), listen()])
  ended.catch(() => {}) // a signal ends us all: whoever stops the sampler gets it
  return {
    samples: () => samples,
    stop: async () => {
      isStopped = true
      await Promise.all(nodes.map((node) => end(node, guest, pids.get(node.name))))
      await ended
    },
  }
}

function isSilent(samples: readonly Sample[], { name }: LabNode): boolean {
  const last = samples.findLast(({ node }) => node === name)
  return last !== undefined && Date.now() - last.atMs > SILENT_AFTER_MS
}

/** Until the connection, or its script, ends. */
async function ask(node: LabNode, guest: Guest, onLine: (line: string) => void): Promise<void> {
  const argv = scripted('sampler.sh', [SQL.replace(/\s+/g, ' '), String(EVERY_S)])
  try {
    await guest.shell(node, argv, { as: 'postgres', timeoutMs: TIMEOUT_MS, onLine })
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
  }
}

async function end(node: LabNode, guest: Guest, pid: string | undefined): Promise<void> {
  if (pid === undefined) return
  try {
    await guest.shell(node, ['kill', '-TERM', pid], { as: 'postgres', timeoutMs: 20_000 })
  } catch (error) {
    if (!(error instanceof CommandError)) throw error // it is away, and our connection with it
  }
}
