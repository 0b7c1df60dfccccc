import { describe, expect, it } from 'vitest'
import { surveyLab } from '../../src/observe/status.ts'
import { treeOf } from '../../src/report/streaming-tree.ts'
import { testLab, testSlave } from '../support/lab.ts'
import { BACKUPS, masterAnswer, sender, slaveAnswer, speakingGuest, type Voice } from './answers.ts'

async function survey(voices: Readonly<Record<string, Voice>>, lab = testLab()) {
  return surveyLab(lab, speakingGuest(voices))
}

const WELL = { master: masterAnswer(), slave: slaveAnswer(), backup: BACKUPS }

describe('a healthy lab', () => {
  it('is told by its hosts, each asked once', async () => {
    const guest = speakingGuest(WELL)
    const survey = await surveyLab(testLab(), guest)
    expect(guest.asked.sort()).toEqual(['backup', 'master', 'slave'])
    expect(survey.primary).toBe('master')
    expect(survey.nodes.map(({ name, role, state, ok }) => [name, role, state, ok])).toEqual([
      ['master', 'primary', 'running', true],
      ['slave', 'standby', 'streaming', true],
      ['backup', 'barman', 'receiving', true],
    ])
  })

  it('has lag, slots, backups and disks', async () => {
    const { nodes, slots, backups } = await survey(WELL)
    expect(nodes[1]).toMatchObject({
      upstream: 'master',
      timeline: 1,
      lsn: '0/90001D0',
      lag: { bytes: 2048, seconds: 0.004, writeSeconds: 0.001, flushSeconds: 0.002 },
      sync: 'async',
      slot: 'slave_slot',
      disk: { totalBytes: 10_240_000_000, freeBytes: 6_144_000_000 },
    })
    expect(slots.map(({ slot_name, node, user }) => [slot_name, node, user])).toEqual([
      ['barman', 'master', 'backup'],
      ['slave_slot', 'master', 'slave'],
    ])
    expect(backups).toEqual({
      count: 1,
      bytes: 47_771_667,
      newest: {
        id: '20261122T173338',
        status: 'DONE',
        endedAt: '2026-11-22T17:33:41.159Z',
        bytes: 47_771_667,
      },
      newestDoneAt: '2026-11-22T17:33:41.159Z',
      newestWal: { name: '00000001000000000000000A', writtenAt: '2026-11-22T18:31:41.000Z' },
      rehearsed: {
        at: '2026-11-22T06:33:41Z',
        backup: '20261121T030001',
        ok: true,
        said: '3 rows as on the primary',
      },
      clock: '2026-11-22T18:33:41.000Z',
      maximumAgeHours: 26,
    })
  })

  it('reads a backup that is not finished, and one where Barman 3.14 keeps it', async () => {
    const catalogue = `${BACKUPS}base/20261123T120000/backup.info:end_time=None
base/20261123T120000/backup.info:size=None
base/20261123T120000/backup.info:status=STARTED
meta/20261121T120000-backup.info:end_time=2026-11-21 13:00:01+01:00
meta/20261121T120000-backup.info:size=1000
meta/20261121T120000-backup.info:status=DONE
`
    const { backups } = await survey({ ...WELL, backup: catalogue })
    expect(backups).toMatchObject({
      count: 2,
      bytes: 47_772_667,
      newest: { id: '20261123T120000', status: 'STARTED', endedAt: undefined, bytes: 0 },
    })
  })

  it('counts none where Barman has none', async () => {
    const { backups } = await survey({ ...WELL, backup: 'catalogue:\n' })
    expect(backups).toMatchObject({ count: 0, bytes: 0, newest: undefined, newestWal: undefined })
  })
})

