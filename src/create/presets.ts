import type { ClusterConfig } from '../config/schema.ts'

type SlaveConfig = NonNullable<ClusterConfig['slaves']>[number]

/** A lab to begin with. */
interface Preset {
  /** For `--help` and the config's first lines. */
  readonly title: string
  readonly slaves: { readonly default: number; readonly least: number }
  /** What sets a slave apart; `index` counts from 0. */
  readonly slave: (index: number, count: number) => SlaveConfig
  readonly backup: boolean
  readonly replication: Pick<NonNullable<ClusterConfig['replication']>, 'mode' | 'synchronous'>
  /** A line of the config above the slaves, where it has something to explain. */
  readonly aboutSlaves?: string
}

const plain = { slave: () => ({}), backup: true, replication: { mode: 'async' } } as const

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
} as const satisfies Record<string, Preset>

export type PresetName = keyof typeof PRESETS
export const PRESET_NAMES = Object.keys(PRESETS) as PresetName[]

export function presetOf(name: PresetName): Preset {
  return PRESETS[name]
}
