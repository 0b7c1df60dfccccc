import { describe, expect, test } from 'vitest'
import { FORMATS, hoursOf, isApplyDelay, isTimezone, retentionPolicy } from '../../src/config/formats.ts'

const SAMPLES: Record<keyof typeof FORMATS, { good: string[]; bad: string[] }> = {
  hostName: {
    good: ['master', 'a', 'pg-1', `a${'b'.repeat(62)}`],
    bad: ['', 'Master', '1a', '-a', 'a-', 'a_b', 'a.b', `a${'b'.repeat(63)}`, 'a\n', 'a b', 'мастер'],
  },
  identifier: {
    good: ['replica', '_a', 'a1', 'a'.repeat(63)],
    bad: ['', '1a', 'A', 'a-b', 'a b', 'a"', 'a\n', 'a'.repeat(64)],
  },
  slot: { good: ['slave_slot', '1', 'a'.repeat(63)], bad: ['', 'a-b', 'A', 'a\n', 'a'.repeat(64)] },
  barmanServer: { good: ['master', 'pg-1_a'], bad: ['', '1', 'A', 'a b', '[a]', 'a\n'] },
  address: {
    good: ['192.168.11.150', '0.0.0.0', '255.255.255.255'],
    bad: ['', '1.2.3', '1.2.3.4.5', '256.1.1.1', '01.2.3.4', '1.2.3.4.', '1.2.3.4\n', '::1'],
  },
  subnet: {
    good: ['192.168.11.0/24', '10.0.0.0/8', '10.0.0.0/29'],
    bad: ['192.168.11.0', '192.168.11.0/30', '192.168.11.0/7', '1.2.3/24', '1.2.3.4./24', '1.2.3.4/24\n'],
  },
  settingName: {
    good: ['work_mem', 'DateStyle', 'auto_explain.log_analyze'],
    bad: ['', '1a', 'a b', 'a=b', 'a\n'],
  },
  settingText: {
    good: ['', '8MB', "it's #{x} {{ y }}", 'ж'],
    bad: ['a\nb', '\0', '\u001b[31m', '\u2028', '\ud800', 'a'.repeat(1001)],
  },
  walSize: { good: ['2GB', '64MB', '1TB'], bad: ['0', '-1', '2', '2gb', '2 GB', '0GB', '2GB\n'] },
  applyDelay: {
    good: ['30s', '1min', '2h', '1d'],
    bad: ['', '0', '0s', '60', '1 min', '1m', '-1s', '1min\n'],
  },
  age: { good: ['1 hour', '36 hours', '8 days', '2 weeks'], bad: ['', '0 days', '8', '8 months', '8 days '] },
  retention: {
    good: ['7 days', '1 day', '2 weeks', '1 month', '3 backups'],
    bad: ['', '7', '0 days', '7days', '7 years', '7 days;', '7 days\n'],
  },
  timezone: { good: ['UTC', 'Europe/Moscow', 'Etc/GMT+3'], bad: ['', '../etc', "a'b", 'a\n'] },
  locale: {
    good: ['C.UTF-8', 'ru_RU.UTF-8', 'en_US.utf8'],
    bad: ['C', 'ru_RU.KOI8-R', 'a;b.UTF-8', 'C.UTF-8\n'],
  },
  boxName: { good: ['bento/debian-12', 'my-box'], bad: ['', 'a/b/c', 'a b', "a'", 'a\n'] },
  boxVersion: { good: ['202510.26.0', '1.0.0-rc1'], bad: ['', '>= 1', 'latest', '1\n'] },
  url: {
    good: ['http://mirror.example/debian', 'https://a.example:8080', 'http://10.0.0.1/a%20b?c=d'],
    bad: [
      '',
      'ftp://a',
      'http://user:secret@a.example',
      'http://a b',
      "http://a/'",
      'http://a/#{x}',
      'http://a\n',
    ],
  },
  boxUrl: {
    good: ['https://a.example/x.box', 'file:///srv/x.box', '/srv/x.box', './x.box', '../x.box'],
    bad: ['', 'x y.box', 'https://u:p@a/x.box', './#{x}', '/a\n'],
  },
  dockerPrefix: {
    good: ['registry.example', 'registry.example:5000/mirror/'],
    bad: ['', 'http://a', 'A', 'a b', 'a\n'],
  },
  sshHost: {
    good: ['db1', 'db1.example.org', '10.0.0.11'],
    bad: ['', '-db1', 'db1 -o ProxyCommand=x', 'me@db1', 'db%h', 'a\nb'],
  },
  sshUser: { good: ['debian', 'ec2-user', '_x'], bad: ['', '-l', 'Me', 'a b', 'a@b', 'a\n'] },
  sshFile: {
    good: ['~/.ssh/id_ed25519', '/keys/мой ключ', 'keys/id', './id', '../id'],
    bad: ['', 'a"b', '~/%h', '$HOME/id', 'a\nb', '-i'],
  },
  sshJump: {
    good: ['bastion', 'me@bastion.example.org:22', '10.0.0.1:2222', 'outer,me@inner:2222'],
    bad: [
      '',
      'me@',
      '@bastion',
      'a b',
      'bastion:0',
      'none,other',
      'other,none',
      ',inner',
      'outer,',
      'a,,b',
      'a, b',
      'a\nb',
    ],
  },
  sshCommand: {
    good: ['nc -X 5 -x proxy:1080 %h %p', 'cloudflared access ssh --hostname %h'],
    bad: ['', ' nc', 'nc\nUser root', 'nc\u0000'],
  },
  line: { good: ['Анна Иванова', 'DB-12, "A"'], bad: ['', ' a', 'a\nb', 'a\u001b[31m', 'a'.repeat(201)] },
  noProxy: { good: ['localhost', 'localhost,.a.example, 10.0.0.0/8'], bad: ['', 'a;b', 'a\nb', '"a"'] },
}

describe.each(Object.entries(SAMPLES))('%s', (name, { good, bad }) => {
  const { pattern } = FORMATS[name as keyof typeof FORMATS]
  test.each(good)('takes %j', (value) => expect(pattern.test(value)).toBe(true))
  test.each(bad)('refuses %j', (value) => expect(pattern.test(value)).toBe(false))
})

test('time zones are those of this computer’s list', () => {
  expect(isTimezone('Asia/Yekaterinburg')).toBe(true)
  expect(isTimezone('Mars/Olympus')).toBe(false)
})

test.each([
  ['7 days', 'RECOVERY WINDOW OF 7 DAYS'],
  ['1 day', 'RECOVERY WINDOW OF 1 DAYS'],
  ['2 weeks', 'RECOVERY WINDOW OF 2 WEEKS'],
  ['1 month', 'RECOVERY WINDOW OF 1 MONTHS'],
  ['3 backups', 'REDUNDANCY 3'],
])('retention %s is Barman’s %s', (given, policy) => expect(retentionPolicy(given)).toBe(policy))

test('a replay can be delayed for 24 days and some hours', () => {
  expect(['1s', '24d', '596h', '2147483s'].filter((delay) => !isApplyDelay(delay))).toEqual([])
  expect(['25d', '597h', '2147484s', '9999999999min'].filter(isApplyDelay)).toEqual([])
})

test.each([
  ['1 hour', 1],
  ['8 days', 192],
  ['2 weeks', 336],
])('%s: %d hours', (age, hours) => expect(hoursOf(age)).toBe(hours))
