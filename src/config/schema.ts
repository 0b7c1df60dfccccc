import * as v from 'valibot'
import { BACKUP_METHODS, WAL_COMPRESSIONS } from '../catalog/barman.ts'
import { isLocale } from '../catalog/locales.ts'
import { DEFAULT_OS, OS_NAMES, PROVIDER_NAMES } from '../catalog/names.ts'
import { isCrontab, longestPause } from './crontab.ts'
import { FORMATS, type Format, isApplyDelay, isTimezone, LONGEST_APPLY_DELAY } from './formats.ts'
import { hbaText, parseHbaLine } from './hba.ts'
import { refuseSetting } from './owned-settings.ts'

/*
 * Every setting of cluster.config.ts, once: its default, its bounds, and the description that `create-pg-lab explain`
 * and the JSON Schema print. The message of a bound completes the sentence "master.name must be …"; a second
 * line, if any, says what to do instead. What concerns several settings at once is checked in resolve-lab.ts.
 */

function text(format: Format, description: string) {
  return v.pipe(
    v.string(format.words),
    v.regex(format.pattern, `must be ${format.words}`),
    v.description(description),
  )
}

function wholeNumber(min: number, max: number, description: string) {
  return v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max), v.description(description))
}

function section<T extends v.ObjectEntries>(description: string, entries: T) {
  return v.pipe(v.strictObject(entries), v.description(description))
}

const memory = (what: string) =>
  v.optional(wholeNumber(256, 1_048_576, `Memory of ${what}, in megabytes.`), 1024)
const cpus = (what: string) => v.optional(wholeNumber(1, 64, `Processors of ${what}.`), 1)
const address = (what: string) =>
  v.optional(text(FORMATS.address, `IPv4 address of ${what} inside network.subnet; chosen when left out.`))

const access = {
  user: v.optional(text(FORMATS.sshUser, 'Who logs in there; may use sudo without a password.')),
  port: v.optional(wholeNumber(1, 65_535, 'Port of its ssh.')),
  key: v.optional(text(FORMATS.sshFile, 'The private key; those of the agent and of ~/.ssh when left out.')),
  certificate: v.optional(text(FORMATS.sshFile, 'The certificate that goes with the key.')),
  agent: v.optional(text(FORMATS.sshFile, 'Socket of the agent to ask; SSH_AUTH_SOCK when left out.')),
  jump: v.optional(text(FORMATS.sshJump, 'Hosts to go through, separated by commas.')),
  proxyCommand: v.optional(text(FORMATS.sshCommand, 'Command that connects to it, in place of a jump.')),
}

/** How one server is reached; what it leaves out, the section `ssh` says for all. */
const ServerAccess = v.optional(
  section('How this server is reached, with provider ssh.', {
    host: v.optional(text(FORMATS.sshHost, 'Where its ssh is; its address when left out.')),
    ...access,
  }),
  {},
)

const Ssh = section('How existing servers are reached, with provider ssh, where they say nothing else.', {
  ...access,
  knownHosts: v.optional(
    text(FORMATS.sshFile, 'The file of known host keys; ~/.ssh/known_hosts when left out.'),
  ),
})

const Box = section('The Vagrant box, if not the one the lab knows for the OS and provider.', {
  name: v.optional(text(FORMATS.boxName, 'Name of the box.')),
  version: v.optional(text(FORMATS.boxVersion, 'Exact version of the box.')),
  url: v.optional(text(FORMATS.boxUrl, 'Where the box is fetched from instead of the box server.')),
})

const Network = section('The private network of the lab.', {
  subnet: v.optional(
    text(FORMATS.subnet, 'The subnet; its first address is the host’s own.'),
    '192.168.11.0/24',
  ),
  mode: v.optional(
    v.pipe(
      v.picklist(['auto', 'host-only', 'internal']),
      v.description(
        'Who reaches the machines by their addresses. host-only: this computer too. internal: only the ' +
          'machines (VirtualBox forbids host-only outside 192.168.56.0/21). auto: internal where it must be.',
      ),
    ),
    'auto',
  ),
})

const Master = section('The machine that starts as the primary.', {
  name: v.optional(text(FORMATS.hostName, 'Host name of the master.'), 'master'),
  address: address('the master'),
  memory: memory('the master'),
  cpus: cpus('the master'),
  ssh: ServerAccess,
})

const crontab = (description: string) =>
  v.pipe(
    v.string(),
    v.check(isCrontab, "must be a crontab time of five fields, e.g. '0 3 * * *' (every night at three)"),
    v.check(
      (text) => !isCrontab(text) || longestPause(text) !== undefined,
      'must be a day that exists: there is no February 30',
    ),
    v.description(description),
  )

