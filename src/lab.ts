import type { BackupMethod, WalCompression } from './catalog/barman.ts'
import type { ProviderName } from './catalog/names.ts'
import type { Box, Os } from './catalog/os.ts'

/** What a machine is given. */
export interface MachineSize {
  readonly memoryMb: number
  readonly cpus: number
}

/** How ssh reaches a server that is there already. */
export interface ServerAccess {
  readonly name: string
  readonly address: string
  /** Name or address its sshd answers at. */
  readonly host: string
  readonly port: number
  /** `undefined`: as ssh itself chooses. The same holds for the key, its certificate and the agent. */
  readonly user: string | undefined
  readonly key: string | undefined
  readonly certificate: string | undefined
  /** Socket of the agent. */
  readonly agent: string | undefined
  /** `user@host:port` to go through, several with commas between, or `undefined`. */
  readonly jump: string | undefined
  /** Command that connects, in place of a jump. */
  readonly proxyCommand: string | undefined
}

/** A machine of the lab, every choice made. */
export interface LabNode extends MachineSize {
  readonly role: 'master' | 'slave' | 'backup'
  /** Host name, inventory name and Vagrant machine name. */
  readonly name: string
  /** IPv4 address; inside `network.subnet`, but for existing servers. */
  readonly address: string
}

/** A machine that runs PostgreSQL. Who is the primary today is asked of the servers. */
export interface PostgresNode extends LabNode {
  readonly role: 'master' | 'slave'
  /** Physical replication slot it streams through whenever it is a standby. */
  readonly slot: string
}

/** A standby as the config asks for it. */
export interface SlaveNode extends PostgresNode {
  readonly role: 'slave'
  /** Name of the server it streams from: the master's, or in a cascade another slave's. */
  readonly upstream: string
  /** recovery_min_apply_delay, e.g. `1min`; `''` for none. */
  readonly applyDelay: string
  /** Lines of its postgresql.conf over those that are the same on all nodes. */
  readonly settings: Readonly<Record<string, SettingValue>>
}

/** The Barman host. */
export interface BackupNode extends LabNode {
  readonly role: 'backup'
  /** Barman's name for the backed-up cluster (`barman check <server>`). */
  readonly server: string
  /** PostgreSQL role of the ordinary connection. */
  readonly user: string
  /** Barman before 2.14 takes that role for one that cannot make backups unless it has REPLICATION. */
  readonly userReplicates: boolean
  /** PostgreSQL role of the streaming connection. */
  readonly streamingUser: string
  /** Physical replication slot of receive-wal. */
  readonly slot: string
  /** How base backups are copied; with `rsync` SSH leads from Barman to each server, and back for single WAL files. */
  readonly method: BackupMethod
  /** Barman's own form, e.g. `RECOVERY WINDOW OF 7 DAYS` or `REDUNDANCY 3`. */
  readonly retentionPolicy: string
  readonly minimumRedundancy: number
  /** Crontab time of the scheduled base backup, e.g. `0 3 * * *`. */
  readonly schedule: string
  /** How old the newest base backup and the newest archived WAL may be while the schedule is kept, in hours. */
  readonly maximumAgeHours: number
  /** How long ago the last good rehearsal of a restore may be, in hours; `undefined`: that is not asked. */
  readonly rehearsalHours: number | undefined
  /** The incremental base backups, each on the newest full one; `undefined` for none. */
  readonly incremental: { readonly schedule: string; readonly maximumAgeHours: number } | undefined
  /** Name of the slave that base backups copy; `undefined` for the primary. */
  readonly from: string | undefined
  /** Whether a commit waits for its receive-wal too. */
  readonly synchronous: boolean
  /** Barman's WAL compression, or `none`. */
  readonly compression: WalCompression
}

export type Repository =
  | { readonly kind: 'distro' }
  | { readonly kind: 'pgdg' | 'mirror'; readonly url: string; readonly keyUrls: readonly string[] }

