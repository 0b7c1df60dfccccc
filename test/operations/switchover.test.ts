import { expect, test } from 'vitest'
import { planSwitchover, switchPrimary } from '../../src/operations/switchover.ts'
import { PRIMARY, type Servers, seen, standby } from '../support/fake-lab.ts'
import { testSlave } from '../support/lab.ts'
import { refusal, scene, threeServers } from './scene.ts'

const WELL = { master: PRIMARY, slave: standby(), slave2: standby() }

const plan = (servers: Servers, name = 'slave', lab = threeServers()) =>
  planSwitchover(lab, seen(lab, servers), name)

test('the primary is fenced, the standby waits for the last of its WAL, and is promoted', async () => {
  const { place, done } = scene(WELL)
  const { checkpoint } = await switchPrimary(place, planSwitchover(place.lab, seen(place.lab, WELL), 'slave'))
  expect(checkpoint).toBe('0/6000028')
  expect(done.slice(0, 4)).toEqual([
    'master: CHECKPOINT',
    'master: pg-lab-guard fence 60',
    'slave: DO $$',
    'slave: SELECT pg_promote(true, 300) AS promoted',
  ])
})

test('a primary that did not stop in an orderly way is the primary again', async () => {
  const killed = async () => ({ exitCode: 0, stdout: 'state=in production\n', stderr: '', durationMs: 1 })
  const { place, done } = scene(WELL, threeServers(), killed)
  expect(
    await refusal(switchPrimary(place, planSwitchover(place.lab, seen(place.lab, WELL), 'slave'))),
  ).toContain('master did not stop in an orderly way; it goes on as the primary')
  expect(done).toEqual([
    'master: CHECKPOINT',
    'master: pg-lab-guard fence 60',
    'master: pg-lab-guard release',
  ])
})

test('it is safe to repeat', async () => {
  expect(plan(WELL, 'master')).toMatchObject({ isDone: true })
})

test.each([
  [
    'no primary',
    { ...WELL, master: 'gone' },
    'No primary answers, so nobody can hand over → if it is lost: npx create-pg-lab promote',
  ],
  [
    'two primaries',
    { ...WELL, slave2: PRIMARY },
    'master and slave2 are primaries at the same time → see both ways out: npx create-pg-lab verify --only primary',
  ],
  [
    'a silent standby',
    { ...WELL, slave: 'silent' },
    'slave does not answer → start what is not running: npx create-pg-lab up',
  ],
  [
    'another cluster',
    { ...WELL, slave: standby('0/5000000', { system_identifier: '8' }) },
    'slave holds another cluster than master → clone it again: npx create-pg-lab reinit slave',
  ],
  [
    'a standby that gets no WAL',
    { ...WELL, slave: standby('0/5000000', { streams_from: null }) },
    'slave does not stream from the primary → look at it: npx create-pg-lab verify --only standby,replication',
  ],
  [
    'a cascading standby',
    { ...WELL, slave: standby('0/5000000', { streams_from: '192.168.11.152' }) },
    'slave follows another standby (192.168.11.152), not the primary itself → choose a standby that streams from the primary',
  ],
  [
    'a standby far behind',
    { ...WELL, master: { in_recovery: false, lsn: '0/9000000' } },
    'slave is 64 MB of WAL behind → wait until it has caught up: npx create-pg-lab status --watch',
  ],
] as const)('%s is refused', async (_name, servers, expected) => {
  expect(await refusal(() => plan(servers))).toBe(expected)
})

test('a standby that replays late is refused', async () => {
  const late = threeServers({ slaves: [testSlave({ applyDelay: '1h' })] })
  expect(await refusal(() => plan(WELL, 'slave', late))).toContain('slave replays 1h late')
})
