import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Finding } from '../../src/finding.ts'
import { faultCalled, faultsAtHand } from './exam-faults.ts'
import { carryOut } from './hints.ts'
import { failures, type TestLab } from './support.ts'

const RECEIVE_WAL_DEAD = 'receive-wal-dead'

/** One thing broken, as it is found and repaired. */
interface Sabotage {
  sabotage(): Promise<void>
  /** The finding that names it: `check node: what`. */
  readonly found: string
  readonly observed: RegExp
}

/** Faults of `exam` whose hints, as `verify` prints them, repair the lab. */
const FAULTS: readonly (readonly [name: string, id: string])[] = [
  ['a slot dropped', 'slot-dropped'],
  ['a slot unused', 'slot-unused'],
  ['a wrong application name', 'wrong-application-name'],
  ['the password of the replica changed', 'replica-password'],
  ['a line that trusts the network', 'hba-trust'],
  ['lines that let in without TLS', 'hba-without-tls'],
  ['a certificate that the lab has not signed', 'foreign-certificate'],
  ['Barman a superuser', 'barman-superuser'],
  ['receive-wal dead', RECEIVE_WAL_DEAD],
  ['cron stopped', 'cron-stopped'],
  ['a backup directory that cannot be written to', 'folder-not-writable'],
  ['a WAL segment deleted from the archive', 'wal-segment-missing'],
  ['the replay of a standby paused', 'replay-paused'],
  ['a standby promoted behind our back', 'standby-promoted'],
]

/** No fault of an exam: cron brings it back at each full minute, so there must be time to look before the next. */
function receiveWalDead(lab: TestLab): Sabotage {
  const untilEarly = 'until s=$(date +%-S) && [ "$s" -ge 10 ] && [ "$s" -lt 40 ]; do sleep 1; done'
  const kill = `${untilEarly}; pkill -f "[r]eceive-wal master"; pkill -f "[p]g_receivewal"; true`
  return {
    async sabotage() {
      const { status, stderr } = lab.ssh('backup', 'sudo', 'bash', '-c', kill)
      if (status !== 0) throw new Error(stderr)
    },
    found: 'cron backup: process receive-wal',
    observed: /none/,
  }
}

async function sabotageCalled(lab: TestLab, id: string): Promise<Sabotage> {
  if (id === RECEIVE_WAL_DEAD) return receiveWalDead(lab)
  const { guest, faults } = await faultsAtHand(lab)
  const { finding, observed, inflict } = faultCalled(faults, id)
  return { sabotage: () => inflict(guest), found: finding, observed }
}

/** What takes a moment to come back, such as a connection, is given it. */
async function findingsOnceGreen(lab: TestLab): Promise<readonly Finding[]> {
  for (let turn = 0; turn < 10; turn += 1) {
    const { failed } = lab.verify()
    if (failed.length === 0) return []
    await wait(2_000)
  }
  return lab.verify().failed
}

/** Each sabotage on a lab that has nothing but the defaults: done, found by name, mended by what the hint says. */
export function testSabotages(lab: TestLab): void {
  test.each(FAULTS)('%s: found by name, and mended by what the hint says', async (_, id) => {
    const one = await sabotageCalled(lab, id)
    await one.sabotage()
    const { status, failed } = lab.verify()
    expect(status).toBe(1)
    const finding = failed.find(({ check, node, what }) => `${check} ${node}: ${what}` === one.found)
    expect(failures(failed)).toContain(one.found)
    expect(finding?.observed).toMatch(one.observed)
    expect(failed.every(({ hint }) => hint !== undefined)).toBe(true)
    carryOut(lab, finding as Finding)
    expect(failures(await findingsOnceGreen(lab))).toEqual([])
  })
}
