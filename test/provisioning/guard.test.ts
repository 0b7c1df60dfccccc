import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { folderWith } from '../tools/helpers.ts'
import { bin, python } from './readers.ts'

/** The guard as Ansible writes it, over a data directory and programs that are ours. */
const folder = folderWith()
const data = join(folder, 'data')
const guard = join(folder, 'pg-lab-guard')

beforeAll(() => {
  const vars = {
    postgres_version: 15,
    postgres_data_directory: data,
    postgres_bin_directory: join(folder, 'bin'),
    postgres_service: 'postgresql@15-main',
    postgres_replication_user: 'replica',
    postgres_home: folder,
    postgres_tls_conninfo: '',
    inventory_hostname: 'master',
    postgres_nodes: ['master', 'slave', 'slave2'].map((name, at) => ({ name, address: `10.0.0.${at + 1}` })),
  }
  const play = [
    {
      hosts: 'localhost',
      connection: 'local',
      gather_facts: false,
      vars,
      roles: [],
      tasks: [
        {
          'ansible.builtin.template': {
            src: resolve('provisioning/roles/guard/templates/pg-lab-guard.j2'),
            dest: guard,
            mode: '0755',
          },
        },
      ],
    },
  ]
  writeFileSync(join(folder, 'play.yml'), JSON.stringify(play))
  const filters = resolve('provisioning/roles/postgres/filter_plugins')
  const env = { ...process.env, ANSIBLE_FILTER_PLUGINS: filters, LC_ALL: 'C.UTF-8' }
  const { status, stdout } = spawnSync('ansible-playbook', ['-i', 'localhost,', join(folder, 'play.yml')], {
    env,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stdout)
}, 120_000)

interface Peers {
  /** What the peers say: `system identifier, timeline, read-only`; one that is not listed does not answer. */
  readonly [address: string]: string
}

/** One start of the server: on timeline 2 of cluster 7, with these files more. */
function start(
  peers: Peers,
  files: Readonly<Record<string, string>> = {},
): { signed: boolean; says: string } {
  spawnSync('rm', ['-rf', data])
  mkdirSync(join(data, 'pg_wal'), { recursive: true })
  mkdirSync(join(data, 'pg_replslot'))
  for (const [name, text] of Object.entries({ PG_VERSION: '15\n', ...files }))
    writeFileSync(join(data, name), text)
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  const control =
    "Database system identifier:           7\nLatest checkpoint's TimeLineID:       2\nLatest checkpoint location: 0/1"
  const answers = Object.entries(peers).map(([address, words]) => {
    const [id, timeline, readOnly] = words.split(' ')
    return `*host=${address}\\ *) printf '%s\\n' '${id} ${timeline} 0/5000000 ' '${readOnly}';;`
  })
  const tools: Readonly<Record<string, string>> = {
    pg_controldata: `cat <<'E'\n${control}\nE`,
    psql: `case "$*" in ${answers.join(' ')} *) exit 2;; esac`,
    setpriv: 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"',
  }
  for (const [name, body] of Object.entries(tools)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`)
    chmodSync(join(bin, name), 0o755)
  }
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}` }
  const { status, stdout, stderr } = spawnSync('sh', [guard, 'before-start'], { env, encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return { signed: existsSync(join(data, 'standby.signal')), says: stdout }
}

test('a server whose peer is on a newer timeline starts as a standby, and says why', () => {
  const { signed, says } = start({ '10.0.0.2': '7 3 off', '10.0.0.3': '7 2 on' })
  expect(signed).toBe(true)
  expect(says).toContain('10.0.0.2 is on timeline 3 (read-only: off), this server on 2.')
})

test.each([
  ['a standby that knows a newer timeline', { '10.0.0.3': '7 3 on' }, true],
  ['another primary on the same timeline', { '10.0.0.2': '7 2 off' }, true],
  ['standbys of its own', { '10.0.0.2': '7 2 on', '10.0.0.3': '7 2 on' }, false],
  ['an old primary that came back', { '10.0.0.2': '7 1 off' }, false],
  ['another cluster', { '10.0.0.2': '8 9 off' }, false],
  ['nobody', {}, false],
] as const)('it hears %s', (_words, peers, signed) => {
  expect(start(peers)).toMatchObject({ signed })
})

test('right after its promotion the history file counts, not the control file', () => {
  expect(start({ '10.0.0.2': '7 3 on' }, { 'pg_wal/00000003.history': '2\t0/1\tno' }).signed).toBe(false)
  expect(start({ '10.0.0.2': '7 11 on' }, { 'pg_wal/0000000A.history': '2\t0/1\tno' }).signed).toBe(true)
})

test('a number that is reserved is no timeline, and does not outlive a promotion that came to nothing', () => {
  const reserved = { 'pg_wal/00000003.history': '' }
  expect(start({ '10.0.0.2': '7 3 on' }, { ...reserved, 'standby.signal': '' })).toMatchObject({
    signed: true,
  })
  expect(existsSync(join(data, 'pg_wal/00000003.history'))).toBe(false)
  start({}, { ...reserved, 'pg_wal/00000004.history': '2\t0/1\tno' })
  expect(existsSync(join(data, 'pg_wal/00000003.history'))).toBe(true) // a standby asks for all on the way to 4
})

test('what pg_rewind has left is a standby, and a backup that is being restored is left alone', () => {
  expect(start({}, { backup_label: 'START WAL\nBACKUP METHOD: pg_rewind\n' }).signed).toBe(true)
  expect(start({}, { backup_label: 'START WAL\nBACKUP METHOD: streamed\n' }).signed).toBe(false)
  expect(start({ '10.0.0.2': '7 3 off' }, { 'recovery.signal': '' }).signed).toBe(false)
})

/** By what was run since the step before: how much of it somebody would miss. */
const COMMITS = {
  'ANALYZE t': 0,
  'DELETE FROM t WHERE k > 10 | VACUUM t': 1,
  'INSERT INTO t VALUES (1) | INSERT INTO t VALUES (2)': 2,
  "DO 'BEGIN BEGIN INSERT INTO t VALUES (1); EXCEPTION WHEN others THEN END; END'": 1, // by a subtransaction
  "SELECT nextval('s')": 1,
  'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$SELECT 1$$': 1,
  'CREATE ROLE app': 1,
  'TRUNCATE t': 1,
  "SELECT pg_logical_emit_message(true, 'pg-lab', 'restore')": 0,
  "SELECT pg_logical_emit_message(true, 'outbox', 'order')": 1,
}

test.runIf(bin)('commits are counted that somebody would miss, not those autovacuum makes by itself', () => {
  const counted = JSON.parse(
    python('count-commits.py', [bin ?? '', guard], JSON.stringify(Object.keys(COMMITS))),
  )
  expect(counted).toEqual(
    Object.fromEntries(Object.entries(COMMITS).map(([step, count]) => [step, [`${count}`]])),
  )
})
