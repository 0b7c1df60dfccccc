import { CommandError } from '../errors.ts'
import { type BackupNode, type Lab, type LabNode, nodesOf, type PostgresNode, postgresNodes } from '../lab.ts'
import type { Output } from '../tools/runner.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { BARE_ANSWERS, bounded, psqlProgram, sessionSql } from '../tools/ssh/psql-session.ts'
import { askCatalogue, type BackupAnswer, readBackupAnswer } from './backups.ts'
import { type Asked, readServerAnswer, type StatusAnswer, statusScript } from './status-answers.ts'
import { backupStateOf, type LabStatus, nodeStateOf } from './status-states.ts'

export type { LabStatus as Survey, NodeState, SlotState } from './status-states.ts'

/** A node that is silent for so long counts as down: one look must not wait for it. */
const SILENCE_MS = 4_000

/** A locked or loaded server is told so while the machine still counts as there. */
const STATEMENT_S = 3

/**
 * The lab as its hosts describe it at this moment: one question a host, all at the same time.
 * A host that is down is part of the picture, never an error.
 */
export async function surveyLab(lab: Lab, guest: Guest): Promise<LabStatus> {
  const nodes = postgresNodes(lab)
  const [servers, backup] = await Promise.all([
    Promise.all(nodes.map((node) => askServer(node, lab, guest))),
    lab.backup ? askBackup(lab.backup, guest) : undefined,
  ])
  const answers = new Map(nodes.map((node, at) => [node.name, servers[at] as Asked<StatusAnswer>]))
  const states = nodes.map((node) => nodeStateOf(lab, node, answers))
  const primaries = states.filter(({ role }) => role === 'primary')
  const primary = primaries.length === 1 ? primaries[0]?.name : undefined
  return {
    lab: lab.name,
    at: new Date().toISOString(),
    primary,
    nodes: [...states, ...(lab.backup && backup ? [backupStateOf(lab, lab.backup, backup, answers)] : [])],
    slots: nodes.flatMap((node) => slotsOn(lab, node, answers.get(node.name))),
    backups:
      lab.backup && backup && 'answer' in backup
        ? { ...backup.answer.backups, maximumAgeHours: lab.backup.maximumAgeHours }
        : undefined,
  }
}

function slotsOn(lab: Lab, node: PostgresNode, asked: Asked<StatusAnswer> | undefined): LabStatus['slots'] {
  if (!asked || !('answer' in asked)) return []
  const users = nodesOf(lab)
  return asked.answer.replication.slots.map((slot) => ({
    ...slot,
    node: node.name,
    user: users.find((one) => one.slot === slot.slot_name)?.name,
  }))
}

async function askServer(node: LabNode, lab: Lab, guest: Guest): Promise<Asked<StatusAnswer>> {
  const argv = bounded([psqlProgram(lab), ...BARE_ANSWERS, '-d', 'postgres'], STATEMENT_S)
  return ask(
    () =>
      guest.shell(node, argv, {
        as: 'postgres',
        stdin: sessionSql({ statementS: STATEMENT_S }) + statusScript(lab),
        timeoutMs: SILENCE_MS,
      }),
    readServerAnswer,
  )
}

async function askBackup(node: BackupNode, guest: Guest): Promise<Asked<BackupAnswer>> {
  return ask(() => askCatalogue(node, guest, SILENCE_MS), readBackupAnswer)
}

async function ask<T>(
  question: () => Promise<Output>,
  read: (stdout: string) => T | undefined,
): Promise<Asked<T>> {
  try {
    const output = await question()
    const answer = read(output.stdout)
    if (answer !== undefined) return { answer }
    return { problem: reasonIn(output), machine: 'up' }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const isSlow = error.exitCode === undefined || error.exitCode > 255
    const problem = error.timedOut ? error.message : (error.lastLines.at(-1) ?? error.message)
    return {
      problem: problem.replace(/^ssh: connect to host \S+ port \d+: /, ''),
      machine: isSlow ? 'slow' : 'down',
    }
  }
}

/** `psql: error: connection to server on socket "…" failed: No such file or directory` → its end. */
function reasonIn({ stderr, stdout, exitCode }: Output): string {
  const lines = (stderr.trim() || stdout.trim()).split('\n')
  const line = lines.find((text) => /\b(error|ERROR|FATAL):/.test(text)) ?? lines[0]
  return line?.replace(/^.*?\b(error|ERROR|FATAL): +/, '') || `exit code ${exitCode}`
}
