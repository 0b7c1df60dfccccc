import type { OsName } from '../../src/catalog/names.ts'
import { type OtherPostgres, POSTGRES_19 } from '../e2e/repository.ts'

/** A computer a lab is driven from. */
export interface Control {
  /** As the command line of the matrix names it. */
  readonly name: string
  /** ansible-core: `2.19`. */
  readonly ansible: string
  /** Debian release of the container that is this computer; the one that runs the tests where it is missing. */
  readonly debian?: '13' | '14'
  /** Major of a Docker engine beside the computer's own one, which makes the machines. */
  readonly docker?: number
}

export const CONTROLS: readonly Control[] = [
  { name: '2.14', ansible: '2.14' },
  { name: '2.19', ansible: '2.19', debian: '13' },
  { name: '2.22', ansible: '2.22', debian: '14' },
  { name: 'docker-28', ansible: '2.14', docker: 28 },
]

/** What a system's own packages can, and older ones cannot. */
interface Can {
  /** `barman config-switch` and models, with which Barman follows a failover: 3.10 and later. */
  readonly models: boolean
  /** The role pg_checkpoint, with which an ordinary role may ask for a checkpoint: PostgreSQL 15 and later. */
  readonly checkpointRole: boolean
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
    postgres: POSTGRES_19,
  },
}

/** A cell by its name, `2.19:debian-13`. */
export function cellName({ name }: Control, guest: string): string {
  return `${name}:${guest}`
}

export const ALL_CELLS: readonly string[] = CONTROLS.flatMap((control) => {
  return Object.keys(GUESTS).map((guest) => cellName(control, guest))
})

/** As few cells as have each control host and each system; the newest tools meet the oldest one. */
export const EACH_ONCE: readonly string[] = [
  '2.22:debian-11',
  '2.14:debian-12',
  '2.19:debian-13',
  '2.22:debian-14',
  'docker-28:debian-13',
]
