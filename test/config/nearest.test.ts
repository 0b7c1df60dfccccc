import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../src/config/problems.ts'
import { parseConfig } from '../../src/config/schema.ts'

/** What each wrong setting of a config is answered with, by its path. */
function hintsFor(config: unknown): Record<string, string | undefined> {
  const result = parseConfig(config)
  if (!('issues' in result)) return {}
  return Object.fromEntries(problemsOf(config, result.issues).map(({ path, hint }) => [path, hint]))
}

describe('the nearest right form', () => {
  it.each([
    [{ master: { memory: '1GB' } }, 'master.memory', '1024'],
    [{ master: { memory: '512m' } }, 'master.memory', '512'],
    [{ master: { cpus: '2' } }, 'master.cpus', '2'],
    [{ backup: { retention: 7 } }, 'backup.retention', '"7 days"'],
    [{ backup: { retention: '2w' } }, 'backup.retention', '"2 weeks"'],
    [{ backup: { retention: '1 Month' } }, 'backup.retention', '"1 month"'],
    [{ backup: { schedule: '03:30' } }, 'backup.schedule', '"30 3 * * *"'],
    [{ backup: { schedule: '@daily' } }, 'backup.schedule', '"0 0 * * *"'],
    [{ backup: { slot: 'Barman-Slot' } }, 'backup.slot', '"barman_slot"'],
    [{ name: 'My Lab' }, 'name', '"my-lab"'],
    [{ name: '1. Übung' }, 'name', '"u-bung"'],
    [{ slaves: 2 }, 'slaves', '[ {}, {} ]'],
    [{ slaves: [{ name: 'pg_b' }] }, 'slaves[0].name', '"pg-b"'],
    [{ slaves: [{ applyDelay: 30 }] }, 'slaves[0].applyDelay', '"30s"'],
    [{ slaves: [{ applyDelay: '5 minutes' }] }, 'slaves[0].applyDelay', '"5min"'],
    [{ replication: { maxSlotWalKeepSize: '2 gb' } }, 'replication.maxSlotWalKeepSize', '"2GB"'],
    [{ network: { subnet: '192.168.11.0' } }, 'network.subnet', '"192.168.11.0/24"'],
    [{ postgres: { locale: 'ru_RU' } }, 'postgres.locale', '"ru_RU.UTF-8"'],
    [{ postgres: { locale: 'ru_RX.UTF-8' } }, 'postgres.locale', '"ru_RU.UTF-8"'],
    [{ postgres: { timezone: 'moscow' } }, 'postgres.timezone', '"Europe/Moscow"'],
    [{ postgres: { timezone: 'Europe/Moskow' } }, 'postgres.timezone', '"Europe/Moscow"'],
    [{ postgres: { tls: 'yes' } }, 'postgres.tls', 'true'],
    [{ postgres: { version: '17' } }, 'postgres.version', '17'],
    [{ os: 'Debian 13' }, 'os', '"debian-13"'],
    [
      { mirrors: { packages: 'deb.example.org/debian' } },
      'mirrors.packages',
      '"http://deb.example.org/debian"',
    ],
    [{ database: { name: 'My Data' } }, 'database.name', '"my_data"'],
  ])('of %j', (config, path, meant) => {
    expect(hintsFor(config)[path]).toBe(`did you mean ${meant}?`)
  })

  it.each([
    [{ name: '—' }, 'name'],
    [{ backup: { retention: 'for ever' } }, 'backup.retention'],
    [{ backup: { schedule: '99:99' } }, 'backup.schedule'],
    [{ slaves: { name: 'x' } }, 'slaves'],
    [{ master: { memory: 'much' } }, 'master.memory'],
    [{ network: { subnet: 'home' } }, 'network.subnet'],
    [{ backup: { schedule: 'constructor' } }, 'backup.schedule'],
    [{ postgres: { tls: 'constructor' } }, 'postgres.tls'],
  ])('is not made up for %j', (config, path) => {
    expect(hintsFor(config)).toHaveProperty([path], undefined)
  })
})
