import { expect, test } from 'vitest'
import { CommandError } from '../../src/errors.ts'
import type { LiveLab } from '../../src/observe/live-lab.ts'
import { seeServers } from '../../src/observe/servers.ts'
import { planReinit } from '../../src/operations/reinit.ts'
import { planRejoin, rejoinServer, seeRemains } from '../../src/operations/rejoin.ts'
import type { Command } from '../../src/tools/runner.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'
import { PRIMARY, type Servers, seen, standby } from '../support/fake-lab.ts'
import { refusal, scene, threeServers } from './scene.ts'

const PROMOTED = { in_recovery: false, timeline: 2, history: [{ timeline: 1, left_at: '0/5000000' }] }
const PARTED = { in_recovery: true, timeline: 1, lsn: '0/5000060' }

const lab = threeServers()

/** Where nothing is known but what SQL tells. */
const plan = (servers: Servers, name: string) =>
  planRejoin(seen(lab, servers), name, { files: undefined, commits: undefined })

/** With all questions. */
async function planOf(live: LiveLab, name: string) {
  const servers = await seeServers(live)
  return planRejoin(servers, name, await seeRemains(live, servers, name))
}

/** A playbook whose pg_rewind fails until a clone is allowed. */
function withPlaybook(live: LiveLab) {
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
  return { place: { ...live, run }, calls }
}

test('what only the old primary has is counted from where they parted', async () => {
  const parted = plan({ master: PARTED, slave: PROMOTED, slave2: standby('0/5000000') }, 'master')
  expect(parted).toMatchObject({ isFollowing: false, isDown: false, limit: ['slave', 'slave2', 'master'] })
  expect(parted.parting).toEqual({ timeline: 1, lsn: '0/5000000', bytes: 96n })
})

test('a standby that has gone another way itself is left out of the run', async () => {
  expect(plan({ master: 'silent', slave: PROMOTED, slave2: PARTED }, 'master').limit).toEqual([
    'slave',
    'master',
  ])
})

test('one that follows already is not rewound: the playbook takes away what is left of its time as a primary', async () => {
  const follows = standby('0/6000000', { timeline: 2, streams_from: '192.168.11.151' })
  const servers = { master: follows, slave: PROMOTED, slave2: follows }
  const scripted = withPlaybook(scene(servers).place)
  const following = plan(servers, 'master')
  expect(following.isFollowing).toBe(true)
  expect(await rejoinServer(scripted.place, following, { mayClone: async () => false })).toMatchObject({
    how: 'followed',
  })
  expect(scripted.calls).toEqual(['provisioning/inventory.yml provisioning/site.yml'])
})

test('the only primary, and a lab without one, are refused', async () => {
  const well = { master: PRIMARY, slave: standby(), slave2: standby() }
  expect(await refusal(() => plan(well, 'master'))).toBe(
    'master is the primary: there is nobody else it could follow → to hand over without a loss: npx create-pg-lab switchover <slave>',
  )
  expect(await refusal(() => planReinit(lab, seen(lab, well), 'master'))).toContain('master is the primary')
  expect(await refusal(() => plan({ ...well, master: 'gone' }, 'master'))).toBe(
    'There is no primary that master could follow → make one: npx create-pg-lab promote',
  )
})

/** What the guard of every server says of its files, and of its commits. */
const guardSays =
  (look: string, commits: string): Guest['shell'] =>
  async (_, argv) => {
    const stdout = argv.includes('look') ? look : argv[1] === 'commits' ? commits : ''
    return { exitCode: 0, stdout, stderr: '', durationMs: 1 }
  }

const COMMITTED = 'commits=1000\nlast=2026-11-29 14:00:00.5 UTC\n'
const STOPPED = (timeline: number, end: string, more = 'standby=no') =>
  `data=yes\nidentifier=7\nstate=shut down\n${more}\ntimeline=${timeline}\nend=${end}\n`

test('of two primaries either may be given up, and what it has is told, whatever its timeline', async () => {
  const promoted = { ...PROMOTED, lsn: '0/5000100' }
  const servers = { master: { in_recovery: false, lsn: '0/9000000' }, slave: promoted, slave2: standby() }
  const { place, done } = scene(servers, undefined, guardSays('', COMMITTED))
  expect(await planOf(place, 'slave')).toMatchObject({
    isPrimary: true,
    loss: {
      kind: 'wal',
      parting: { timeline: 1, lsn: '0/5000000', bytes: 256n },
      commits: { count: 1000, last: '2026-11-29 14:00:00.5 UTC' },
    },
  })
  expect(await planOf(place, 'master')).toMatchObject({
    loss: { kind: 'wal', parting: { bytes: 0x4000000n } },
  })
  expect(done).toEqual([
    'slave: pg-lab-guard commits 2:0/5000000',
    'master: pg-lab-guard commits 1:0/5000000',
  ])
})

