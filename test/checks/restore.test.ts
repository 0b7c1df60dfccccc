import { expect, test } from 'vitest'
import { restoreCheck } from '../../src/checks/restore.ts'
import type { Output } from '../../src/tools/runner.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'
import { fakeGuest, PRIMARY, standby } from '../support/fake-lab.ts'
import { testLab } from '../support/lab.ts'

const STATE = '{"rows": 2, "checksum": "abc"}'
const BACKUP = {
  backup_id: '20261125T225744',
  status: 'DONE',
  end_time_timestamp: '1795647470',
  size_bytes: 4096,
}

/** A lab whose rehearsal prints this. */
function guestWhere(said: string, exitCode = 0, backups: readonly object[] = [BACKUP]): Guest {
  const output = (stdout: string, code = 0): Output => ({ stdout, stderr: '', exitCode: code, durationMs: 1 })
  return fakeGuest(
    { master: PRIMARY, slave: standby() },
    {
      rows: () => [{ segment: '00000001000000000000000A' }],
      execute: async () => {},
      shell: async (_node, argv) => {
        if (argv.includes('psql')) return output(`@state ${STATE}\n@point 0/A0000F0\n@timeline 1\n`)
        if (argv.join(' ') === 'barman --version') return output('3.4.0 Barman by EnterpriseDB\n')
        if (argv[3] === 'list-backup') return output(JSON.stringify({ master: backups }))
        if (argv[3] === 'show-backup') return output(JSON.stringify({ master: { tablespaces: [] } }))
        if (argv[3] === 'show-server') return output(JSON.stringify({ master: { path_prefix: '/bin' } }))
        return argv[0] === 'bash' ? output(said, exitCode) : output('')
      },
    },
  )
}

async function failed(said: string, exitCode?: number, backups?: readonly object[]) {
  const findings = await restoreCheck.run(testLab(), guestWhere(said, exitCode, backups))
  return findings.filter(({ ok }) => !ok).map(({ what, observed }) => `${what}: ${observed}`)
}

const GOOD =
  '@free 999999999999\r\n@copy good\r\nRecovery completed\r\n@files good\r\n@target good\r\nLOG: ready\r\n'

test('a rehearsal that went well', async () => {
  expect(await failed(`${GOOD}@rows ${STATE}\r\n`)).toEqual([])
})

test('other rows than the primary’s', async () => {
  expect(await failed(`${GOOD}@rows {"rows": 1, "checksum": "abd"}\r\n`)).toEqual([
    'rows of otus.dz: 1 rows, checksum abd',
  ])
})

test('no room', async () => {
  expect(await failed('@free 4096\n', 1)).toEqual(['room for the restored server: 4.0 kB free'])
})

test('WAL missing in the archive', async () => {
  const rsync =
    'rsync: [sender] link_stat "/x/000000010000000000000009" failed: No such file or directory (2)'
  expect(await failed(`@free 999999999999\n@copy bad\n${rsync}\nrsync error\n`, 1)).toEqual([
    'backup 20261125T225744: WAL missing in the archive: 000000010000000000000009',
  ])
})

test('a damaged file', async () => {
  const mismatch = 'pg_verifybackup: error: checksum mismatch for file "base/1/1255"'
  expect(await failed(`@free 999999999999\n@copy good\n@files bad\n${mismatch}\n`, 1)).toEqual([
    `files of backup 20261125T225744: ${mismatch}`,
  ])
})

test('a connection that was cut', async () => {
  expect(await failed('@free 999999999999\n@copy good\nRecovery completed\n', 129)).toEqual([
    'backup answers: The rehearsal broke off on backup: Recovery completed',
  ])
  expect(await failed('', 129)).toHaveLength(1)
})

test('no backup', async () => {
  expect(await failed('', 0, [{ ...BACKUP, status: 'FAILED' }])).toEqual(['a backup to restore: none'])
})

test('another one at work', async () => {
  await expect(failed('', 75)).rejects.toThrow('already being rehearsed')
})
