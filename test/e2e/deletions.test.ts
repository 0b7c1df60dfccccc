import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failures, spawn, TestLab } from './support.ts'

/* What is never deleted, and never believed from a number: cut networks, a halted lab, two primaries. */
const config = (slave: string) => `
export default {
  name: 'deletions',
  provider: 'docker',
  os: 'debian-12',
  network: { subnet: '10.97.95.0/24' },
  master: { address: '10.97.95.11' },
  slaves: [{ name: 'slave', address: '${slave}' }],
  backup: { address: '10.97.95.13' },
}
`
const SLAVE = '10.97.95.12'
const lab = TestLab.create('deletions', config(SLAVE))
const NODES = ['master', 'slave', 'backup'] as const

const docker = (...args: string[]) => spawn('docker', args).stdout.trim()
const ids = () => NODES.map((name) => docker('inspect', '--format', '{{.Id}}', `deletions-${name}`))
const primaryIs = (name: string) => lab.sql(name, 'SELECT pg_is_in_recovery()') === 'f'

function cutNetwork(name: string): void {
  const format = '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}'
  const networks = docker('inspect', '--format', format, `deletions-${name}`).split('\n')
  const network = networks.find((one) => one !== 'bridge') ?? ''
  expect(spawn('docker', ['network', 'disconnect', network, `deletions-${name}`]).status).toBe(0)
}

beforeAll(() => void lab.must('up'))
afterAll(() => lab.remove())

describe('a network that is down', () => {
  it.each(NODES)('of %s is brought up, and nothing is deleted', (name) => {
    const before = ids()
    for (const flags of [[], ['--yes']]) {
      cutNetwork(name)
      expect(lab.must('plan').stdout).toMatch(new RegExp(`start +${name} +its network is down`))
      expect(lab.must('up', ...flags).stdout).toContain('The lab is up and verified')
      expect(ids()).toEqual(before)
    }
  })
})

it('a halted lab says who is the primary before anything is deleted', () => {
  const before = ids()
  lab.must('switchover', 'slave')
  lab.must('halt')
  lab.configure(config('10.97.95.14'))
  const { status, stderr } = lab.run('up', '--yes')
  expect(status).toBe(2)
  expect(stderr).toContain('slave its address cannot become 10.97.95.14')
  expect(ids()).toEqual(before)
  lab.configure(config(SLAVE))
  lab.must('up')
  lab.must('switchover', 'master')
})

describe('two primaries', () => {
  it.each([
    ['slave', 'master'],
    ['master', 'slave'],
  ] as const)('%s gives way only when that is agreed', (loser, winner) => {
    lab.sql('slave', 'SELECT pg_promote()')
    for (const name of ['master', 'slave']) lab.sql(name, `CREATE TABLE only_${name} AS SELECT 1 AS one`)
    expect(lab.run('status').stdout).toContain('verify --only primary')
    const restored = lab.run('restore', '--to', 'latest', '--in-place', '--yes')
    expect(restored.status).toBe(2)
    expect(restored.stderr).toContain('are primaries at the same time')
    const unasked = lab.run('rejoin', loser)
    expect(unasked.status).toBe(2)
    expect(unasked.stderr).toMatch(/of WAL after .*; 1 transaction was committed in it, the last at/)
    expect(primaryIs(loser)).toBe(true)
    lab.must('rejoin', loser, '--yes')
    expect(lab.sql(loser, `SELECT one FROM only_${winner}`)).toBe('1')
    lab.must('up')
    expect(failures(lab.verify().failed)).toEqual([])
    for (const name of ['master', 'slave']) lab.sql(winner, `DROP TABLE IF EXISTS only_${name}`)
    if (winner === 'slave') lab.must('switchover', 'master')
  })
})
