import { expect, test } from 'vitest'
import { allSettings } from '../../src/config/setting-docs.ts'

const setting = (path: string) => allSettings().find((one) => one.path === path)

test('every setting has a description, and says what is allowed or what is in it', () => {
  const settings = allSettings()
  expect(settings.filter(({ description }) => description === '')).toEqual([])
  const mute = settings.filter(
    ({ path, allowed }) => allowed === '' && !settings.some((one) => one.path.startsWith(`${path}.`)),
  )
  expect(mute).toEqual([])
})

test.each([
  ['master.memory', 1024, 'a whole number from 256 to 1048576'],
  ['postgres.checksums', true, 'true or false'],
  ['backup', {}, 'false or an object { … }'],
  ['postgres.repository', 'distro', 'distro, pgdg or an object { url, key }'],
  ['backup.compression', 'none', 'none, gzip, bzip2, zstd or lz4'],
  ['slaves', [{}], 'a list [ … ]'],
  [
    'slaves[].applyDelay',
    undefined,
    "a time such as '30s', '1min', '2h' or '1d'; at most 24d, the most recovery_min_apply_delay can hold",
  ],
  [
    'backup.schedule',
    '0 3 * * *',
    "a crontab time of five fields, e.g. '0 3 * * *' (every night at three); a day that exists: there is no February 30",
  ],
  ['postgres.settings.<name>', undefined, 'what PostgreSQL takes'],
  ['network', undefined, ''],
])('%s', (path, value, allowed) => {
  expect(setting(path)).toMatchObject({ default: value, allowed })
})

test('the address of the schema is no setting', () => {
  expect(setting('$schema')).toBeUndefined()
})