/** Lines of postgresql.conf. */
const settings = (description: string) =>
  v.pipe(
    v.record(
      v.pipe(v.string(), v.regex(FORMATS.settingName.pattern, `must be ${FORMATS.settingName.words}`)),
      v.union([
        v.pipe(v.string(), v.regex(FORMATS.settingText.pattern, `must be ${FORMATS.settingText.words}`)),
        v.pipe(v.number(), v.finite()),
        v.boolean(),
      ]),
    ),
    v.rawCheck(({ dataset, addIssue }) => {
      // Also where another setting has a wrong type, so that all problems come at once.
      const settings = dataset.value as Record<string, unknown>
      if (typeof settings !== 'object') return
      const spellings = new Map<string, string>()
      for (const [key, value] of Object.entries(settings ?? {})) {
        const name = key.toLowerCase()
        const twin = spellings.get(name)
        spellings.set(name, key)
        const refusal = twin
          ? { message: `is given twice: it is the same as ${twin}` }
          : refuseSetting(name, value)
        if (!refusal) continue
        const message = 'hint' in refusal ? `${refusal.message}\n${refusal.hint}` : refusal.message
        addIssue({
          message,
          input: value,
          path: [{ type: 'object', origin: 'value', input: settings, key, value }],
        })
      }
    }),
    v.description(description),
    // To PostgreSQL `DateStyle` and `datestyle` are one name, so they are to everybody who asks for it here.
    v.transform((settings) =>
      Object.fromEntries(Object.entries(settings).map(([name, value]) => [name.toLowerCase(), value])),
    ),
  )

const Slave = section('A standby that streams through its own slot.', {
  name: v.optional(text(FORMATS.hostName, 'Host name; slave, slave2, slave3, … by position when left out.')),
  address: address('the slave'),
  memory: memory('the slave'),
  cpus: cpus('the slave'),
  ssh: ServerAccess,
  slot: v.optional(
    text(FORMATS.slot, 'Replication slot on its upstream; the name with _slot when left out.'),
  ),
  upstream: v.optional(
    text(
      FORMATS.hostName,
      'Server it streams from: another slave makes a cascade; the master when left out.',
    ),
  ),
  settings: v.optional(
    settings('Lines of postgresql.conf of this server alone, over those of postgres.settings.'),
    {},
  ),
  applyDelay: v.optional(
    v.pipe(
      text(FORMATS.applyDelay, 'How long after its commit a change is replayed; at once when left out.'),
      v.check(
        isApplyDelay,
        `must be at most ${LONGEST_APPLY_DELAY}, the most recovery_min_apply_delay can hold`,
      ),
    ),
  ),
})

const Backup = section('The Barman host, or false for none.', {
  name: v.optional(text(FORMATS.hostName, 'Host name of the backup host.'), 'backup'),
  address: address('the backup host'),
  memory: memory('the backup host'),
  cpus: cpus('the backup host'),
  ssh: ServerAccess,
  server: v.optional(
    text(FORMATS.barmanServer, 'Barman’s name for the cluster, as in `barman check master`.'),
    'master',
  ),
  user: v.optional(text(FORMATS.identifier, 'PostgreSQL role of Barman’s ordinary connection.'), 'barman'),
  streamingUser: v.optional(
    text(FORMATS.identifier, 'PostgreSQL role of Barman’s streaming connection.'),
    'barman_streaming',
  ),
  slot: v.optional(text(FORMATS.slot, 'Replication slot through which Barman receives the WAL.'), 'barman'),
  method: v.optional(
    v.pipe(
      v.picklist(BACKUP_METHODS),
      v.description(
        'How base backups are copied. postgres: by pg_basebackup. rsync: over SSH; files that have not changed since ' +
          'the last one are kept once. WAL is streamed either way.',
      ),
    ),
    'postgres',
  ),
  retention: v.optional(text(FORMATS.retention, 'How far back, or how many, backups are kept.'), '7 days'),
  minimumRedundancy: v.optional(wholeNumber(0, 1000, 'Backups that are never deleted, however old.'), 1),
  schedule: v.optional(crontab('When the base backup is taken, as crontab(5) says it.'), '0 3 * * *'),
  incremental: v.optional(
    crontab(
      'When the blocks that have changed since the newest full base backup are taken; never when left out. Needs ' +
        'PostgreSQL 17 and Barman 3.11.',
    ),
  ),
  from: v.optional(
    text(
      FORMATS.hostName,
      'Slave whose data base backups copy, to spare the primary; the primary when left out. WAL comes from that always.',
    ),
  ),
  rehearsal: v.optional(
    text(
      FORMATS.age,
      'How long ago the last good `verify --restore` may be: a schedule that has stopped gets noticed.',
    ),
  ),
  synchronous: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        'Whether a commit waits for Barman too, as for a synchronous standby: what is committed is in its WAL, ' +
          'also without a slave.',
      ),
    ),
    false,
  ),
  compression: v.optional(
    v.pipe(v.picklist(WAL_COMPRESSIONS), v.description('How Barman compresses archived WAL.')),
    'none',
  ),
})

