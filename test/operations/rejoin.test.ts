import { expect, test } from 'vitest'
import { CommandError } from '../../src/errors.ts'
import type { Place } from '../../src/operations/place.ts'
import { planReinit } from '../../src/operations/reinit.ts'
import { planRejoin, rejoin } from '../../src/operations/rejoin.ts'
import type { Command } from '../../src/tools/contracts.ts'
import { PRIMARY, refusal, scene, standby } from './scene.ts'

const PROMOTED = { in_recovery: false, timeline: 2, history: [{ timeline: 1, left_at: '0/5000000' }] }
const PARTED = { in_recovery: true, timeline: 1, lsn: '0/5000060' }

/** A playbook whose pg_rewind fails until a clone is allowed. */
function withPlaybook(place: Place) {
  const calls: string[] = []
  const run = async ({ args, onLine }: Command) => {
    calls.push(args.filter((word) => /^[{p]/.test(word)).join(' '))
    if (/rejoin\.yml/.test(args.join()) && !args.join().includes('postgres_clone')) {
      const message =
        'master cannot be rewound: could not find WAL. Only a fresh clone helps; what only master has'
      onLine?.(
        JSON.stringify({ event: 'result', host: 'master', task: 'Stop', status: 'failed', message }),
        'events',
      )
      throw new CommandError('ansible-playbook failed', { command: 'ansible-playbook', exitCode: 2 })
    }
    return { exitCode: 0, stdout: '', stderr: '', durationMs: 1 }
  }
  return { place: { ...place, run }, calls }
}

test('what only the old primary has is counted from where they parted', async () => {
  const { place } = scene({ master: PARTED, slave: PROMOTED, slave2: standby('0/5000000') })
  const plan = await planRejoin(place, 'master')
  expect(plan).toMatchObject({ isFollowing: false, isDown: false, limit: ['slave', 'slave2', 'master'] })
  expect(plan.parting).toEqual({ timeline: 1, lsn: '0/5000000', bytes: 96n })
})

test('a standby that has gone another way itself is left out of the run', async () => {
  const { place } = scene({ master: 'silent', slave: PROMOTED, slave2: PARTED })
  expect((await planRejoin(place, 'master')).limit).toEqual(['slave', 'master'])
})

test('one that follows already is not rewound: the playbook takes away what is left of its time as a primary', async () => {
  const follows = standby('0/6000000', { timeline: 2, streams_from: '192.168.11.151' })
  const { place } = scene({ master: follows, slave: PROMOTED, slave2: follows })
  const scripted = withPlaybook(place)
  const plan = await planRejoin(scripted.place, 'master')
  expect(plan.isFollowing).toBe(true)
  expect(await rejoin(scripted.place, plan, { mayClone: async () => false })).toMatchObject({
    how: 'followed',
  })
  expect(scripted.calls).toEqual(['provisioning/inventory.yml provisioning/site.yml'])
})

test('the only primary, and a lab without one, are refused', async () => {
  const well = scene({ master: PRIMARY, slave: standby(), slave2: standby() })
  expect(await refusal(planRejoin(well.place, 'master'))).toBe(
    'master is the primary: there is nobody else it could follow → to hand over without a loss: npx create-pg-lab switchover <slave>',
  )
  expect(await refusal(planReinit(well.place, 'master'))).toContain('master is the primary')
  const none = scene({ master: 'gone', slave: standby(), slave2: standby() })
  expect(await refusal(planRejoin(none.place, 'master'))).toBe(
    'There is no primary that master could follow → make one: npx create-pg-lab promote',
  )
})

test('of two primaries the one with the newer data is not given up without a word', async () => {
  const { place } = scene({ master: PRIMARY, slave: PROMOTED, slave2: standby() })
  expect(await refusal(planRejoin(place, 'slave'))).toBe(
    'slave was promoted last (timeline 2) and has the newer data; master is on 1 → ' +
      'to keep the data of slave: npx create-pg-lab rejoin master; to keep that of master: npx create-pg-lab reinit slave',
  )
  expect(await planReinit(place, 'slave')).toMatchObject({ isPrimary: true, upstream: { name: 'master' } })
})

test('reinit needs the machine, and the server it is cloned from', async () => {
  const { place } = scene({ master: PRIMARY, slave: 'gone', slave2: standby() })
  expect(await refusal(planReinit(place, 'slave'))).toBe(
    'The machine of slave does not answer → start it: npx create-pg-lab up',
  )
})

test('where pg_rewind cannot help, a clone is asked for, with the reason', async () => {
  const { place } = scene({ master: PARTED, slave: PROMOTED, slave2: standby() })
  const scripted = withPlaybook(place)
  const plan = await planRejoin(scripted.place, 'master')
  const asked: string[] = []
  const answering = (answer: boolean) => async (reason: string) => {
    asked.push(reason)
    return answer
  }
  expect(await refusal(rejoin(scripted.place, plan, { mayClone: answering(false) }))).toBe(
    'master cannot be rewound: could not find WAL. → only a fresh clone helps, and what only master has is lost then: ' +
      'npx create-pg-lab rejoin master --yes',
  )
  expect(scripted.calls).toHaveLength(1)
  expect(await rejoin(scripted.place, plan, { mayClone: answering(true) })).toMatchObject({ how: 'cloned' })
  expect(asked).toEqual(['could not find WAL.', 'could not find WAL.'])
  expect(scripted.calls.at(-1)).toContain('{"postgres_target":"master","postgres_clone":true}')
})
