import fc from 'fast-check'
import { FORMATS, type Format } from '../../src/config/formats.ts'
import { allSettings } from '../../src/config/setting-docs.ts'

/** What breaks out of something, if it is let: one or more of every language a value passes through. */
export const ATTACKS = {
  ruby: ['#{exit!(7)}', '#@x', '#$0', '"; exit!(7); "', "' + `id` + '", '\\', '\\"', '<<~X\nX', '__END__'],
  yaml: [
    'on',
    '~',
    '1_000',
    '0o17',
    '1:30',
    '- a',
    'a: b',
    '&a',
    '*a',
    '!!python/object:os.system',
    '---\n',
    '%YAML',
  ],
  jinja: [
    '{{ 7 * 7 }}',
    '{% for x in y %}',
    '{# gone #}',
    "{{ lookup('pipe', 'id') }}",
    '}}{{',
    '{%- raw -%}',
  ],
  sql: ["'; DROP TABLE dz; --", "''", '"', '$$', "E'\\''", '/*', '--', '\\gexec', "\\'", ':x', ":'x'"],
  shell: ['$(id)', '`id`', ';id', '|id', '&', '>x', "'", '$HOME', '*', '-rf', '~root', '\\\n'],
  conninfo: ["x' host='evil", 'x host=evil', "\\'", 'passfile=/etc/passwd', '=', ' '],
  pgpass: [':', '\\:', 'a:b:c', '#'],
  hba: ['all', 'replication', '+group', '@file', 'samerole', ',', '"all"', '0.0.0.0/0 trust', '/re'],
  conf: ["'", "''", "\\'", "x'\nfsync = off", "include 'x'", '#', '\\n', '$libdir'],
  crontab: ['* * * * *', '@reboot', '%', '\n* * * * * root id', 'MAILTO=x', '0 3 * * * root'],
  ini: ['[all]', 'a = b', '; c', '%(home)s', '\n[x]\ny = z', '#'],
  html: ['<script>alert(1)</script>', '&amp;', '"><img src=x onerror=y>', '</style>', '<!--', ']]>'],
  markdown: ['```', '`', '[x](javascript:y)', '| a |', '# x', '![x](y)', '<details>', '\\', '~~~'],
  terminal: ['\u001b[2J', '\u001b]0;title\u0007', '\u009b31m', '\r', '\b', '\u202e', '\u001bP', '\u0000'],
  unicode: ['\u2028', '\u0085', '\ufeff', '\ud800', 'é', '😀', 'Ж', 'a\u0301', '\u00a0'],
  path: ['../../etc', '/etc/passwd', '..', '~', '%2e%2e', 'a/../../b', 'con', '__proto__', 'constructor'],
} as const

const single = fc.constantFrom(...Object.values(ATTACKS).flat())

/** Any text, most of it made of what is dangerous. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: single },
  { weight: 3, arbitrary: fc.tuple(single, single).map(([first, second]) => first + second) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 30 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
)

const matching = ({ pattern }: Format) =>
  fc.stringMatching(new RegExp(pattern.source.replace(/\(\?!\.\{64\}\)/, ''), pattern.flags), {
    maxLength: 40,
  })
const schedule = fc
  .tuple(fc.nat(59), fc.nat(23), fc.constantFrom('*', '1', '1-5', '*/2', '1,15'))
  .map(([minute, hour, day]) => `${minute} ${hour} ${day} * *`)

