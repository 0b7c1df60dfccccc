import type { ClusterConfig } from '../config/schema.ts'

type SlaveConfig = NonNullable<ClusterConfig['slaves']>[number]

/** What a lab is called by, from the master to the table. */
interface CalledBy {
  /** The lab's network where this computer has it free; what the lab would get anyway when left out. */
  readonly subnet?: string
  /** Last part of the master's address; the others follow it. The schema's when left out. */
  readonly firstHost?: number
  readonly master: string
  /** @param index counts from 0 */
  readonly slave: (index: number) => string
  readonly backup: NonNullable<Exclude<ClusterConfig['backup'], false>>
  readonly user: string
  readonly database: NonNullable<ClusterConfig['database']>
}

const OURS: CalledBy = {
  master: 'master',
  slave: (index) => (index === 0 ? 'slave' : `slave${index + 1}`),
  backup: { name: 'backup', retention: '7 days' },
  user: 'replica',
  database: { name: 'otus', table: 'dz' },
}

/** A lab to begin with. */
interface Preset {
  /** For `--help` and the config's first lines. */
  readonly title: string
  readonly slaves: { readonly default: number; readonly least: number }
  /** What sets a slave apart; `index` counts from 0. */
  readonly slave: (index: number, count: number) => SlaveConfig
  readonly backup: boolean
  readonly names: CalledBy
  readonly replication: Pick<NonNullable<ClusterConfig['replication']>, 'mode' | 'synchronous'>
  /** A line of the config above the slaves, where it has something to explain. */
  readonly aboutSlaves?: string
}

const plain = { slave: () => ({}), backup: true, names: OURS, replication: { mode: 'async' } } as const

/** To add one: list it here. */
export const PRESETS = {
  homework: {
    ...plain,
    title: 'a master, its slaves and a Barman host',
    slaves: { default: 1, least: 0 },
  },
  cascade: {
    ...plain,
    title: 'slaves that stream from a slave',
    slaves: { default: 2, least: 2 },
    slave: (index) => (index === 0 ? {} : { upstream: 'slave' }),
    aboutSlaves: 'The first one streams from the master, the others from it: a cascade.',
  },
  sync: {
    ...plain,
    title: 'commits that wait for a slave',
    slaves: { default: 2, least: 1 },
    replication: { mode: 'sync', synchronous: 1 },
    aboutSlaves: 'A commit waits for the first of them; when it fails, the next takes its part.',
  },
  delayed: {
    ...plain,
    title: 'a slave that replays every change later',
    slaves: { default: 2, least: 1 },
    slave: (index, count) => (index === count - 1 ? { applyDelay: '5min' } : {}),
    aboutSlaves:
      'The last one receives every change at once, but replays it later: time to notice a mistake.',
  },
  minimal: {
    ...plain,
    title: 'a master and a slave, no backup host',
    slaves: { default: 1, least: 0 },
    backup: false,
  },
  otus: {
    ...plain,
    title: 'the homework of today: node1, node2 and barman, base backups over SSH',
    slaves: { default: 1, least: 1 },
    names: {
      subnet: '192.168.57.0/24',
      firstHost: 11,
      master: 'node1',
      slave: (index) => `node${index + 2}`,
      backup: { name: 'barman', server: 'node1', method: 'rsync', retention: '7 days' },
      user: 'replicator',
      database: { name: 'otus_test', table: 'test' },
    },
  },
} as const satisfies Record<string, Preset>

export type PresetName = keyof typeof PRESETS
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[]

export function presetOf(name: PresetName): Preset {
  return PRESETS[name]
}