const Mirror = section('Your own PostgreSQL package mirror.', {
  url: text(FORMATS.url, 'Address of the repository, laid out like PGDG’s.'),
  key: text(FORMATS.url, 'Address of the key that signs it.'),
})

const Hba = v.pipe(
  v.array(
    v.pipe(
      v.string(),
      v.description(
        "Type, databases, users, address and method: 'hostssl shop app 10.0.0.0/8 scram-sha-256'.",
      ),
      v.rawTransform(({ dataset, addIssue, NEVER }) => {
        const line = parseHbaLine(dataset.value)
        if (typeof line !== 'string') return hbaText(line)
        addIssue({ message: `must be ${line}` })
        return NEVER
      }),
      v.description(
        "Type, databases, users, address and method: 'hostssl shop app 10.0.0.0/8 scram-sha-256'.",
      ),
    ),
  ),
  v.maxLength(100),
  v.description(
    'Lines of pg_hba.conf for clients of others, after the lab’s own; the lab’s own roles they never let in.',
  ),
)

const Postgres = section('The PostgreSQL servers.', {
  version: v.optional(
    wholeNumber(
      12,
      19,
      'Major version. Left out: the distribution’s own; of another repository 18, or what the lab has already.',
    ),
  ),
  repository: v.optional(
    v.pipe(
      v.union([v.picklist(['distro', 'pgdg']), Mirror]),
      v.description(
        'Where the packages come from: distro (the distribution), pgdg (postgresql.org), or your own mirror.',
      ),
    ),
    'distro',
  ),
  settings: v.optional(settings('Lines of postgresql.conf, the same on every PostgreSQL node.'), {}),
  hba: v.optional(Hba, []),
  checksums: v.optional(v.pipe(v.boolean(), v.description('Page checksums, chosen at initdb.')), true),
  timezone: v.optional(
    v.pipe(
      v.string(),
      v.regex(FORMATS.timezone.pattern, `must be ${FORMATS.timezone.words}`),
      v.check(isTimezone, `must be ${FORMATS.timezone.words}`),
      v.description('Time zone of the servers and of their logs.'),
    ),
    'UTC',
  ),
  tls: v.optional(
    v.pipe(
      v.boolean(),
      v.description(
        'Whether all that goes over the network is encrypted, and every client checks the server.',
      ),
    ),
    true,
  ),
  locale: v.optional(
    v.pipe(
      v.string(),
      v.regex(FORMATS.locale.pattern, `must be ${FORMATS.locale.words}`),
      v.check(isLocale, 'must be a locale that glibc has, as `locale -a` spells it'),
      v.description('Locale of the cluster, chosen at initdb. Every host gets it that is to read the data.'),
    ),
    'C.UTF-8',
  ),
})

const MaxLag = section('How far a slave may be behind before `npx create-pg-lab verify` says that it lags.', {
  bytes: v.optional(
    wholeNumber(1, 2 ** 40, 'WAL it has not replayed yet, in bytes; one segment has 16777216.'),
    16 * 1024 ** 2,
  ),
  seconds: v.optional(wholeNumber(1, 86_400, 'Age of what it has not replayed yet, in seconds.'), 10),
})

const Replication = section('How the slaves follow the master.', {
  user: v.optional(text(FORMATS.identifier, 'PostgreSQL role the slaves connect as.'), 'replica'),
  mode: v.optional(
    v.pipe(
      v.picklist(['async', 'sync']),
      v.description(
        'Whether a commit waits for slaves. async: for none. sync: for as many as `synchronous` says.',
      ),
    ),
    'async',
  ),
  synchronous: v.optional(wholeNumber(1, 100, 'How many slaves a commit waits for in sync mode.'), 1),
  maxSlotWalKeepSize: v.optional(
    text(FORMATS.walSize, 'WAL a slot may hold back before it is invalidated (max_slot_wal_keep_size).'),
    '2GB',
  ),
  otherSlots: v.optional(
    v.pipe(
      v.array(text(FORMATS.slot, 'Name of the slot.')),
      v.maxLength(100),
      v.description('Slots on the servers that others use, e.g. a change data capture: they are left alone.'),
    ),
    [],
  ),
  maxLag: v.optional(MaxLag, {}),
})

