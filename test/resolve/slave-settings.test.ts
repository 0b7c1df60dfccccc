import { describe, expect, test } from 'vitest'
import { settings } from '../../src/checks/settings.ts'
import { type ClusterConfig, parseConfig } from '../../src/config/schema.ts'
import { explainSetting } from '../../src/explain/explain.ts'
import { ansibleVars } from '../../src/generate/render/ansible-vars.ts'
import { crossProblems, resolveLab } from '../../src/resolve/resolve-lab.ts'
import { scriptedGuest } from '../checks/scripted-guest.ts'
import { folderWith } from '../tools/helpers.ts'

const DOCKER = { provider: 'docker', architecture: 'amd64' } as const

function parsed(own: Record<string, unknown>, all: Record<string, unknown> = {}) {
  const input = { slaves: [{}, { settings: own }], postgres: { settings: all } } as ClusterConfig
  const { config } = parseConfig(input) as { config: Parameters<typeof resolveLab>[0] }
  if (!config) throw new Error('not a config')
  return config
}

/** The problems of a config, one line each. */
function refused(own: Record<string, unknown>, all?: Record<string, unknown>): string {
  return crossProblems(parsed(own, all), DOCKER)
    .map(({ path, message, hint }) => [path, message, hint].filter(Boolean).join(' | '))
    .join('; ')
}

describe('settings of one slave', () => {
  test('are over those of all servers, on it alone', () => {
    const lab = resolveLab(
      parsed({ Work_Mem: '64MB', hot_standby_feedback: true }, { work_mem: '8MB' }),
      DOCKER,
    )
    expect(lab.slaves.map((slave) => slave.settings)).toEqual([
      {},
      { work_mem: '64MB', hot_standby_feedback: 'on' },
    ])
    expect(lab.postgres.settings.work_mem).toBe('8MB')
    const { postgres_nodes: nodes } = ansibleVars(lab) as { postgres_nodes: { settings: object }[] }
    expect(nodes.map((node) => node.settings)).toEqual([{}, {}, lab.slaves[1]?.settings])
  })

  test('are checked as those of all servers are', () => {
    expect(refused({ wurk_mem: '8MB' })).toMatch(/slaves\[1\]\.settings\.wurk_mem.*did you mean work_mem/)
    expect(refused({ work_mem: 'much' })).toMatch(/slaves\[1\]\.settings\.work_mem.*must be a whole number/)
    expect('issues' in parseConfig({ slaves: [{ settings: { port: 5433 } }] })).toBe(true)
  })

  test('may not be below the master’s where PostgreSQL would not start', () => {
    const least = 'must be at least 100, as the master has it; 50 was given'
    expect(refused({ max_connections: 50 })).toContain(least)
    expect(refused({ max_connections: 150 }, { max_connections: 200 })).toContain('must be at least 200')
    expect(refused({ max_wal_senders: 5 })).toContain('must be at least 10')
    expect(refused({ max_replication_slots: 3 })).toContain('for the day it is the primary')
    expect(refused({ max_connections: 100, max_worker_processes: 8 })).toBe('')
  })

  test('above the master’s are warned of: it could not follow that slave', () => {
    const { warnings } = resolveLab(parsed({ max_connections: 300 }), DOCKER)
    expect(warnings).toContain(
      'slaves[1].settings.max_connections is above the others’: once it is the primary, they cannot follow it.',
    )
  })

  test('are explained', async () => {
    const config = parsed({ work_mem: '64MB' })
    const lab = resolveLab(config, DOCKER)
    const around = { directory: folderWith(), config, lab, host: DOCKER }
    const told = await explainSetting('slaves[1].settings.work_mem', around)
    expect(told).toMatchObject({
      path: 'slaves[1].settings.work_mem',
      description: 'A line of postgresql.conf, of slave2 alone. A change needs a reload.',
      value: '64MB',
      allowed: expect.stringContaining('a whole number from 64'),
    })
    expect(told.landings.map(({ text }) => text.trim())).toEqual(['work_mem: "64MB"'])
  })

  test('are looked for on their server alone', async () => {
    const lab = resolveLab(parsed({ work_mem: '64MB' }), DOCKER)
    const row = {
      name: 'work_mem',
      line: '4MB',
      file: '/c',
      error: null,
      is_ours: true,
      is_read: true,
      shown: '4MB',
    }
    const rows = [{ ...row, is_on_command_line: false, pending_restart: false, overridden: [] }]
    const guest = scriptedGuest({
      rows: [
        { of: 'FROM pg_db_role_setting', rows },
        { of: 'WHERE s.pending_restart', rows: [] },
        { of: 'could not be applied', rows: [] },
      ],
    })
    const failed = (await settings.run(lab, guest)).filter(({ ok, what }) => !ok && what === 'work_mem')
    expect(failed.map(({ node, expected, observed }) => [node, expected, observed])).toEqual([
      ['slave2', '64MB', '4MB'],
    ])
  })
})
