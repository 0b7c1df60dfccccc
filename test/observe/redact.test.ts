import { expect, test } from 'vitest'
import { redactor } from '../../src/observe/redact.ts'

test.each([
  ['a known secret, wherever it stands', 'hba: s3cret-of-lab!', 'hba: ********'],
  ['libpq’s assignment', 'host=a password=hunter2 user=b', 'host=a password=******** user=b'],
  ['a quoted one', "password = 'it''s \\' x' dbname=c", 'password = ******** dbname=c'],
  ['an URI', 'postgresql://replica:pa%20ss@10.0.0.1/otus', 'postgresql://replica:********@10.0.0.1/otus'],
  ['a stored verifier', "PASSWORD 'SCRAM-SHA-256$4096:a==$b=:c='", "PASSWORD '********'"],
  ['an MD5 one', 'md5a3556571e93b0d20722ba62be61e8c2d', '********'],
])('hides %s', (_, text, hidden) => {
  expect(redactor(['s3cret-of-lab!', ''])(text)).toBe(hidden)
})

test('leaves alone what only speaks of passwords', () => {
  const text =
    "passfile='/var/lib/postgresql/.pgpass'\npassword_encryption = 'scram-sha-256'\nhost all all scram-sha-256"
  expect(redactor([])(text)).toBe(text)
})

test('hides a secret that is part of another', () => {
  expect(redactor(['abc', 'abcdef'])('abcdef abc')).toBe('******** ********')
})
