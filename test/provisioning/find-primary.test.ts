import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { folderWith } from '../tools/helpers.ts'

const running = {
  initialised: true,
  running: true,
  in_recovery: false,
  identifier: '1',
  timeline: 1,
  settings: {},
}
const standby = { ...running, in_recovery: true }
const empty = {
  initialised: false,
  running: false,
  in_recovery: false,
  identifier: '',
  timeline: '',
  settings: {},
}
const connections = (value: number, workers = 8) => ({
  settings: {
    max_connections: { value, default: 100 },
    max_worker_processes: { value: workers, default: 8 },
  },
})

interface Scene {
  readonly master: object
  readonly slave: object
  /** Data of the master that an interrupted restore has set aside. */
  readonly aside?: string
  readonly target?: string
}

/** What each pair of servers is, and how the run begins that they end. */
const SCENES: Readonly<Record<string, readonly [Scene, RegExp | 'sorted']>> = {
  healthy: [{ master: running, slave: standby }, 'sorted'],
  new: [{ master: empty, slave: empty }, 'sorted'],
  emptyslave: [{ master: running, slave: empty }, 'sorted'],
  two: [
    { master: running, slave: { ...running, timeline: 2 } },
    /^Two servers hold a cluster .*: two-master and two-slave\. .*two-master is on 1, two-slave is on 2\), and make a standby/,
  ],
  aside: [
    { master: empty, slave: standby, aside: '/data/main.before-restore-1' },
    /^A restore was interrupted, and the data of aside-master is set aside\. .*sudo mv -T \/data\/main\.before-restore-1 \/data\/main$/,
  ],
  orphan: [
    { master: empty, slave: standby },
    /^orphan-slave holds a standby's data, and no primary is left\./,
  ],
  lonely: [
    { master: empty, slave: empty, target: 'lonely-slave' },
    /^No other server holds a standby's data/,
  ],
  foreign: [
    { master: running, slave: { ...standby, identifier: '2' } },
    /^The data directory of foreign-slave \(\/data\/main\) belongs to another cluster: its system identifier is 2, the primary's is 1\./,
  ],
  target: [{ master: running, slave: { ...standby, identifier: '2' }, target: 'target-slave' }, 'sorted'],
  growing: [
    { master: { ...running, ...connections(50) }, slave: { ...standby, ...connections(100) } },
    'sorted',
  ],
  both: [
    { master: { ...running, ...connections(50, 16) }, slave: { ...standby, ...connections(50, 16) } },
    /^max_connections would grow and max_worker_processes would shrink\./,
  ],
}

function hostsOf(name: string, { master, slave, aside }: Scene) {
  const files = aside === undefined ? [] : [{ path: aside, mtime: 1 }]
  const asides = (held: readonly object[]) => ({ postgres_asides: { matched: held.length, files: held } })
  return {
    [`${name}-master`]: { postgres_state: master, ...asides(files) },
    [`${name}-slave`]: { postgres_state: slave, ...asides([]) },
  }
}

it('refuses what could lose data before anything is changed, and says why', () => {
  const scenes = Object.entries(SCENES)
  const groups = scenes.map(([name, [scene]]) => [name, { hosts: hostsOf(name, scene) }] as const)
  const vars = {
    ansible_connection: 'local',
    postgres_data_directory: '/data/main',
    postgres_settings: {},
    postgres_own_settings: {},
  }
  // Asked only where no cluster is there yet.
  const masters = { hosts: { 'new-master': {} } }
  const inventory = { all: { vars, children: { ...Object.fromEntries(groups), masters } } }
  const playbook = scenes.map(([name, [{ target }]]) => ({
    hosts: name,
    gather_facts: false,
    vars: target === undefined ? {} : { postgres_target: target },
    tasks: [
      {
        block: [{ 'ansible.builtin.import_role': { name: 'postgres', tasks_from: 'find-primary' } }],
        rescue: [{ 'ansible.builtin.meta': 'noop' }], // so that the next scene is played
      },
    ],
  }))
  const folder = folderWith({ 'hosts.yml': stringify(inventory), 'play.yml': stringify(playbook) })
  const { stdout, stderr } = spawnSync('ansible-playbook', ['-i', 'hosts.yml', 'play.yml'], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      ANSIBLE_ROLES_PATH: resolve('provisioning/roles'),
      ANSIBLE_STDOUT_CALLBACK: 'json',
      LC_ALL: 'C.UTF-8',
    },
  })
  expect(stderr).toBe('')
  const { plays } = JSON.parse(stdout) as {
    plays: { tasks: { hosts: Record<string, { failed?: boolean; msg?: string; add_group?: string }> }[] }[]
  }
  const said = (host: string) => {
    const results = plays.flatMap(({ tasks }) => tasks.flatMap(({ hosts }) => hosts[host] ?? []))
    return (
      results.find(({ failed }) => failed)?.msg ?? results.findLast(({ add_group }) => add_group)?.add_group
    )
  }
  for (const [name, [, wanted]] of scenes) {
    const slave = said(`${name}-slave`)
    if (wanted === 'sorted') {
      expect([name, said(`${name}-master`), slave]).toEqual([name, 'postgres_primary', 'postgres_standby'])
    } else {
      expect([name, slave]).toEqual([name, expect.stringMatching(wanted)])
    }
  }
})
