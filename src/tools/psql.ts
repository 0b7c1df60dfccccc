import type { Lab } from '../lab.ts'

/** psql on the lab's machines. Debian's `psql` is a Perl wrapper that looks for clusters first: half of a short answer's time. */
export function psqlProgram({ os, postgres }: Pick<Lab, 'os' | 'postgres'>): string {
  return os.family === 'Debian' ? `/usr/lib/postgresql/${postgres.version}/bin/psql` : 'psql'
}

/** Without ~/.psqlrc, quiet, bare values. */
export const BARE_ANSWERS = ['-X', '-q', '-A', '-t'] as const
