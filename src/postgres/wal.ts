import type { WalCompression } from '../catalog/barman.ts'
import type { BackupNode, LabNode } from '../lab.ts'
import { scripted } from '../scripts/index.ts'
import type { Output } from '../tools/runner.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { barmanConfig } from './barman.ts'

/*
 * Closes the segment being written and begins the next one: pg_receivewal hands a segment over only when the
 * first byte of the next arrives. The message makes the switch take place on an idle server too, and the commit
 * of its transaction, written and flushed behind the switch, is that first byte. `barman switch-wal` does
 * neither, and waits until something else writes; with --force, Barman before 3.5 wants a superuser.
 */
export const SWITCH_SQL = `SELECT pg_walfile_name(pg_switch_wal()) AS segment
  FROM pg_logical_emit_message(true, 'pg-lab', 'verify')`

/** Each turn takes Barman a third of a second or more. */
const TURNS = 20

/** How a WAL segment was closed and brought into Barman's archive. */
export interface ArchivedWal {
  readonly segment: string
  readonly arrived: boolean
  /** What SWITCH_SQL gave, and what Barman said. */
  readonly rows: readonly { readonly segment: string }[]
  readonly output: Output
}

/** Closes the WAL segment the primary writes, and waits until Barman has filed it. */
export async function archiveWal(primary: LabNode, backup: BackupNode, guest: Guest): Promise<ArchivedWal> {
  const [rows, { config }] = await Promise.all([
    guest.rows<{ segment: string }>(primary, SWITCH_SQL),
    barmanConfig(guest, backup),
  ])
  const segment = rows[0]?.segment ?? ''
  const words = [backup.server, String(config.wals_directory), segment, String(TURNS)]
  const output = await guest.shell(backup, scripted('await-segment.sh', words), {
    as: 'barman',
    timeoutMs: 60_000,
  })
  return { segment, arrived: output.exitCode === 0, rows, output }
}

/** Gives what is compressed by a module of Python's, and what is not compressed, as it was. */
const unpack = (module: string, magic: string, plain: string) => [
  'python3',
  '-c',
  `import sys, ${module}; data = sys.stdin.buffer.read(); sys.stdout.buffer.write(${plain} if data[:4] == bytes.fromhex('${magic}') else data)`,
]

/** Programs that read a file of the archive from standard input, whether it is compressed or not. */
const READERS: Readonly<Record<WalCompression, readonly string[]>> = {
  none: ['cat'],
  gzip: ['gzip', '-dcf'],
  bzip2: ['bzip2', '-dcf'],
  zstd: unpack('zstandard', '28b52ffd', 'zstandard.ZstdDecompressor().decompressobj().decompress(data)'),
  lz4: unpack('lz4.frame', '04224d18', 'lz4.frame.decompress(data)'),
}

/** What reads a file of Barman's archive from standard input; Barman compresses histories too. */
export function walReader({ compression }: Pick<BackupNode, 'compression'>): readonly string[] {
  return READERS[compression]
}

/** An LSN as PostgreSQL writes it, `1/A033A28`, as a number of bytes. */
export function bytesOf(lsn: string): bigint {
  const [high = '0', low = '0'] = lsn.split('/')
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
}
