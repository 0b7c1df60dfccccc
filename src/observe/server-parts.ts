import type { EffectiveSetting } from '../catalog/same-setting.ts'
import type { Lineage } from './lineage.ts'
import type { Part } from './sql.ts'

/** What can be asked of a server on top of who it is; the questions are in sql.ts. */
export interface Parts extends Record<Part, object> {
  /** Which way it has come, and where it gets its WAL. */
  readonly way: Lineage & {
    /** Address it streams from; `null` when it does not stream. */
    readonly streams_from: string | null
  }
  readonly replication: Replication
  readonly following: {
    /** It is a standby, and WAL comes to it. */
    readonly is_streaming: boolean
    /** Through which it streams, or would. */
    readonly slot: string | null
  }
  readonly settings: SettingsPart
}

/** Who streams from whom, and how well. */
export interface Replication {
  readonly version: string
  readonly lsn: string | null
  readonly replayed: string | null
  readonly paused: boolean
  readonly receiver: Receiver | null
  readonly senders: readonly Sender[]
  readonly slots: readonly Slot[]
}

export interface Receiver {
  readonly status: string
  readonly slot_name: string | null
  readonly sender_host: string | null
}

/** A row of pg_stat_replication. */
export interface Sender {
  readonly application_name: string
  readonly user: string
  readonly client_addr: string | null
  readonly state: string
  readonly sync_state: string
  readonly slot_name: string | null
  /** WAL not yet replayed over there. */
  readonly bytes: number | null
  /** Until a commit here is replayed over there; `null` where nothing is on its way. */
  readonly seconds: number | null
  /** Until it is written over there. */
  readonly write_seconds: number | null
  /** Until it is on the disk over there. */
  readonly flush_seconds: number | null
}

export interface Slot {
  readonly slot_name: string
  readonly active: boolean
  /** Missing before PostgreSQL 13. */
  readonly wal_status: string | null
  /** Bytes of WAL that are kept for it. */
  readonly retained: number | null
}

/** A setting as the server has it. */
export interface SettingSight extends EffectiveSetting {
  /** In lower case. */
  readonly name: string
  /** `postmaster`: only a restart changes it. */
  readonly context: string
  readonly boot_val: string | null
  readonly pending_restart: boolean
  /** As SHOW prints it: `128MB`. */
  readonly shown: string
}

/** A line of a configuration file. */
export interface ConfLine {
  /** The file's name without its folder: `postgresql.conf`. */
  readonly file: string
  /** In lower case. */
  readonly name: string
  readonly value: string
}

/** What the playbook would change on it. */
export interface SettingsPart {
  /** Major version. */
  readonly version: number
  /** Chosen at initdb, like `locale`. */
  readonly checksums: boolean
  readonly locale: string
  readonly settings: readonly SettingSight[]
  readonly lines: readonly ConfLine[]
  readonly slots: readonly {
    readonly slot_name: string
    readonly slot_type: string
    readonly active: boolean
    /** Who streams through it, by its application_name: a standby says its host name. */
    readonly follower: string | null
  }[]
  /** The lines of pg_hba.conf, their words with one blank between them; addresses carry their netmask. */
  readonly hba: readonly string[]
  readonly roles: readonly string[]
  /** Each with its owner. */
  readonly databases: Readonly<Record<string, string>>
}
