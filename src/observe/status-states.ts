import { type BackupNode, type Lab, type LabNode, nodesOf, type PostgresNode } from '../lab.ts'
import { linksOf } from '../postgres/topology.ts'
import type { BackupAnswer, Backups } from './backups.ts'
import type { Sender, Slot } from './server-parts.ts'
import { BARMAN_FOLLOWER } from './server-settings.ts'
import type { Asked, DiskSpace, StatusAnswer } from './status-answers.ts'

/** A host of the lab, as it describes itself. */
export interface NodeState {
  readonly name: string
  readonly address: string
  readonly role: 'primary' | 'standby' | 'barman' | 'unknown'
  /** `running`, `streaming`, `receiving`, or what is wrong: `server down`. */
  readonly state: string
  readonly ok: boolean
  /** Host it streams from, or should. */
  readonly upstream: string | undefined
  readonly timeline: number | undefined
  /** Newest WAL it has written or received. */
  readonly lsn: string | undefined
  /** WAL of its upstream that it has not replayed; `undefined` when nobody knows. */
  readonly lag:
    | {
        readonly bytes: number
        /** Until what is committed there is replayed here. */
        readonly seconds: number
        /** Until it is written, and on the disk; `undefined` where nothing was on its way of late. */
        readonly writeSeconds: number | undefined
        readonly flushSeconds: number | undefined
      }
    | undefined
  /** Whether commits wait for it: `async`, `sync`, `potential` or `quorum`, as its upstream says. */
  readonly sync: string | undefined
  /** Replication slot it streams through. */
  readonly slot: string | undefined
  readonly version: string | undefined
  readonly disk: DiskSpace | undefined
  readonly problem: string | undefined
  /** What to type about it. */
  readonly hint: string | undefined
}

/** A replication slot, on the server that keeps WAL for it. */
export type SlotState = Slot & {
  readonly node: string
  /** Host it was made for; `undefined` when it is no slot of the lab. */
  readonly user: string | undefined
}

/** The lab at one moment. */
export interface LabStatus {
  readonly lab: string
  /** ISO 8601. */
  readonly at: string
  /** Name of the one primary; `undefined` when there is none, or more than one. */
  readonly primary: string | undefined
  readonly nodes: readonly NodeState[]
  readonly slots: readonly SlotState[]
  readonly backups:
    | (Backups & {
        /** How old the newest of them and the newest archived WAL may be. */
        readonly maximumAgeHours: number
      })
    | undefined
}

export type AnswersByNode = ReadonlyMap<string, Asked<StatusAnswer>>

const UNKNOWN = {
  role: 'unknown',
  ok: false,
  timeline: undefined,
  lsn: undefined,
  lag: undefined,
  sync: undefined,
  slot: undefined,
  version: undefined,
  disk: undefined,
} as const

/** A PostgreSQL server's state out of its own answer and its upstream's. */
export function nodeStateOf(lab: Lab, node: PostgresNode, answers: AnswersByNode): NodeState {
  const asked = answers.get(node.name)
  const { name, address } = node
  if (!asked || !('answer' in asked)) {
    return {
      ...UNKNOWN,
      name,
      address,
      upstream: wantedUpstream(lab, node, answers),
      ...silence(node, asked),
    }
  }
  const { answer } = asked
  const { lsn, replayed, receiver, version } = answer.replication
  const upstream = answer.in_recovery ? upstreamOf(lab, node, answer, answers) : undefined
  const sender = answer.in_recovery ? senderOf(node, upstream, answers) : undefined
  return {
    name,
    address,
    role: answer.in_recovery ? 'standby' : 'primary',
    ...judge(node, answer, sender, answers),
    upstream,
    timeline: answer.timeline,
    lsn: lsn ?? replayed ?? undefined,
    lag: sender ? lagOf(sender) : undefined,
    sync: sender?.sync_state,
    slot: receiver?.slot_name ?? undefined,
    version,
    disk: answer.disk,
  }
}

type Judgement = Pick<NodeState, 'state' | 'ok' | 'problem' | 'hint'>

const WELL = { ok: true, problem: undefined, hint: undefined } as const

function judge(
  node: PostgresNode,
  { in_recovery, replication }: StatusAnswer,
  sender: Sender | undefined,
  answers: AnswersByNode,
): Judgement {
  const { name } = node
  const { paused, receiver } = replication
  if (!in_recovery) {
    const others = primariesIn(answers).filter((other) => other !== name)
    if (others.length === 0) return { ...WELL, state: 'running' }
    // Which of them gives way is not to be read from a number.
    const hint = 'npx create-pg-lab verify --only primary'
    return { state: 'split', ok: false, problem: `${others.join(', ')} is a primary too`, hint }
  }
  if (paused) {
    const hint = `npx create-pg-lab psql ${name} -c 'SELECT pg_wal_replay_resume()'`
    return {
      state: 'paused',
      ok: false,
      problem: 'its replay is paused: WAL arrives, its rows do not show',
      hint,
    }
  }
  if (!receiver) {
    const hint =
      primariesIn(answers).length === 0 ? 'npx create-pg-lab up' : 'npx create-pg-lab verify --only standby'
    return { state: 'not streaming', ok: false, problem: 'it has no walreceiver', hint }
  }
  if (!receiver.slot_name) {
    const problem = 'it streams without a slot: nothing keeps the WAL it needs'
    return { state: 'no slot', ok: false, problem, hint: 'npx create-pg-lab provision' }
  }
  const state = sender?.state ?? receiver.status
  return { ...WELL, state, ok: state === 'streaming' || state === 'catchup' }
}