describe('half of a lab', () => {
  it('still tells what it knows when the slave’s machine is down', async () => {
    const { nodes, primary } = await survey({ ...WELL, slave: 'down' })
    expect(primary).toBe('master')
    expect(nodes[1]).toMatchObject({
      state: 'machine down',
      ok: false,
      upstream: 'master',
      problem: 'Connection refused',
      hint: 'npx create-pg-lab up',
    })
  })

  it('says that a host did not answer in time', async () => {
    const { nodes } = await survey({ ...WELL, backup: 'slow' })
    expect(nodes[2]).toMatchObject({
      state: 'no answer',
      ok: false,
      problem: 'did not answer within 4 s',
      hint: 'npx create-pg-lab verify --only primary',
    })
  })

  it('does not say of Barman what only a primary could tell that does not answer', async () => {
    const { nodes } = await survey({ ...WELL, master: 'slow' })
    expect(nodes[2]).toMatchObject({
      state: 'not known',
      ok: false,
      problem: 'no primary answers, so it is not known whether receive-wal streams',
    })
  })

  it('tells a server that is down from a machine that is', async () => {
    const stderr =
      'psql: error: connection to server on socket "/s" failed: No such file or directory\n\tIs the server running?\n'
    const { nodes, primary } = await survey({
      master: { stderr },
      slave: slaveAnswer({ receiver: null }),
      backup: BACKUPS,
    })
    expect(primary).toBeUndefined()
    expect(nodes[0]).toMatchObject({
      state: 'server down',
      role: 'unknown',
      problem: 'connection to server on socket "/s" failed: No such file or directory',
    })
    expect(nodes[1]).toMatchObject({
      state: 'not streaming',
      ok: false,
      lag: undefined,
      hint: 'npx create-pg-lab up',
    })
    expect(nodes[2]).toMatchObject({ state: 'not receiving', hint: expect.stringContaining('barman cron') })
  })

  it('says so when Barman does not know the server', async () => {
    const { nodes, backups } = await survey({ ...WELL, backup: { stderr: "sh: 1: cd: can't cd to master" } })
    expect(nodes[2]).toMatchObject({ state: 'Barman fails', problem: "sh: 1: cd: can't cd to master" })
    expect(backups).toBeUndefined()
  })

  it('does not take another program’s noise for an answer', async () => {
    const { nodes } = await survey({ ...WELL, slave: { stderr: '' } })
    expect(nodes[1]).toMatchObject({ state: 'server down', problem: 'exit code 2' })
  })
})

describe('what is wrong', () => {
  it.each([
    ['a replay that is paused', slaveAnswer({ paused: true }), 'paused'],
    [
      'a standby without a slot',
      slaveAnswer({ receiver: { status: 'streaming', slot_name: null, sender_host: '192.168.11.150' } }),
      'no slot',
    ],
    ['a standby that was promoted', masterAnswer({ senders: [], slots: [] }), 'split'],
  ])('is named: %s', async (_, slave, state) => {
    const { nodes } = await survey({ ...WELL, slave })
    expect(nodes[1]).toMatchObject({ state, ok: false })
    expect(nodes[1]?.problem).toBeTruthy()
    expect(nodes[1]?.hint).toContain('npx create-pg-lab')
  })

  it('leaves no primary when there are two', async () => {
    expect(
      (await survey({ ...WELL, slave: masterAnswer({ senders: [], slots: [] }) })).primary,
    ).toBeUndefined()
  })
})

describe('treeOf', () => {
  it('puts each host under the one it streams from', async () => {
    const lab = testLab({
      slaves: [
        testSlave(),
        testSlave({ name: 'third', address: '192.168.11.153', slot: 'third_slot', upstream: 'slave' }),
      ],
    })
    const third = { status: 'streaming', slot_name: 'third_slot', sender_host: '192.168.11.151' }
    const { nodes } = await survey(
      {
        ...WELL,
        slave: slaveAnswer({ senders: [sender({ client_addr: '192.168.11.153', slot_name: 'third_slot' })] }),
        third: slaveAnswer({ receiver: third }),
      },
      lab,
    )
    const [master] = treeOf(nodes)
    expect(master?.children.map(({ node }) => node.name)).toEqual(['slave', 'backup'])
    expect(master?.children[0]?.children.map(({ node }) => node.name)).toEqual(['third'])
  })

  it('shows every host once, even where they stream in a circle', async () => {
    const { nodes } = await survey(WELL)
    const [master, slave] = nodes
    if (!master || !slave) throw new Error('two hosts')
    const circle = [{ ...master, upstream: 'slave' }, slave]
    const names: string[] = []
    const walk = (branches: ReturnType<typeof treeOf>) => {
      for (const { node, children } of branches) {
        names.push(node.name)
        walk(children)
      }
    }
    walk(treeOf(circle))
    expect(names.sort()).toEqual(['master', 'slave'])
  })
})
