import { spawn as start } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failures, spawn, TestLab } from './support.ts'

/*
 * Faults, one after another, while a client commits row after row. Each ends when `pg-lab verify` finds nothing any
 * more; the table at the end is what docs/reliability.md shows.
 */
const SUBNET = '10.97.84.0/24'
const ADDRESSES = { master: '10.97.84.10', slave: '10.97.84.11', backup: '10.97.84.12' }
const lab = TestLab.create(
  'resilience',
  `
export default {
  name: 'resilience',
  provider: 'docker',
  os: 'debian-12',
  network: { subnet: '${SUBNET}' },
  master: { address: '${ADDRESSES.master}' },
  slaves: [{ name: 'slave', address: '${ADDRESSES.slave}' }],
  backup: { address: '${ADDRESSES.backup}' },
}
`,
)
const NODES = ['master', 'slave', 'backup'] as const
type NodeName = (typeof NODES)[number]

const root = (node: NodeName, script: string) => lab.ssh(node, 'sudo', 'sh', '-c', script)
const POSTMASTER = 'kill -9 $(head -1 /var/lib/postgresql/*/main/postmaster.pid)'
const docker = (...args: string[]) => {
  const { status, stderr } = spawn('docker', args)
  if (status !== 0) throw new Error(stderr)
}

/** A minute without the lab's own network; ssh takes another way. */
function cutForAMinute(node: NodeName): void {
  const ends = [`pg-lab_${SUBNET}`, `resilience-${node}`]
  docker('network', 'disconnect', ...ends)
  spawn('sleep', ['60'])
  docker('network', 'connect', '--ip', ADDRESSES[node], ...ends)
}

interface Fault {
  readonly name: string
  readonly strike: () => void
  /** What must be typed; nothing where the lab mends itself. */
  readonly remedy?: readonly string[]
}

const FAULTS: readonly Fault[] = [
  {
    name: 'kill -9 of a server process of master (its checkpointer)',
    strike: () => root('master', "pkill -9 -f '^postgres: .*checkpointer'"),
  },
  { name: 'kill -9 of PostgreSQL on master', strike: () => root('master', POSTMASTER), remedy: ['up'] },
  {
    name: 'kill -9 of the walreceiver of slave',
    strike: () => root('slave', "pkill -9 -f '^postgres: .*walreceiver'"),
  },
  { name: 'kill -9 of PostgreSQL on slave', strike: () => root('slave', POSTMASTER), remedy: ['up'] },
  {
    name: 'kill -9 of receive-wal and pg_receivewal on backup',
    strike: () => root('backup', "pkill -9 -f '[r]eceive-wal master'; pkill -9 pg_receivewal"),
  },
  { name: 'kill -9 of cron on backup', strike: () => root('backup', 'pkill -9 -x cron') },
  ...NODES.map((node) => ({
    name: `reboot of ${node}`,
    strike: () => docker('restart', `resilience-${node}`),
  })),
  {
    name: 'power cut of all machines',
    strike: () => {
      const all = NODES.map((node) => `resilience-${node}`)
      docker('kill', ...all)
      docker('start', ...all)
    },
  },
  ...NODES.map((node) => ({
    name: `network of ${node} cut for a minute`,
    strike: () => cutForAMinute(node),
  })),
  {
    name: 'disk of backup full, then room made',
    strike: () => {
      lab.must('drill', 'disk-full')
    },
  },
]

const folder = mkdtempSync(join(tmpdir(), 'pg-lab-load-'))
const acknowledged = join(folder, 'acknowledged')

/** Commits row after row, each through a connection of its own, and writes down what the server acknowledged. */
const LOAD = `number=0
while :; do
  number=$((number + 1))
  psql -w -X -q -c "INSERT INTO load VALUES ($number)" 2>/dev/null && echo $number >>"$1" || sleep 0.2
done`
let load: ReturnType<typeof start>

beforeAll(() => {
  lab.must('up')
  lab.sql(
    'master',
    'CREATE TABLE load (number bigint PRIMARY KEY); ALTER TABLE load OWNER TO student',
    'otus',
  )
  writeFileSync(acknowledged, '')
  const env = {
    ...process.env,
    PGHOST: ADDRESSES.master,
    PGUSER: 'student',
    PGDATABASE: 'otus',
    PGPASSWORD: lab.secrets().student,
    PGCONNECT_TIMEOUT: '2',
  }
  load = start('sh', ['-c', LOAD, 'load', acknowledged], { env, stdio: 'ignore' })
})

afterAll(() => {
  load?.kill('SIGKILL')
  lab.remove()
  rmSync(folder, { recursive: true })
})

const GIVE_UP_MS = 180_000

/** @returns the findings that are left when nothing gets better, and seconds from the strike to none */
function untilGreen(sinceMs: number): { readonly left: readonly string[]; readonly seconds: number } {
  for (;;) {
    const { status, stdout } = lab.run('verify', '--json')
    const failed = status === 0 ? [] : stdout.startsWith('{') ? JSON.parse(stdout).findings : undefined
    const left = failed ? failures(failed.filter(({ ok }: { ok: boolean }) => !ok)) : ['verify cannot ask']
    const seconds = Math.round((Date.now() - sinceMs) / 1000)
    if (left.length === 0 || Date.now() - sinceMs > GIVE_UP_MS) return { left, seconds }
  }
}

const numbers = (node: NodeName) =>
  new Set(lab.sql(node, 'SELECT number FROM load', 'otus').split('\n').filter(Boolean))
const table: string[] = []

describe('a lab under load', () => {
  it.each(FAULTS)('is green again after $name', ({ name, strike, remedy }) => {
    const startMs = Date.now()
    strike()
    const struckMs = name.includes('for a minute') ? Date.now() : startMs
    if (remedy) {
      const { status, stderr, stdout } = lab.run('verify')
      expect(status).not.toBe(0)
      expect(`${stdout}${stderr}`).toMatch(new RegExp(`(create-pg-lab|pg-lab) ${remedy.join(' ')}`))
      lab.must(...remedy)
    }
    const { left, seconds } = untilGreen(struckMs)
    expect(left).toEqual([])
    const kept = readFileSync(acknowledged, 'utf8').trim().split('\n').filter(Boolean)
    const rows = numbers('master')
    expect(kept.filter((number) => !rows.has(number))).toEqual([])
    const by = remedy ? `\`npx create-pg-lab ${remedy.join(' ')}\`, which verify names` : 'nobody'
    table.push(`| ${name} | ${by} | ${seconds} | ${kept.length} |`)
  })

  it('has what was acknowledged on both servers in the end', () => {
    load.kill('SIGKILL')
    const kept = readFileSync(acknowledged, 'utf8').trim().split('\n').filter(Boolean)
    expect(kept.length).toBeGreaterThan(100)
    for (let turn = 0; turn < 30 && numbers('slave').size < numbers('master').size; turn += 1)
      spawn('sleep', ['1'])
    for (const node of ['master', 'slave'] as const) {
      const rows = numbers(node)
      expect(kept.filter((number) => !rows.has(number))).toEqual([])
    }
    console.log(
      [
        '| fault | repaired by | seconds to green | commits so far, none lost |',
        '|---|---|---|---|',
        ...table,
      ].join('\n'),
    )
  })
})