function silence({ name }: LabNode, asked: Asked<unknown> | undefined): Judgement {
  if (!asked || 'answer' in asked)
    return { state: 'not asked', ok: false, problem: undefined, hint: undefined }
  const { machine, problem } = asked
  if (machine === 'up') {
    const hint = `npx create-pg-lab logs ${name}; npx create-pg-lab up starts it`
    return { state: 'server down', ok: false, problem, hint }
  }
  if (machine === 'down') return { state: 'machine down', ok: false, problem, hint: 'npx create-pg-lab up' }
  // That one waits longer, and says what hangs.
  const hint = 'npx create-pg-lab verify --only primary'
  return { state: 'no answer', ok: false, problem: problem.replace(`${name} `, ''), hint }
}

/** The Barman host's state: whether it receives is seen on the server it streams from. */
export function backupStateOf(
  lab: Lab,
  node: BackupNode,
  asked: Asked<BackupAnswer>,
  answers: AnswersByNode,
): NodeState {
  const { name, address } = node
  const [upstream, sender] = barmanSender(lab, node, answers)
  const base = { ...UNKNOWN, name, address, role: 'barman', upstream } as const
  if (!('answer' in asked)) {
    const { state, problem, hint } = silence(node, asked)
    return asked.machine === 'up'
      ? { ...base, state: 'Barman fails', problem, hint: 'npx create-pg-lab verify --only barman' }
      : { ...base, state, problem, hint }
  }
  const seen = { ...base, slot: sender?.slot_name ?? undefined, disk: asked.answer.disk }
  if (sender) return { ...seen, state: 'receiving', ...WELL }
  const isSilent = [...answers.values()].some((one) => 'machine' in one && one.machine === 'slow')
  if (primariesIn(answers).length === 0 && isSilent) {
    const problem = 'no primary answers, so it is not known whether receive-wal streams'
    return { ...seen, state: 'not known', problem, hint: 'npx create-pg-lab verify --only primary' }
  }
  const hint = `npx create-pg-lab ssh ${name} -- sudo -u barman barman cron`
  return { ...seen, state: 'not receiving', problem: 'receive-wal does not stream from the primary', hint }
}

function barmanSender(
  lab: Lab,
  node: BackupNode,
  answers: AnswersByNode,
): readonly [upstream: string, sender: Sender | undefined] {
  for (const [server, asked] of answers) {
    if (!('answer' in asked)) continue
    const sender = asked.answer.replication.senders.find(
      (one) => one.client_addr === node.address && one.application_name === BARMAN_FOLLOWER,
    )
    if (sender) return [server, sender]
  }
  return [primariesIn(answers)[0] ?? lab.master.name, undefined]
}

function primariesIn(answers: AnswersByNode): readonly string[] {
  return [...answers].flatMap(([name, asked]) =>
    'answer' in asked && !asked.answer.in_recovery ? [name] : [],
  )
}

/** Where it says it streams from; where it does not stream, where it should. */
function upstreamOf(
  lab: Lab,
  node: PostgresNode,
  answer: StatusAnswer,
  answers: AnswersByNode,
): string | undefined {
  const sender = nodesOf(lab).find(({ address }) => address === answer.replication.receiver?.sender_host)
  return sender?.name ?? wantedUpstream(lab, node, answers)
}

function wantedUpstream(lab: Lab, node: PostgresNode, answers: AnswersByNode): string | undefined {
  const name = primariesIn(answers)[0]
  const primary = nodesOf(lab).find((one) => one.name === name) ?? lab.master
  return linksOf(lab, primary).find((link) => link.node.name === node.name)?.upstream.name
}

function senderOf(node: LabNode, upstream: string | undefined, answers: AnswersByNode): Sender | undefined {
  const asked = answers.get(upstream ?? '')
  if (!asked || !('answer' in asked)) return undefined
  return asked.answer.replication.senders.find(({ client_addr }) => client_addr === node.address)
}

function lagOf({ bytes, seconds, write_seconds, flush_seconds }: Sender): NodeState['lag'] {
  if (bytes === null) return undefined
  return {
    bytes: Math.max(0, bytes),
    seconds: seconds ?? 0,
    writeSeconds: write_seconds ?? undefined,
    flushSeconds: flush_seconds ?? undefined,
  }
}
