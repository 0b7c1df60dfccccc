import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  forgetFormer,
  makePasswords,
  provePasswords,
  storedKey,
} from '../../src/operations/rotate-passwords.ts'
import { usersOf } from '../../src/passwords.ts'
import { fakeGuest, PRIMARY, standby } from '../support/fake-lab.ts'
import { testLab } from '../support/lab.ts'
import { commandError, folderWith } from '../tools/helpers.ts'

const OLD = { '.pg-lab/secrets/replica': 'old-replica\n', '.pg-lab/secrets/student': 'old-student\n' }

const read = (directory: string, path: string) => readFileSync(join(directory, '.pg-lab', path), 'utf8')

test('every user of the lab has a password', () => {
  expect(usersOf(testLab())).toEqual(['replica', 'replica_rewind', 'student', 'barman', 'barman_streaming'])
  expect(usersOf(testLab({ backup: undefined }))).toEqual(['replica', 'replica_rewind', 'student'])
})

test('only the named users get a new one, readable for its owner alone', () => {
  const directory = folderWith(OLD)
  chmodSync(join(directory, '.pg-lab/secrets/student'), 0o644)
  makePasswords(directory, ['student'])
  expect(read(directory, 'secrets/student')).toMatch(/^[A-Za-z0-9]{32}\n$/)
  expect(statSync(join(directory, '.pg-lab/secrets/student')).mode & 0o777).toBe(0o600)
  expect(statSync(join(directory, '.pg-lab/secrets.old')).mode & 0o777).toBe(0o700)
  expect(read(directory, 'secrets/replica')).toBe('old-replica\n')
  expect(readdirSync(join(directory, '.pg-lab/secrets')).sort()).toEqual(['replica', 'student'])
})

test('a rotation that failed can be repeated: those that were in force last stay', () => {
  const directory = folderWith(OLD)
  makePasswords(directory, ['student'])
  const first = read(directory, 'secrets/student')
  makePasswords(directory, ['student', 'replica'])
  expect(read(directory, 'secrets/student')).not.toBe(first)
  expect(read(directory, 'secrets.old/student')).toBe('old-student\n')
  expect(read(directory, 'secrets.old/replica')).toBe('old-replica\n')
  forgetFormer(directory)
  expect(existsSync(join(directory, '.pg-lab/secrets.old'))).toBe(false)
})

test('a user without a password yet gets one', () => {
  const directory = folderWith()
  makePasswords(directory, ['replica'])
  expect(read(directory, 'secrets/replica')).toMatch(/^[A-Za-z0-9]{32}\n$/)
  expect(readdirSync(join(directory, '.pg-lab/secrets.old'))).toEqual([])
})

test('the key is the one PostgreSQL keeps', () => {
  // The example of RFC 7677, section 3.
  expect(storedKey('pencil', 'W22ZaJ0SNY7soEsUEjb6gQ==', 4096)).toBe(
    'WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=',
  )
})

/** Servers that know these salts; a key that is not right is refused by the server itself. */
function servers({ letsIn = true, refuses = false } = {}) {
  const executed: string[] = []
  const logins: string[] = []
  const salt = 'W22ZaJ0SNY7soEsUEjb6gQ=='
  const guest = fakeGuest(
    { master: PRIMARY, slave: standby() },
    {
      rows: () => ['replica', 'student'].map((role) => ({ role, iterations: 4096, salt })),
      execute: async (node, sql) => {
        executed.push(`${node.name}: ${sql}`)
        if (refuses) await Promise.reject(await commandOf('another password'))
      },
      shell: async (node, argv) => {
        logins.push(`${node.name}: ${argv.at(-1)}`)
        return {
          exitCode: letsIn ? 0 : 2,
          stdout: '',
          stderr: 'password authentication failed',
          durationMs: 1,
        }
      },
    },
  )
  return { guest, executed, logins }
}

async function commandOf(message: string) {
  const { CommandError } = await import('../../src/errors.ts')
  return new CommandError(message, { command: 'psql' })
}

test('the proof: the server compares keys, and standbys log in; no password leaves this computer', async () => {
  const directory = folderWith({
    '.pg-lab/secrets/replica': 'pencil\n',
    '.pg-lab/secrets/student': 'pencil\n',
  })
  const { guest, executed, logins } = servers()
  await provePasswords({ lab: testLab(), guest, directory }, ['replica', 'student'])
  expect(executed).toHaveLength(1)
  expect(executed[0]).toContain("('replica', 'WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=')")
  expect(executed[0]).toMatch(/^master: SET log_statement = 'none';\nSET log_min_duration_statement = -1;/)
  expect(executed.join('')).not.toContain('pencil')
  expect(logins).toEqual([
    'slave: host=192.168.11.150 port=5432 user=replica connect_timeout=3 sslmode=prefer dbname=replication replication=true',
  ])
})

test('a user the servers do not know fails the proof', async () => {
  const directory = folderWith({ '.pg-lab/secrets/replica': 'x\n', '.pg-lab/secrets/student': 'x\n' })
  const { guest, executed } = servers()
  await provePasswords({ lab: testLab(), guest, directory }, ['replica', 'student', 'barman'])
  expect(executed[0]).toContain("('barman', '')")
})

test('a refusal of the server is the failure', async () => {
  const directory = folderWith({ '.pg-lab/secrets/replica': 'x\n', '.pg-lab/secrets/student': 'x\n' })
  const { guest } = servers({ refuses: true })
  const error = await commandError(provePasswords({ lab: testLab(), guest, directory }, ['replica']))
  expect(error.message).toBe('another password')
})