test('one that is stopped is asked by its files', async () => {
  const servers = { master: PRIMARY, slave: 'silent', slave2: standby() } as const
  const newer = scene(
    servers,
    undefined,
    guardSays(`${STOPPED(2, '0/5000200')}history=1 0/4000000\n`, COMMITTED),
  )
  expect(await planOf(newer.place, 'slave')).toMatchObject({
    needsClone: false,
    loss: { kind: 'wal', parting: { timeline: 1, lsn: '0/4000000' }, commits: { count: 1000 } },
  })
  const loss = async (look: string) =>
    (await planOf(scene(servers, undefined, guardSays(look, '')).place, 'slave')).loss.kind
  expect(await loss(STOPPED(1, '0/4000000', 'standby=yes'))).toBe('nothing')
  expect(await loss(STOPPED(1, '0/4000000'))).toBe('same timeline')
  expect(await loss(STOPPED(1, '0/4000000').replace('=7', '=8'))).toBe('other cluster')
  expect(await loss('data=no\n')).toBe('no data')
  expect(await loss('usage: pg-lab-guard')).toBe('unknown')
})

test('where there is nothing to rewind it is cloned, when that is agreed', async () => {
  const servers = { master: PRIMARY, slave: 'silent', slave2: standby() } as const
  const scripted = withPlaybook(scene(servers, undefined, guardSays('data=no\n', '')).place)
  const cloning = await planOf(scripted.place, 'slave')
  expect(cloning.needsClone).toBe(true)
  expect(await refusal(rejoinServer(scripted.place, cloning, { mayClone: async () => false }))).toContain(
    'it has no data. → only a fresh clone helps',
  )
  expect(scripted.calls).toEqual([])
  expect(await rejoinServer(scripted.place, cloning, { mayClone: async () => true })).toMatchObject({
    how: 'cloned',
  })
  expect(scripted.calls.join()).toContain('provisioning/operations/reinit.yml')
})

test('a machine that was made again has no guard, and no data unless some is found', async () => {
  const servers = { master: PRIMARY, slave: 'silent', slave2: standby() } as const
  const loss = async (found: string) => {
    const shell: Guest['shell'] = async (_, argv) =>
      argv.includes('look')
        ? {
            exitCode: 127,
            stdout: '',
            stderr: 'env: ‘pg-lab-guard’: No such file or directory',
            durationMs: 1,
          }
        : { exitCode: 0, stdout: `owner=\n${found}`, stderr: '', durationMs: 1 }
    return (await planOf(scene(servers, undefined, shell).place, 'slave')).loss.kind
  }
  expect(await loss('')).toBe('no data')
  expect(await loss('the service postgresql.service\n')).toBe('no data')
  expect(await loss('a cluster of PostgreSQL 15 in /var/lib/postgresql/15/main\n')).toBe('unknown')
})

test('reinit may take either of two primaries', async () => {
  const servers = seen(lab, { master: PRIMARY, slave: PROMOTED, slave2: standby() })
  expect(planReinit(lab, servers, 'slave')).toMatchObject({ isPrimary: true, upstream: { name: 'master' } })
})

test('reinit needs the machine, and the server it is cloned from', async () => {
  const servers = seen(lab, { master: PRIMARY, slave: 'gone', slave2: standby() })
  expect(await refusal(() => planReinit(lab, servers, 'slave'))).toBe(
    'The machine of slave does not answer → start it: npx create-pg-lab up',
  )
})

test('where pg_rewind cannot help, a clone is asked for, with the reason', async () => {
  const servers = { master: PARTED, slave: PROMOTED, slave2: standby() }
  const scripted = withPlaybook(scene(servers).place)
  const rewinding = plan(servers, 'master')
  const asked: string[] = []
  const answering = (answer: boolean) => async (reason: string) => {
    asked.push(reason)
    return answer
  }
  expect(await refusal(rejoinServer(scripted.place, rewinding, { mayClone: answering(false) }))).toBe(
    'master cannot be rewound: could not find WAL. → only a fresh clone helps, and what only master has is lost then: ' +
      'npx create-pg-lab rejoin master --yes',
  )
  expect(scripted.calls).toHaveLength(1)
  expect(await rejoinServer(scripted.place, rewinding, { mayClone: answering(true) })).toMatchObject({
    how: 'cloned',
  })
  expect(asked).toEqual(['could not find WAL.', 'could not find WAL.'])
  expect(scripted.calls.at(-1)).toContain('{"postgres_target": !unsafe "master", "postgres_clone": true}')
})
