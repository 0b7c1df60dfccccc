import { CommandError } from '../../src/errors.ts'
import type { Lab, LabNode } from '../../src/lab.ts'
import { hbaLines } from '../../src/postgres/hba-lines.ts'
import type { Output } from '../../src/tools/runner.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'
import { testBackup, testLab } from '../support/lab.ts'
// Of a real lab of three hosts: Debian 12, PostgreSQL 15.20, Barman 3.4.0.
import recorded from './recorded.json' with { type: 'json' }

/** The lab the outputs were recorded on. */
export function recordedLab(overrides: Partial<Lab> = {}): Lab {
  const lab = testLab(overrides)
  return {
    ...lab,
    backup: 'backup' in overrides ? overrides.backup : testBackup({ compression: 'none' }),
    postgres: {
      ...lab.postgres,
      settings: {
        wal_level: 'replica',
        max_wal_senders: 10,
        max_slot_wal_keep_size: '2GB',
        wal_log_hints: true,
        shared_buffers: '128MB',
        password_encryption: 'scram-sha-256',
      },
    },
  }
}

/** Lines of pg_hba.conf, as pg_hba_file_rules gives them. */
export function hbaRules(lines: readonly string[] = hbaLines(recordedLab())) {
  return lines.map((line, at) => {
    const [type = '', database = '', user = '', ...rest] = line.split(' ')
    const [address, netmask, auth_method, ...options] = type === 'local' ? [null, null, ...rest] : rest
    const words = { type, database: [database], user_name: [user], address, netmask, auth_method }
    return { line_number: at + 1, ...words, options: options.length > 0 ? options : null, error: null }
  })
}

/** What status and two checks read of Barman's files: half an hour after the one backup. */
const CATALOGUE: Printed = {
  of: 'echo catalogue:',
  stdout: `catalogue:
now 1795369149
base/20261122T170901/backup.info:status=DONE
wal 1795369029.5 000000010000000000000009
rehearsed {"at":"2026-11-22T17:15:00Z","backup":"20261122T170901","ok":true,"said":"2 rows as on the primary"}
`,
}

/** What every server of the lab says of its pg_hba.conf. */
const HBA: readonly Rows[] = [
  { of: 'pg_hba_file_rules', rows: hbaRules() },
  { of: "current_setting('hba_file')", rows: [{ is_read: true }] },
]

/** An answer in place of a recorded one: rows of SQL that contains `of`, on a node or on all. */
export interface Rows {
  readonly of: string
  readonly node?: string
  readonly rows: readonly object[] | CommandError
}

/** The output of a command line that contains `of`. */
export interface Printed extends Partial<Output> {
  readonly of: string
  readonly node?: string
}

export interface Script {
  readonly rows?: readonly Rows[]
  readonly shell?: readonly Printed[]
  /** Nodes that cannot be reached at all. */
  readonly down?: readonly string[]
}

export interface ScriptedGuest extends Guest {
  /** Every question: `node: SQL or command`. */
  readonly asked: readonly string[]
  /** The statements given to `execute`. */
  readonly executed: readonly string[]
}

/** A healthy lab as it was recorded, with some answers replaced. */
export function scriptedGuest({ rows = [], shell = [], down = [] }: Script = {}): ScriptedGuest {
  const asked: string[] = []
  const executed: string[] = []

  const reach = (node: LabNode) => {
    if (down.includes(node.name)) throw unreachable(node)
  }
  const rowsOf = (node: LabNode, sql: string): readonly object[] => {
    const answer = [...rows, ...HBA, ...(recorded.rows as readonly Rows[])].find((one) =>
      fits(one, node, sql),
    )
    if (!answer) throw new Error(`not recorded on ${node.name}: ${sql}`)
    if (answer.rows instanceof CommandError) throw answer.rows
    return answer.rows
  }

  return {
    asked,
    executed,
    async shell(node, argv) {
      asked.push(`${node.name}: ${argv.join(' ')}`)
      reach(node)
      const output = { exitCode: 0, stdout: '', stderr: '', durationMs: 1 }
      if (argv[0] === 'true') return output
      const printed = [...shell, CATALOGUE, ...recorded.shell].find((one) => fits(one, node, argv.join(' ')))
      if (!printed) throw new Error(`not recorded on ${node.name}: ${argv.join(' ')}`)
      const { of: _of, node: _node, ...given } = printed
      return { ...output, ...given }
    },
    async rows<Row>(node: LabNode, sql: string) {
      asked.push(`${node.name}: ${sql}`)
      reach(node)
      return (
        isBatch(sql) ? [answerBatch(sql, (part) => rowsOf(node, part))] : rowsOf(node, sql)
      ) as readonly Row[]
    },
    async execute(node, sql) {
      asked.push(`${node.name}: ${sql}`)
      reach(node)
      executed.push(sql)
    },
  }
}

/** What ssh says of a machine that is down. */
function unreachable({ name }: { readonly name: string }): CommandError {
  return new CommandError(`${name} cannot be reached: Connection refused`, {
    command: `ssh -F .pg-lab/ssh_config ${name}`,
    exitCode: 255,
    hint: 'Run `npx create-pg-lab up`: it starts what is not running.',
  })
}

function fits(answer: { readonly of: string; readonly node?: string }, node: LabNode, text: string): boolean {
  return (answer.node ?? node.name) === node.name && text.includes(answer.of)
}

const PART = /FROM \(\n([\s\S]*?)\n\) AS r\) AS (q\d+)/g

function isBatch(sql: string): boolean {
  return sql.startsWith('SELECT (SELECT coalesce(json_agg')
}

function answerBatch(sql: string, answer: (part: string) => readonly object[]): object {
  return Object.fromEntries([...sql.matchAll(PART)].map(([, part, name]) => [name, answer(part ?? '')]))
}