/** A value of postgresql.conf as the config may give it. */
export type SettingValue = string | number | boolean

/** The whole lab: every choice made, nothing optional that later code would have to ask about. */
export interface Lab {
  readonly name: string
  readonly provider: ProviderName
  /** Who runs Ansible; `auto`: this computer where it has it, else as `guest`. Existing servers: never a guest. */
  readonly runner: 'auto' | 'host' | 'guest'
  readonly os: Os
  /** The Vagrant box; `undefined` for docker, which builds its own image, and for existing servers. */
  readonly box: Box | undefined
  /** The box that can be made here in its place, by name; `undefined` where none can, or the config names another. */
  readonly ownBox: string | undefined
  /** With provider ssh each server, in the order of `nodesOf`; else none. */
  readonly servers: readonly ServerAccess[]
  /** File of known host keys, for the servers; `undefined`: ssh's own. */
  readonly knownHosts: string | undefined
  readonly network: {
    /** CIDR, e.g. `192.168.11.0/24`. */
    readonly subnet: string
    readonly prefixLength: number
    readonly netmask: string
    /** First address of the subnet: the host's own side. Existing servers have none: `''`. */
    readonly gateway: string
    readonly mode: 'host-only' | 'internal'
  }
  readonly master: PostgresNode & { readonly role: 'master' }
  readonly slaves: readonly SlaveNode[]
  readonly backup: BackupNode | undefined
  readonly postgres: {
    /** Major version. */
    readonly version: number
    readonly repository: Repository
    /** Every line we write to postgresql.conf that is the same on all nodes: ours first, the user's over it. */
    readonly settings: Readonly<Record<string, SettingValue>>
    /** Lines of pg_hba.conf for clients of others, e.g. `hostssl shop app 10.0.0.0/8 scram-sha-256`. */
    readonly hba: readonly string[]
    readonly checksums: boolean
    /** Certificates of the lab's own authority; nobody gets in over the network without TLS. */
    readonly tls: boolean
    readonly locale: string
  }
  readonly replication: {
    readonly user: string
    /** The role of pg_rewind, which may read every file of a server: nobody else logs in as it. */
    readonly rewindUser: string
    /** How many standbys a commit waits for; 0 when asynchronous. */
    readonly synchronousCount: number
    /** Slots that others use: nobody drops them. */
    readonly otherSlots: readonly string[]
    /** More than this behind, and a standby lags. */
    readonly maxLag: { readonly bytes: number; readonly seconds: number }
  }
  readonly database: { readonly name: string; readonly owner: string; readonly table: string }
  readonly mirrors: {
    /** Package mirror of the distribution, or `undefined` for its own. */
    readonly packages: string | undefined
    /** Vagrant Cloud replacement (`VAGRANT_SERVER_URL`). */
    readonly vagrant: string | undefined
    /** Prefix put before docker image names, e.g. `registry.school.example/`. */
    readonly docker: string | undefined
  }
  readonly proxy: {
    readonly http: string | undefined
    readonly https: string | undefined
    /** Comma-separated hosts that are reached directly. */
    readonly noProxy: string | undefined
  }
  /** What is allowed but unwise, one sentence each (an unsupported PostgreSQL, …). */
  readonly warnings: readonly string[]
}

/** Every machine, in the order it is shown and started: master, slaves, backup. */
export function nodesOf(lab: Lab): readonly (PostgresNode | BackupNode)[] {
  return [lab.master, ...lab.slaves, ...(lab.backup ? [lab.backup] : [])]
}

/** Every line of a server's postgresql.conf that the config decides. */
export function confSettings(
  { postgres, slaves }: Lab,
  { name }: LabNode,
): Readonly<Record<string, SettingValue>> {
  return { ...postgres.settings, ...slaves.find((slave) => slave.name === name)?.settings }
}

/** The machines that run PostgreSQL. */
export function postgresNodes(lab: Lab): readonly PostgresNode[] {
  return [lab.master, ...lab.slaves]
}