/** What each string of the config may be; its path as `create-pg-lab explain` lists it. */
const STRINGS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  name: matching(FORMATS.hostName),
  'box.name': matching(FORMATS.boxName),
  'box.version': matching(FORMATS.boxVersion),
  'box.url': matching(FORMATS.boxUrl),
  'master.name': matching(FORMATS.hostName),
  'slaves[].name': matching(FORMATS.hostName),
  'slaves[].slot': matching(FORMATS.slot),
  'slaves[].applyDelay': fc.integer({ min: 1, max: 20 }).map((days) => `${days}d`),
  'backup.name': matching(FORMATS.hostName),
  'backup.server': matching(FORMATS.barmanServer),
  'backup.user': matching(FORMATS.identifier),
  'backup.streamingUser': matching(FORMATS.identifier),
  'backup.slot': matching(FORMATS.slot),
  'backup.retention': fc.constantFrom('7 days', '2 weeks', '1 month', '30 backups'),
  'backup.schedule': schedule,
  'postgres.settings.application_name': hostileText,
  'postgres.settings.log_line_prefix': hostileText,
  'postgres.settings.work_mem': fc.constantFrom('8MB', '64MB', 4096),
  'postgres.timezone': fc.constantFrom('UTC', 'Europe/Moscow', 'America/Argentina/Buenos_Aires'),
  'postgres.locale': matching(FORMATS.locale),
  'replication.user': matching(FORMATS.identifier),
  'replication.maxSlotWalKeepSize': matching(FORMATS.walSize),
  'database.name': matching(FORMATS.identifier),
  'database.owner': matching(FORMATS.identifier),
  'database.table': matching(FORMATS.identifier),
  'mirrors.packages': matching(FORMATS.url),
  'mirrors.vagrant': matching(FORMATS.url),
  'mirrors.docker': matching(FORMATS.dockerPrefix),
  'proxy.http': matching(FORMATS.url),
  'proxy.https': matching(FORMATS.url),
  'proxy.noProxy': matching(FORMATS.noProxy),
}

/** Every setting that takes text, also those that only a few words are good for. */
const TEXT_PATHS = allSettings()
  .filter(({ allowed }) => allowed !== '' && !/^(a number|a whole number|true or false|a list)/.test(allowed))
  .map(({ path }) => path.replace('<name>', 'application_name'))

interface Change {
  readonly path: string
  readonly value: unknown
}

/** A config, what it was before hostile text was put into it, and where that is. */
export interface Attempt {
  readonly input: Record<string, unknown>
  readonly ordinary: Record<string, unknown>
  readonly hostilePaths: readonly string[]
}

const SLAVES = 2

function put(input: Record<string, unknown>, { path, value }: Change): void {
  const keys = path.split('.').map((key) => key.replace(/\[\d\]$/, ''))
  const index = Number(/\[(\d)\]/.exec(path)?.[1])
  let place = input
  for (const [at, key] of keys.slice(0, -1).entries()) {
    if (typeof place !== 'object') return // hostile text stands there already
    if (place[key] === undefined) place[key] = at === 0 && key === 'slaves' ? [] : {}
    const inner = place[key] as Record<string, unknown>
    if (Array.isArray(inner)) {
      for (let next = inner.length; next < SLAVES; next += 1) inner.push({})
      place = inner[index]
    } else place = inner
  }
  if (typeof place === 'object') place[keys.at(-1) ?? ''] = value
}

const seat = fc.nat(SLAVES - 1)
const placed = (path: string) => seat.map((index) => path.replace('[]', `[${index}]`))
const friendly: fc.Arbitrary<Change> = fc
  .constantFrom(...Object.entries(STRINGS))
  .chain(([path, value]) => fc.record({ path: placed(path), value }))
const hostile: fc.Arbitrary<Change> = fc
  .constantFrom(...TEXT_PATHS)
  .chain((path) => fc.record({ path: placed(path), value: hostileText }))

const provider = fc.constantFrom('docker', 'virtualbox', 'libvirt')

/** Configs of ordinary values, half of them with hostile text in one to three places. */
export const attempts: fc.Arbitrary<Attempt> = fc
  .tuple(
    provider,
    fc.array(friendly, { maxLength: 6 }),
    fc.oneof(fc.constant<Change[]>([]), fc.array(hostile, { minLength: 1, maxLength: 3 })),
  )
  .map(([name, ordinary, bad]) => {
    const input: Record<string, unknown> = { provider: name }
    for (const change of ordinary) put(input, change)
    const before = structuredClone(input)
    for (const change of bad) put(input, change)
    return { input, ordinary: before, hostilePaths: bad.map(({ path }) => path) }
  })