const Database = section('The demo database.', {
  name: v.optional(text(FORMATS.identifier, 'Name of the demo database.'), 'otus'),
  owner: v.optional(
    text(FORMATS.identifier, 'PostgreSQL role that owns it, to connect with from this computer.'),
    'student',
  ),
  table: v.optional(text(FORMATS.identifier, 'Name of the demo table (k serial primary key, v text).'), 'dz'),
})

const Mirrors = section('Where things are fetched from instead of their usual places.', {
  packages: v.optional(text(FORMATS.url, 'Package mirror of the distribution.')),
  vagrant: v.optional(text(FORMATS.url, 'Box server instead of Vagrant Cloud (VAGRANT_SERVER_URL).')),
  docker: v.optional(text(FORMATS.dockerPrefix, 'Registry put before docker image names.')),
})

const WebProxy = section('The proxy the machines reach the outside through.', {
  http: v.optional(text(FORMATS.url, 'Proxy for http.')),
  https: v.optional(text(FORMATS.url, 'Proxy for https.')),
  noProxy: v.optional(text(FORMATS.noProxy, 'Hosts reached directly, separated by commas.')),
})

const HandInFacts = section('What the head of the report says beside the lab; the flags of `report` win.', {
  author: v.optional(text(FORMATS.line, 'Who hands it in.')),
  group: v.optional(text(FORMATS.line, 'Group or course.')),
  task: v.optional(text(FORMATS.line, 'What it is handed in for.')),
})

export const ConfigSchema = section(
  'A PostgreSQL teaching cluster: a master, its slaves and a Barman host.',
  {
    name: v.optional(
      text(FORMATS.hostName, 'Name of the lab; machines and networks are named after it.'),
      'pg-lab',
    ),
    provider: v.optional(
      v.pipe(
        v.picklist(['auto', ...PROVIDER_NAMES]),
        v.description('What the machines run on; auto: what is installed and usable here.'),
      ),
      'auto',
    ),
    os: v.optional(
      v.pipe(
        v.picklist(OS_NAMES),
        v.description('Operating system of every machine. Left out, a lab that is there keeps its own.'),
      ),
      DEFAULT_OS,
    ),
    runner: v.optional(
      v.pipe(
        v.picklist(['auto', 'host', 'guest']),
        v.description(
          'Who runs Ansible. host: this computer. guest: the last machine, for all. auto: this computer where it has ' +
            'Ansible, which Windows never has.',
        ),
      ),
      'auto',
    ),
    ssh: v.optional(Ssh, {}),
    box: v.optional(Box, {}),
    network: v.optional(Network, {}),
    master: v.optional(Master, {}),
    slaves: v.optional(
      v.pipe(v.array(Slave), v.maxLength(100), v.description('The standbys; [] for none.')),
      [{}],
    ),
    backup: v.optional(v.union([v.literal(false), Backup]), {}),
    postgres: v.optional(Postgres, {}),
    replication: v.optional(Replication, {}),
    database: v.optional(Database, {}),
    mirrors: v.optional(Mirrors, {}),
    proxy: v.optional(WebProxy, {}),
    report: v.optional(HandInFacts, {}),
    $schema: v.optional(v.pipe(v.string(), v.description('Address of this schema; editors read it.'))),
  },
)

/** PostgreSQL's own words for two sections, which a config may use as well. */
export const ALIASES = { primary: 'master', standbys: 'slaves' } as const
type Alias = keyof typeof ALIASES

type Input = v.InferInput<typeof ConfigSchema>

/** What a cluster.config file gives: everything may be left out. */
export type ClusterConfig = Input & { [alias in Alias]?: Input[(typeof ALIASES)[alias]] }

/** The config with every default filled in. */
export type Config = v.InferOutput<typeof ConfigSchema>

export type ConfigIssue = v.InferIssue<typeof ConfigSchema>

/** A config with its sections under the names the schema has; one that is there under both stays as it is, a mistake. */
export function withoutAliases(input: unknown): unknown {
  const isNone =
    typeof input !== 'object' || input === null || !Object.keys(ALIASES).some((key) => key in input)
  if (isNone) return input
  const entries = Object.entries(input).map(([key, value]) => {
    const name = Object.hasOwn(ALIASES, key) ? ALIASES[key as Alias] : key
    return [name in input ? key : name, value] as const
  })
  return Object.fromEntries(entries)
}

/** Reads a config value. */
export function parseConfig(
  input: unknown,
): { readonly config: Config } | { readonly issues: readonly ConfigIssue[] } {
  const result = v.safeParse(ConfigSchema, withoutAliases(input))
  return result.success ? { config: result.output } : { issues: result.issues }
}
