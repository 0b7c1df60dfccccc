import { toJsonSchema } from '@valibot/to-json-schema'
import { describe, expect, test } from 'vitest'
import { problemsOf } from '../../src/config/problems.ts'
import { ConfigSchema, parseConfig } from '../../src/config/schema.ts'

function problems(input: unknown): string[] {
  const result = parseConfig(input)
  if ('config' in result) return []
  return problemsOf(input, result.issues).map(({ path, message, hint }) =>
    [path, message, hint].filter(Boolean).join(' | '),
  )
}

test('an empty config is the default lab', () => {
  expect(parseConfig({})).toEqual({
    config: {
      name: 'pg-lab',
      provider: 'auto',
      runner: 'auto',
      os: 'debian-13',
      box: {},
      network: { subnet: '192.168.11.0/24', mode: 'auto' },
      ssh: {},
      master: { name: 'master', memory: 1024, cpus: 1, ssh: {} },
      slaves: [{ memory: 1024, cpus: 1, ssh: {}, settings: {} }],
      backup: {
        name: 'backup',
        memory: 1024,
        cpus: 1,
        ssh: {},
        server: 'master',
        user: 'barman',
        streamingUser: 'barman_streaming',
        synchronous: false,
        slot: 'barman',
        method: 'postgres',
        retention: '7 days',
        minimumRedundancy: 1,
        schedule: '0 3 * * *',
        compression: 'none',
      },
      postgres: {
        repository: 'distro',
        settings: {},
        checksums: true,
        hba: [],
        tls: true,
        timezone: 'UTC',
        locale: 'C.UTF-8',
      },
      replication: {
        user: 'replica',
        mode: 'async',
        synchronous: 1,
        maxSlotWalKeepSize: '2GB',
        otherSlots: [],
        maxLag: { bytes: 16777216, seconds: 10 },
      },
      database: { name: 'otus', owner: 'student', table: 'dz' },
      mirrors: {},
      proxy: {},
      report: {},
    },
  })
})

test('no slaves and no backup host can be said', () => {
  expect(parseConfig({ slaves: [], backup: false })).toMatchObject({ config: { slaves: [], backup: false } })
})

test('a JSON config may name the schema for editors', () => {
  expect(parseConfig({ $schema: './cluster.config.schema.json' })).toHaveProperty('config')
})

interface JsonSchema {
  readonly description?: string
  readonly properties?: Record<string, JsonSchema>
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
}

function undescribed(schema: JsonSchema, path: string): string[] {
  const options = schema.anyOf?.filter(({ properties }) => properties) ?? []
  const described = schema.description || options.some(({ description }) => description)
  return [
    ...(described ? [] : [path]),
    ...Object.entries(schema.properties ?? {}).flatMap(([key, inner]) =>
      undescribed(inner, `${path}.${key}`),
    ),
    ...(schema.items ? undescribed(schema.items, `${path}[]`) : []),
    ...options.flatMap((option) => undescribed({ ...option, description: 'above' }, path)),
  ]
}

test('every setting is described, and the schema can be given to editors', () => {
  const schema = toJsonSchema(ConfigSchema, { typeMode: 'input', errorMode: 'ignore' }) as JsonSchema
  expect(undescribed(schema, 'config')).toEqual([])
  expect(schema).toMatchObject({
    additionalProperties: false,
    properties: { master: { properties: { memory: { default: 1024, minimum: 256 } } } },
  })
})

