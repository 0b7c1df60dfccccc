import { expect, test } from 'vitest'
import { type RestorePlan, verifyOnto } from '../../src/operations/restore.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'
import { PRIMARY, standby } from '../support/fake-lab.ts'
import { testBackup, testLab } from '../support/lab.ts'
import { refusal, scene } from './scene.ts'

const GIB = 1024 ** 3
const plan = { backup: { id: '20261201T010203', bytes: 2 * GIB, walBytes: GIB } } as RestorePlan

/** A lab that could be restored onto its master, but for one thing. */
function live({ method = 'rsync', tablespaces = [], free = 4 * GIB }: Partial<Twist> = {}) {
  const backup = testBackup({ method })
  const shell: Guest['shell'] = async (_node, argv) => {
    const about = { master: { tablespaces: tablespaces.map((name) => ({ name })) } }
    const stdout = argv[0] === 'barman' ? JSON.stringify(about) : `${free}\n`
    return { exitCode: 0, stdout, stderr: '', durationMs: 1 }
  }
  const { place } = scene({ master: PRIMARY, slave: standby() }, testLab({ backup }), shell)
  return { ...place, guest: { ...place.guest, shell }, backup }
}

interface Twist {
  readonly method: 'postgres' | 'rsync'
  readonly tablespaces: readonly string[]
  readonly free: number
}

test('a server with room for the backup and its WAL can be restored onto', async () => {
  await verifyOnto(live(), plan, 'master')
})

test.each([
  [{ method: 'postgres' }, 'No ssh leads from Barman to master', '--in-place'],
  [{ tablespaces: ['fast'] }, 'has tablespaces (fast), whose folders master is using', '--in-place'],
  [{ free: 3 * GIB }, 'The disk of master is too small', 'make room there'],
] as const)('%o is told by name before anything is touched', async (twist, message, hint) => {
  const told = await refusal(verifyOnto(live(twist), plan, 'master'))
  expect(told).toContain(message)
  expect(told).toContain(hint)
})
