import { expect, test } from 'vitest'
import type { LiveLab } from '../../src/observe/live-lab.ts'
import { listen, NOTHING_HEARD } from '../../src/observe/partition.ts'
import { seeServers } from '../../src/observe/servers.ts'
import { planPromotion, promoteStandby } from '../../src/operations/promote.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'
import { PRIMARY, type Servers, seen, standby } from '../support/fake-lab.ts'
import { testBackup, testSlave } from '../support/lab.ts'
import { refusal, scene, threeServers } from './scene.ts'

/** Where nothing is heard of who does not answer. */
const plan = (servers: Servers, name?: string, lab = threeServers()) =>
  planPromotion(lab, seen(lab, servers), NOTHING_HEARD, name)

/** With all questions. */
async function planOf(live: LiveLab, name?: string) {
  const servers = await seeServers(live)
  return planPromotion(live.lab, servers, await listen(live, servers, name), name)
}

test('the standby with the most WAL is chosen', async () => {
  const { target, why, fence } = plan({
    master: 'gone',
    slave: standby('0/5000000'),
    slave2: standby('0/5000060'),
  })
  expect(target.name).toBe('slave2')
  expect(why).toBe('slave2 has the most WAL of those that answer (master: no answer): up to 0/5000060')
  expect(fence.map(({ name }) => name)).toEqual(['master'])
})

test('a newer timeline counts more than more WAL of an older one', async () => {
  const servers = {
    master: standby('1/0', { timeline: 1, streams_from: null }),
    slave: 'gone',
    slave2: standby('0/5000060', { timeline: 2 }),
  } as const
  expect(plan(servers).target.name).toBe('slave2')
})

test('one that replays late is chosen only by its name', async () => {
  const late = threeServers({
    slaves: [testSlave({ applyDelay: '1h' }), testSlave({ name: 'slave2', address: '192.168.11.152' })],
  })
  const servers = { master: 'gone', slave: standby('0/5000060'), slave2: standby('0/5000000') } as const
  expect(plan(servers, undefined, late).target.name).toBe('slave2')
  expect(plan(servers, 'slave', late).target.name).toBe('slave')
  expect(await refusal(() => plan({ ...servers, slave2: 'gone' }, undefined, late))).toBe(
    'Only standbys that replay late answer: slave → choose one of them as the primary: npx create-pg-lab promote slave',
  )
})

test('one that was named and has less is chosen, and what is lost is told', async () => {
  const servers = { master: 'gone', slave: standby('0/5000000'), slave2: standby('0/5000060') } as const
  expect(plan(servers, 'slave').why).toBe('slave was named; slave2 has 96 bytes of WAL more, which are lost')
})

test('while the primary answers nobody is promoted', async () => {
  const servers = { master: PRIMARY, slave: standby(), slave2: standby() }
  expect(await refusal(() => plan(servers, 'slave'))).toBe(
    'master answers, and is the primary → change places without a loss: npx create-pg-lab switchover slave',
  )
  expect(plan(servers)).toMatchObject({ isDone: true, why: 'master is the primary' })
  expect(plan(servers, 'master')).toMatchObject({ isDone: true })
})

test('a primary that answers with a refusal lives: somebody has to agree', async () => {
  for (const said of ['sorry, too many clients already', 'the database system is starting up']) {
    expect(plan({ master: `FATAL: ${said}`, slave: standby(), slave2: standby() }).doubts).toEqual([
      `master runs and does not let us ask (${said}): it may be the primary, and would be stopped by force`,
    ])
  }
})

test('so does one that has no time, unless it lets nobody in', async () => {
  const { place } = scene({ master: 'slow', slave: standby(), slave2: standby() })
  const guest = (isReady: number): Guest => ({
    ...place.guest,
    shell: async ({ name }) => {
      return { exitCode: name === 'master' ? isReady : 2, stdout: '', stderr: '', durationMs: 1 }
    },
  })
  expect((await planOf({ ...place, guest: guest(0) })).doubts).toEqual([
    'master runs, and has not answered in time: it may be the primary, and would be stopped by force',
  ])
  expect((await planOf({ ...place, guest: guest(2) })).doubts).toEqual([])
})

test('so does one that only we do not reach: the others hear of it', async () => {
  const { place } = scene({ master: 'unheard', slave: standby(), slave2: standby() })
  expect((await planOf(place)).doubts).toEqual([
    'master does not answer us, and its PostgreSQL answers slave: it may be the primary, and would be stopped by force, if we get there',
  ])
  const gone = scene({ master: 'gone', slave: standby(), slave2: standby() })
  expect((await planOf(gone.place)).doubts).toEqual([])
})

