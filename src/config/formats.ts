/** Formats of single values, each with the words that say what is allowed. No value that passes needs quoting surprises. */
export interface Format {
  readonly pattern: RegExp
  readonly words: string
}

export const FORMATS = {
  hostName: {
    pattern: /^(?!.{64})[a-z]([a-z0-9-]*[a-z0-9])?$/,
    words: 'a host name: a–z, 0–9 and -, beginning with a letter, at most 63 characters',
  },
  identifier: {
    pattern: /^[a-z_][a-z0-9_]{0,62}$/,
    words: 'a PostgreSQL name: a–z, 0–9 and _, not beginning with a digit, at most 63 characters',
  },
  slot: {
    pattern: /^[a-z0-9_]{1,63}$/,
    words: 'a slot name: a–z, 0–9 and _, at most 63 characters',
  },
  barmanServer: {
    pattern: /^[a-z][a-z0-9_-]{0,62}$/,
    words: 'a Barman server name: a–z, 0–9, _ and -, beginning with a letter',
  },
  address: {
    pattern: /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}$/,
    words: 'an IPv4 address, e.g. 192.168.11.150',
  },
  subnet: {
    pattern: /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!\/)|(?=\/))){4}\/([89]|1\d|2[0-9])$/,
    words: 'an IPv4 subnet with a prefix from 8 to 29, e.g. 192.168.11.0/24',
  },
  settingName: {
    pattern: /^[A-Za-z_][A-Za-z0-9_.]{0,62}$/,
    words: 'a postgresql.conf setting: A–Z, a–z, 0–9, _ and .',
  },
  settingText: {
    // psql leaves Unicode's noncharacters out of what it prints, so no check could read such a value back.
    pattern: /^[^\p{Cc}\p{Cs}\p{NChar}\u2028\u2029]{0,1000}$/u,
    words: 'one line of text without control characters, at most 1000 characters',
  },
  walSize: {
    pattern: /^[1-9]\d{0,5}(MB|GB|TB)$/,
    words:
      "a size such as '2GB' (MB, GB or TB); a limit is always set, because a forgotten slot fills the disk",
  },
  applyDelay: {
    pattern: /^[1-9]\d{0,9}(s|min|h|d)$/,
    words: "a time such as '30s', '1min', '2h' or '1d'",
  },
  age: {
    pattern: /^[1-9]\d{0,3} (hour|day|week)s?$/,
    words: "a number of hours, days or weeks, e.g. '8 days'",
  },
  retention: {
    pattern: /^[1-9]\d{0,3} (day|week|month|backup)s?$/,
    words: "a period or a number of backups: '7 days', '2 weeks', '1 month', '3 backups'",
  },
  timezone: {
    pattern: /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/,
    words: "a time zone of the IANA list, e.g. 'UTC' or 'Europe/Moscow'",
  },
  locale: {
    pattern: /^[A-Za-z]{1,8}(_[A-Z]{2})?\.(UTF-8|utf8)$/,
    words: "a UTF-8 locale, e.g. 'C.UTF-8' or 'ru_RU.UTF-8'",
  },
  boxName: {
    pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)?$/,
    words: "a Vagrant box name, e.g. 'bento/debian-12'",
  },
  boxVersion: {
    pattern: /^\d[A-Za-z0-9.-]{0,62}$/,
    words: "an exact box version, e.g. '202510.26.0'",
  },
  // Without user:password@ — what stands here is written to files that git tracks.
  url: {
    pattern: /^https?:\/\/[A-Za-z0-9.[\]:-]+(\/[A-Za-z0-9._~:/?&=%+,-]*)?$/,
    words: 'an http:// or https:// address without a password in it (the file is tracked by git)',
  },
  boxUrl: {
    pattern: /^((https?|file):\/\/|\.{0,2}\/)[A-Za-z0-9._~:/?&=%+,[\]-]+$/,
    words: 'an http://, https:// or file:// address, or a path, without a password or spaces in it',
  },
  dockerPrefix: {
    pattern: /^[a-z0-9][a-z0-9.-]*(:\d{1,5})?(\/[a-z0-9][a-z0-9._-]*)*\/?$/,
    words: "a registry with an optional path, e.g. 'registry.school.example/'",
  },
  sshHost: {
    pattern: /^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/,
    words: "a host name or an IPv4 address, e.g. 'db1.example.org'",
  },
  sshUser: {
    pattern: /^[a-z_][a-z0-9_.-]{0,31}$/,
    words: "a user of the server, e.g. 'debian'",
  },
  // What ssh would expand (%h, ${HOME}) or read as the end of the word is left out.
  sshFile: {
    pattern: /^(~\/|\.{0,2}\/|[\p{L}\p{N}_])[\p{L}\p{N} ._/@+-]{0,200}$/u,
    words: "a path, e.g. '~/.ssh/id_ed25519'; a relative one begins in the lab's folder",
  },
  sshJump: {
    pattern:
      /^(?!,|none,|.*,none(,|$))((^|,)([a-z_][a-z0-9_.-]{0,31}@)?[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(:[1-9]\d{0,4})?(?=,|$))+$/,
    words: "hosts to go through, one after another, e.g. 'me@bastion.example.org:22,inner.example.org'",
  },
  // In ssh's configuration the rest of the line is the command, whatever is in it.
  sshCommand: {
    pattern: /^[^\p{Cc}\p{Cs}\s][^\p{Cc}\p{Cs}]{0,499}$/u,
    words: "one line of shell, e.g. 'cloudflared access ssh --hostname %h'",
  },
  line: {
    pattern: /^[^\p{Cc}\p{Cs}\s][^\p{Cc}\p{Cs}]{0,199}$/u,
    words: 'one line of at most 200 characters',
  },
  noProxy: {
    pattern: /^[A-Za-z0-9.*:/[\]_-]+(, ?[A-Za-z0-9.*:/[\]_-]+)*$/,
    words: "host names and networks separated by commas, e.g. 'localhost,.school.example'",
  },
} as const satisfies Record<string, Format>

/** recovery_min_apply_delay is a 32-bit number of milliseconds: 24.86 days. */
const MAX_APPLY_DELAY_MS = 2 ** 31 - 1
const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }

export const LONGEST_APPLY_DELAY = '24d'

/** Whether PostgreSQL can wait that long. @param delay a text of the `applyDelay` format */
export function isApplyDelay(delay: string): boolean {
  const [, count, unit = ''] = /^(\d+)([a-z]+)$/.exec(delay) ?? []
  return Number(count) * (UNIT_MS[unit] ?? Number.NaN) <= MAX_APPLY_DELAY_MS
}

/** Whether this computer's list of time zones has it. */
export function isTimezone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

/**
 * Barman's own form of a retention, e.g. `RECOVERY WINDOW OF 7 DAYS`.
 * @param retention a text of the `retention` format
 */
export function retentionPolicy(retention: string): string {
  const [count = '', unit = ''] = retention.split(' ')
  if (unit.startsWith('backup')) return `REDUNDANCY ${count}`
  return `RECOVERY WINDOW OF ${count} ${unit.replace(/s$/, '').toUpperCase()}S`
}

const HOURS: Readonly<Record<string, number>> = { hour: 1, day: 24, week: 168 }

/** In hours. @param age a text of the `age` format */
export function hoursOf(age: string): number {
  const [count = '', unit = ''] = age.split(' ')
  return Number(count) * (HOURS[unit.replace(/s$/, '')] ?? Number.NaN)
}
