import type { Lab } from '../lab.ts'
import type { ServerAnswer } from './servers.ts'
import { serverSql } from './sql.ts'

/** An answer, or why there is none. `slow`: the machine did not answer in time. */
export type Asked<T> =
  | { readonly answer: T }
  | { readonly problem: string; readonly machine: 'up' | 'down' | 'slow' }

/** A server's answer, with the disk its data is on. */
export type StatusAnswer = ServerAnswer<'replication'> & { readonly disk: DiskSpace | undefined }

export interface DiskSpace {
  readonly totalBytes: number
  readonly freeBytes: number
}

/*
 * One psql for everything, the disk too: each connection over ssh costs more than all the questions. The server
 * says where its data is. As jsonb it is one line.
 */
export const statusScript = (lab: Pick<Lab, 'postgres' | 'slaves'>) => `SELECT to_jsonb(q) FROM (
${serverSql(lab, ['replication'])}
) AS q;
SELECT current_setting('data_directory') AS data_directory \\gset
\\setenv PG_LAB_DATA :data_directory
\\! df -kP -- "$PG_LAB_DATA"
`

/** @returns `undefined` when the output is no answer: psql got no connection */
export function readServerAnswer(stdout: string): StatusAnswer | undefined {
  const answer = readObject(stdout)
  return answer && { ...(answer as unknown as ServerAnswer<'replication'>), disk: readDisk(stdout) }
}

/** The last line of `df -kP`: device, kilobytes in all, used, free, share, place. */
export function readDisk(stdout: string): DiskSpace | undefined {
  const [, total, free] = /^\S.*\s(\d+)\s+\d+\s+(\d+)\s+\d+%\s/m.exec(stdout) ?? []
  return total === undefined
    ? undefined
    : { totalBytes: Number(total) * 1024, freeBytes: Number(free) * 1024 }
}

/** The one line that is a JSON object, among those of other programs. */
function readObject(stdout: string): Record<string, unknown> | undefined {
  const line = stdout.split('\n').find((text) => text.startsWith('{'))
  try {
    return line === undefined ? undefined : (JSON.parse(line) as Record<string, unknown>)
  } catch {
    return undefined
  }
}
