import { expect, test } from 'vitest'
import { withServer } from '../../src/commands/barman.ts'

test.each([
  ['check', 'check main'],
  ['backup --wait', 'backup main --wait'],
  ['show-backup latest', 'show-backup main latest'],
  ['-f json list-backup', '-f json list-backup main'],
  ['check main', 'check main'],
  ['show-backup main latest', 'show-backup main latest'],
  ['config-switch main:slave', 'config-switch main:slave'],
  ['check all', 'check all'],
  ['check --help', 'check --help'],
  ['list-servers', 'list-servers'],
  ['cron', 'cron'],
  ['diagnose', 'diagnose'],
  ['--version', '--version'],
  ['', 'help'],
])('barman %s → barman %s', (typed, sent) => {
  expect(withServer(typed.split(' ').filter(Boolean), 'main').join(' ')).toBe(sent)
})
