import type { LabNode } from '../../lab.ts'
import type { Output } from '../runner.ts'

export interface ShellOptions {
  /** Operating-system user to act as; the login user when left out. */
  readonly as?: 'root' | 'postgres' | 'barman'
  readonly stdin?: string
  readonly timeoutMs?: number
  /** Gives it a terminal, without which it would run on when we are gone. Its stderr then comes with its stdout. */
  readonly endWithUs?: boolean
  /** It is long, and for us alone: the log does not get it. */
  readonly unlogged?: boolean
  /** Called for each full line of its standard output, as it comes. */
  readonly onLine?: (line: string) => void
}

/**
 * Where SQL runs. In a database of somebody's own it runs as its owner: a trigger, a view or a function of his must not
 * get the rights of a superuser. By its name alone: as the superuser, who reads nothing but the system's catalogs there.
 */
export type Database = string | { readonly name: string; readonly owner: string }

/** The inside of the lab's machines, reached over ssh. */
export interface Guest {
  /**
   * Runs one program; every word of `argv` arrives as it is, no shell reads it.
   * @returns its output, whatever its exit code
   * @throws CommandError when the machine cannot be reached
   */
  shell(node: LabNode, argv: readonly string[], options?: ShellOptions): Promise<Output>
  /**
   * Asks the PostgreSQL server of a node, as the `postgres` user over the local socket. SQL goes by stdin.
   * @returns one object a row, values as PostgreSQL's row_to_json gives them
   * (numbers beyond 2^53, such as a bigint sum, lose digits: cast them to text)
   * @param sql one query; `INSERT … RETURNING` needs `execute`
   * @param limits.timeoutMs less than a question is given otherwise
   * @throws CommandError with PostgreSQL's own message
   */
  rows<Row>(
    node: LabNode,
    sql: string,
    database?: Database,
    limits?: { readonly timeoutMs?: number },
  ): Promise<readonly Row[]>
  /**
   * Runs statements in the same way; each commits on its own.
   * @throws CommandError with PostgreSQL's own message, at the first that fails
   */
  execute(node: LabNode, sql: string, database?: Database): Promise<void>
}