test('in sync mode one that is silent may have what was acknowledged', async () => {
  const replication = { ...threeServers().replication, mode: 'sync', synchronousCount: 1 } as const
  const lab = threeServers({ replication })
  const servers = { master: 'gone', slave: standby(), slave2: standby() } as const
  expect(plan(servers, undefined, lab).doubts).toEqual([])
  expect(plan({ ...servers, slave2: 'gone' }, undefined, lab).doubts).toEqual([
    'master, slave2: no answer, and in sync mode one of them may be the only server with acknowledged commits',
  ])
})

test('two primaries, nobody that answers, and names nobody has are refused', async () => {
  const split = { master: PRIMARY, slave: { in_recovery: false, timeline: 2 }, slave2: standby() }
  expect(await refusal(() => plan(split))).toContain('master and slave are primaries at the same time')
  const down = { master: 'gone', slave: 'silent', slave2: 'gone' } as const
  expect(await refusal(() => plan(down))).toContain('No standby answers')
  expect(await refusal(() => plan(down, 'slave'))).toContain('slave does not answer')
  expect(await refusal(() => plan(down, 'slaev'))).toBe(
    'There is no PostgreSQL server called slaev → did you mean slave? Choose from master, slave, slave2',
  )
})

test('the old primary is fenced before the standby is promoted, which keeps WAL for the others at once', async () => {
  const { place, done } = scene({ master: 'silent', slave: standby(), slave2: standby('0/4000000') })
  const { fenced } = await promoteStandby(place, await planOf(place))
  expect(fenced).toMatchObject([{ node: { name: 'master' }, ok: true, state: 'shut down' }])
  expect(done).toEqual([
    'master: pg-lab-guard fence 5',
    'slave: SELECT pg_promote(true, 300) AS promoted',
    "slave: SELECT pg_create_physical_replication_slot(slot, true) FROM unnest(ARRAY['master_slot', 'slave2_slot']::text[]) AS slot",
  ])
})

test('a machine that does not answer is told of, and does not stop the promotion', async () => {
  const { place, done } = scene({ master: 'gone', slave: standby(), slave2: standby('0/4000000') })
  const { fenced } = await promoteStandby(place, await planOf(place))
  expect(fenced).toMatchObject([{ node: { name: 'master' }, ok: false }])
  expect(done[1]).toContain('pg_promote')
})

/** What each machine hears from the primary's address: pg_isready's exit code. */
function cutScene(heard: Readonly<Record<string, number>>, fenceExit = 0) {
  const lab = threeServers({ backup: testBackup() })
  const servers = { master: PRIMARY, slave: standby(), slave2: standby('0/5000060') }
  return scene(servers, lab, async ({ name }, argv) => {
    const exitCode = argv[0] === 'pg_isready' ? (heard[name] ?? 0) : fenceExit
    return { exitCode, stdout: 'state=shut down\n', stderr: '', durationMs: 1 }
  })
}

test('a primary that answers us and no other machine is lost: it is stopped, then a standby promoted', async () => {
  const { place, done } = cutScene({ slave: 2, slave2: 2, backup: 2 })
  const chosen = await planOf(place)
  expect(chosen).toMatchObject({ isDone: false, target: { name: 'slave2' }, cutOff: { name: 'master' } })
  expect(chosen.why).toContain('master is cut off: it answers us, and none of the others')
  await promoteStandby(place, chosen)
  const deeds = done.map((line) => line.replace(/ .*(fence|pg_promote).*/, ' $1'))
  expect(deeds.filter((line) => /fence|pg_promote/.test(line))).toEqual([
    'master: fence',
    'slave2: pg_promote',
  ])
})

test('one that any machine reaches is not lost, nor one that lets nobody in for a moment', async () => {
  for (const heard of [
    { slave: 2, slave2: 2, backup: 0 },
    { slave: 2, slave2: 1, backup: 2 },
  ]) {
    expect(await planOf(cutScene(heard).place)).toMatchObject({ isDone: true })
    expect(await refusal(planOf(cutScene(heard).place, 'slave'))).toContain('master answers')
  }
})

test('one that is cut off does not make a standby answer that does not', async () => {
  const servers = { master: PRIMARY, slave: 'silent', slave2: standby() } as const
  const shell: Guest['shell'] = async () => ({ exitCode: 2, stdout: '', stderr: '', durationMs: 1 })
  expect(await refusal(planOf(scene(servers, undefined, shell).place, 'slave'))).toContain(
    'slave does not answer, so it cannot be promoted',
  )
})

test('nobody is promoted beside a primary that cannot be stopped', async () => {
  const { place, done } = cutScene({ slave: 2, slave2: 2, backup: 2 }, 1)
  const chosen = await planOf(place)
  expect(await refusal(promoteStandby(place, chosen))).toContain(
    'could not be stopped, so nobody was promoted',
  )
  expect(done.join()).not.toContain('pg_promote')
})