describe('what is wrong is said in one line', () => {
  test.each([
    [{ nmae: 'x' }, 'nmae | is not a setting | did you mean name?'],
    [{ slaves: [{}, { memroy: 512 }] }, 'slaves[1].memroy | is not a setting | did you mean memory?'],
    [{ backup: { retenton: '' } }, 'backup.retenton | is not a setting | did you mean retention?'],
    [{ database: { x: 1 } }, 'database.x | is not a setting | known here: name, owner, table'],
    [
      { os: 'debian-21' },
      'os | must be debian-11, debian-12, debian-13, debian-14, ubuntu-22.04, ubuntu-24.04, rocky-9 or alma-9; "debian-21" was given | did you mean "debian-11"?',
    ],
    [
      { os: 'centos-7' },
      'os | "centos-7" cannot be used: CentOS 7 ended on 2024-06-30; its mirrors are gone and PGDG builds nothing for it | use \'rocky-9\'',
    ],
    [
      { os: 'centos-8' },
      'os | "centos-8" cannot be used: CentOS 8 ended on 2021-12-31; its mirrors are gone and PGDG builds nothing for it | use \'rocky-9\'',
    ],
    [{ master: { memory: '1gb' } }, 'master.memory | must be a number; "1gb" was given | did you mean 1024?'],
    [{ master: { memory: 0.5 } }, 'master.memory | must be a whole number; 0.5 was given'],
    [{ master: { memory: 64 } }, 'master.memory | must be at least 256; 64 was given'],
    [{ master: { cpus: 65 } }, 'master.cpus | must be at most 64; 65 was given'],
    [{ master: 'a' }, 'master | must be an object { … }; "a" was given'],
    [
      { master: { name: 5 } },
      'master.name | must be a host name: a–z, 0–9 and -, beginning with a letter, at most 63 characters; 5 was given',
    ],
    [{ slaves: {} }, 'slaves | must be a list [ … ]; {} was given'],
    [{ backup: true }, 'backup | must be false or an object { … }; true was given'],
    [{ backup: { memory: 'x' } }, 'backup.memory | must be a number; "x" was given'],
    [{ postgres: { version: 11 } }, 'postgres.version | must be at least 12; 11 was given'],
    [{ postgres: { version: 20 } }, 'postgres.version | must be at most 19; 20 was given'],
    [
      { postgres: { checksums: 'yes' } },
      'postgres.checksums | must be true or false; "yes" was given | did you mean true?',
    ],
    [
      { postgres: { repository: 'pgd' } },
      'postgres.repository | must be distro, pgdg or an object { … }; "pgd" was given | did you mean "pgdg"?',
    ],
    [{ postgres: { repository: { url: 'http://a.example' } } }, 'postgres.repository.key | is missing'],
    [
      { postgres: { settings: { port: 1 } } },
      "postgres.settings.port | is the lab's own: every part of the lab meets the servers on 5432; 1 was given",
    ],
    [
      { postgres: { settings: { hot_standby: false } } },
      'postgres.settings.hot_standby | must be on: the standbys must answer queries; false was given',
    ],
    [
      { postgres: { settings: { wal_level: 'minimal' } } },
      'postgres.settings.wal_level | must be replica or logical: standbys and Barman need at least replica; "minimal" was given',
    ],
    [
      { postgres: { settings: { timezone: 'UTC' } } },
      'postgres.settings.timezone | is the lab\'s own: it has a place of its own; "UTC" was given | set postgres.timezone instead',
    ],
    [
      { postgres: { settings: { recovery_min_apply_delay: '1min' } } },
      'postgres.settings.recovery_min_apply_delay | is the lab\'s own: it differs from node to node; "1min" was given | set slaves[].applyDelay instead',
    ],
    [
      { slaves: [{ applyDelay: '25d' }] },
      'slaves[0].applyDelay | must be at most 24d, the most recovery_min_apply_delay can hold; "25d" was given',
    ],
    [
      { postgres: { settings: { work_mem: [8] } } },
      'postgres.settings.work_mem | must be string, number or boolean; [ 8 ] was given',
    ],
    [
      { postgres: { settings: { 'a b': 1 } } },
      'postgres.settings["a b"] | must be a postgresql.conf setting: A–Z, a–z, 0–9, _ and .; "a b" was given',
    ],
    [
      { postgres: { timezone: 'Mars/Olympus' } },
      "postgres.timezone | must be a time zone of the IANA list, e.g. 'UTC' or 'Europe/Moscow'; \"Mars/Olympus\" was given",
    ],
    [
      { proxy: { http: 'http://u:p@a' } },
      'proxy.http | must be an http:// or https:// address without a password in it (the file is tracked by git); "http://u:p@a" was given',
    ],
    [null, 'the config | must be an object { … }; null was given'],
    [[{}], 'the config | must be an object { … }; [ {} ] was given'],
    [{ master: ['a'] }, "master | must be an object { … }; [ 'a' ] was given"],
  ])('%j', (input, line) => expect(problems(input)).toEqual([line]))

  test('control characters reach no terminal', () => {
    const told = problems({ name: '\u001b[31m\u009b', '\u009b': 1 }).join()
    expect(told).toContain('\\u009b')
    expect(told).not.toMatch(/\p{Cc}/u)
  })

  test('PostgreSQL’s own spelling of a name is its lower case, and cannot be given beside it', () => {
    const parsed = parseConfig({ postgres: { settings: { DateStyle: 'iso', 'App.Stage': 'x' } } })
    expect(parsed).toMatchObject({
      config: { postgres: { settings: { datestyle: 'iso', 'app.stage': 'x' } } },
    })
    expect(problems({ postgres: { settings: { Port: 1, DateStyle: 'iso', datestyle: 'dmy' } } })).toEqual([
      expect.stringContaining("postgres.settings.Port | is the lab's own"),
      expect.stringContaining('postgres.settings.datestyle | is given twice: it is the same as DateStyle'),
    ])
  })

  test('settings the lab can live with pass', () => {
    const settings = {
      hot_standby: 'on',
      wal_level: 'logical',
      archive_mode: false,
      password_encryption: 'scram-sha-256',
    }
    expect(problems({ postgres: { settings } })).toEqual([])
  })

  test('a wrong type hides no other problem of the settings', () => {
    expect(problems({ postgres: { settings: { work_mem: null, port: 1 } } })).toHaveLength(2)
  })

  test('words every object inherits are words like others', () => {
    expect(problems({ os: 'constructor' })[0]).toMatch(/^os \| must be debian-11/)
    expect(problems({ postgres: { settings: { constructor: 'x' } } })).toEqual([])
    expect(problems(Object.create({ inherited: 1 }))).toHaveLength(1)
  })

  test('all unknown keys of one object are told', () => {
    expect(problems({ a1: 1, b2: 2, network: { c3: 3 } })).toHaveLength(3)
  })
})

describe('PostgreSQL’s own words for sections', () => {
  test('stand for ours', () => {
    const config = { primary: { name: 'pg-a' }, standbys: [{ name: 'pg-b' }] }
    expect(parseConfig(config)).toEqual(parseConfig({ master: config.primary, slaves: config.standbys }))
    expect(problems({ primary: { nmae: 'x' } })).toEqual([
      'master.nmae | is not a setting | did you mean name?',
    ])
  })

  test('do not stand beside ours', () => {
    expect(problems({ primary: {}, master: {} })).toEqual([
      'primary | is another name of master, which is there too | keep one of them',
    ])
  })
})
