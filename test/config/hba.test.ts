import { describe, expect, it } from 'vitest'
import { hbaShown, hbaText, parseHbaLine } from '../../src/config/hba.ts'

describe('a line of pg_hba.conf', () => {
  it.each([
    ['hostssl shop app 10.0.0.0/8 scram-sha-256', 'hostssl shop app 10.0.0.0 255.0.0.0 scram-sha-256'],
    [
      'host\tshop,stock  app,+staff 10.1.2.3/32\treject',
      'host shop,stock app,+staff 10.1.2.3 255.255.255.255 reject',
    ],
    ['hostssl all all 0.0.0.0/0 cert', 'hostssl all all 0.0.0.0 0.0.0.0 cert clientcert=verify-full'],
    ['hostssl all all 10.8.0.0/13 reject', 'hostssl all all 10.8.0.0 255.248.0.0 reject'],
    [
      'hostssl shop app FD00:0::1/64 scram-sha-256',
      'hostssl shop app fd00::1 ffff:ffff:ffff:ffff:: scram-sha-256',
    ],
    [
      'hostssl shop app ::1/128 scram-sha-256',
      `hostssl shop app ::1 ${Array(8).fill('ffff').join(':')} scram-sha-256`,
    ],
    [
      'hostssl my-app app .example.org scram-sha-256 clientcert=verify-ca',
      'hostssl my-app app .example.org scram-sha-256 clientcert=verify-ca',
    ],
    ['hostssl sameuser all samenet scram-sha-256', 'hostssl sameuser all samenet scram-sha-256'],
  ])('%s', (text, shown) => {
    const line = parseHbaLine(text)
    if (typeof line === 'string') throw new Error(line)
    expect(hbaText(line)).toBe(text.trim().replace(/\s+/g, ' '))
    expect(hbaShown(line)).toBe(shown)
  })

  it.each([
    ['', /its type is host or hostssl or hostnossl$/],
    ['hosts shop app all reject', /its type is host or hostssl or hostnossl, not hosts$/],
    ['local all all peer', /^of a client that comes over the network/],
    ['host shop', /databases and users are plain names/],
    ['host "my db" app all reject', /databases and users are plain names .*, not "my$/],
    ['host @file app all reject', /not @file$/],
    ['host shop /^app all reject', /not \/\^app$/],
    [
      'host shop app 10.0.0.1 scram-sha-256',
      /its address is a network such as 10\.0\.0\.0\/8.*, not 10\.0\.0\.1$/,
    ],
    ['host shop app 10.0.0 scram-sha-256', /not 10\.0\.0$/],
    ['host shop app fe80::1%eth0/64 scram-sha-256', /not fe80::1%eth0\/64$/],
    ['host shop app 10.0.0.0/33 scram-sha-256', /not 10\.0\.0\.0\/33$/],
    ['host shop app 10.0.0.0 255.0.0.0 scram-sha-256', /not 10\.0\.0\.0$/],
    ['hostssl all all all trust', /^without trust: it lets in whoever comes/],
    ['hostssl all all all md5', /^without md5: .* Use scram-sha-256$/],
    ['hostssl all all all password', /^without password: /],
    ['hostssl all all all constructor', /its method is scram-sha-256 or cert or reject, not constructor$/],
    ['hostssl all all all ldap ldapserver=x', /not ldap$/],
    ['hostssl all all all scram-sha-256 map=x', /^without map=x: the options are/],
    ['hostssl all all all scram-sha-256 # all', /^without #: the options are/],
  ])('not %j', (text, why) => expect(parseHbaLine(text)).toMatch(why))
})
