import type { OsName } from '../../src/catalog/contracts.ts'
import { FETCH_POSTGRES_19 } from '../e2e/repository.ts'

/** A computer a lab is driven from. */
export interface Control {
  /** ansible-core, as the command line of the matrix names it: `2.19`. */
  readonly ansible: string
  /** Debian release of the container that is this computer; the one that runs the tests where it is missing. */
  readonly debian?: '13' | '14'
}

export const CONTROLS: readonly Control[] = [
  { ansible: '2.14' },
  { ansible: '2.19', debian: '13' },
  { ansible: '2.22', debian: '14' },
]

/** What a system's own packages can, and older ones cannot. */
interface Can {
  /** `barman config-switch` and models, with which Barman follows a failover: 3.10 and later. */
  readonly models: boolean
  /** The role pg_checkpoint, with which an ordinary role may ask for a checkpoint: PostgreSQL 15 and later. */
  readonly checkpointRole: boolean
}

/** A PostgreSQL that is not the system's own. */
export interface OtherPostgres {
  readonly major: number
  /** Shell words that fetch its packages: test/e2e/repository.ts. */
  readonly fetch: string
}

/** What the machines are. */
export interface Guest extends Can {
  readonly os: OsName
  /** From a signed repository laid out like PGDG's, made here; the system's own when left out. */
  readonly postgres?: OtherPostgres
}

/** By the names the command line has for them. */
export const GUESTS: Readonly<Record<string, Guest>> = {
  'debian-11': { os: 'debian-11', models: false, checkpointRole: false },
  'debian-12': { os: 'debian-12', models: false, checkpointRole: true },
  'debian-13': { os: 'debian-13', models: true, checkpointRole: true },
  'debian-14': { os: 'debian-14', models: true, checkpointRole: true },
  'debian-14-postgres-19': {
    os: 'debian-14',
    models: true,
    checkpointRole: true,
    postgres: { major: 19, fetch: FETCH_POSTGRES_19 },
  },
}

/** A cell by its name, `2.19:debian-13`. */
export function cellName({ ansible }: Control, guest: string): string {
  return `${ansible}:${guest}`
}

export const ALL_CELLS: readonly string[] = CONTROLS.flatMap((control) => {
  return Object.keys(GUESTS).map((guest) => cellName(control, guest))
})

/** As few cells as have each control host and each system; the newest tools meet the oldest one. */
export const EACH_ONCE: readonly string[] = Object.keys(GUESTS)
  .filter((guest) => guest === GUESTS[guest]?.os)
  .map((guest, index) => {
    const control = CONTROLS[(index + CONTROLS.length - 1) % CONTROLS.length]
    if (control === undefined) throw new Error('no control host')
    return cellName(control, guest)
  })
