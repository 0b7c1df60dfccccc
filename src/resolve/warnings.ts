import type { Box, Os } from '../catalog/os.ts'
import { ENDED_OS, ENDED_POSTGRES, ownBoxName } from '../catalog/os.ts'
import { postgresHas } from '../catalog/postgres-features.ts'
import { GROW_ON_STANDBYS_FIRST } from '../catalog/postgres-settings.ts'
import { inBaseUnit } from '../catalog/same-setting.ts'
import type { Config } from '../config/schema.ts'
import type { Subnet } from './addresses.ts'
import { isPrivate } from './network.ts'
import { leastOf } from './postgres-settings.ts'
import { isDirect } from './upstreams.ts'

/** What is allowed but unwise, one sentence each. */
export function warningsOf(
  config: Config,
  os: Os,
  version: number,
  box: Box | undefined,
  subnet: Subnet,
): string[] {
  const { network, replication, slaves, postgres, mirrors } = config
  const ended = ENDED_POSTGRES[version]
  const endedOs = ENDED_OS[os.name]
  const direct = slaves.filter((_, index) => isDirect(config, index)).length
  const waitsForAll = replication.mode === 'sync' && replication.synchronous === direct
  const spare = replication.mode === 'sync' ? direct - replication.synchronous : 0
  const waitsForBarman = config.backup !== false && config.backup.synchronous && spare === 0
  const least = Math.min(config.master.memory, ...slaves.map(({ memory }) => memory))
  const buffers = String(postgres.settings.shared_buffers ?? '')
  const buffersMb = ((inBaseUnit(buffers, '8kB') ?? 0) * 8) / 1024
  const fsync = String(postgres.settings.fsync ?? 'on')
  return [
    ended &&
      `PostgreSQL ${version} has had no fixes since ${ended}; choose 15 or later for anything but old courses.`,
    !postgresHas(version, 'slot_limit') &&
      `PostgreSQL ${version} cannot limit what a slot holds back: a forgotten slot fills the disk.`,
    endedOs && `${os.title} has had no fixes since ${endedOs}; its packages may move to the archive.`,
    box &&
      !box.url &&
      !mirrors.vagrant &&
      box.name !== ownBoxName(os) &&
      `The box ${box.name} comes from HCP Vagrant, which closes on 2026-12-31; keep it: npx create-pg-lab box keep`,
    !box &&
      Object.keys(config.box).length > 0 &&
      'box is not used: the docker provider builds its own image, and existing servers have their system.',
    config.provider !== 'ssh' && // there they are the real hosts
      !isPrivate(subnet) &&
      `${network.subnet} is not a private network: the real hosts of these addresses become unreachable.`,
    waitsForBarman && 'Every commit waits for Barman: when the backup host is down, all writes stop.',
    waitsForAll && 'Every commit waits for every slave of the master: when one is down, all writes stop.',
    config.provider !== 'ssh' &&
      buffersMb > least &&
      `shared_buffers is ${buffers}, and the smallest server has ${least} MB of memory: it may not start, or be killed.`,
    ...slaves.flatMap(({ settings }, index) =>
      GROW_ON_STANDBYS_FIRST.filter((name) => Number(settings[name]) > leastOf(config, version, name)).map(
        (name) =>
          `slaves[${index}].settings.${name} is above the others’: once it is the primary, they cannot follow it.`,
      ),
    ),
    /^(off|false|no|0)$/i.test(fsync) && 'With fsync off a crash of a machine can lose the whole database.',
  ].filter((sentence) => typeof sentence === 'string')
}
