import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { chooseOver } from '../../src/operations/restore-over.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'
import { type Is, PRIMARY, standby } from '../support/fake-lab.ts'
import { folderWith } from '../tools/helpers.ts'
import { refusal, scene } from './scene.ts'

const FILES = { primary: 'standby=no', standby: 'standby=yes' } as const

/** @param files what a server that is stopped was by its files */
function lab(
  servers: Readonly<Record<string, Is>>,
  files: Readonly<Record<string, keyof typeof FILES>> = {},
) {
  const shell: Guest['shell'] = async ({ name }) => {
    const is = files[name]
    const stdout = is ? `data=yes\nidentifier=7\n${FILES[is]}\ntimeline=1\nend=0/5000000\n` : ''
    return { exitCode: is ? 0 : 2, stdout, stderr: '', durationMs: 1 }
  }
  return scene(servers, undefined, shell).place
}

test('one primary is the one, and no other can be named', async () => {
  const live = lab({ master: standby(), slave: PRIMARY, slave2: standby() })
  expect(await chooseOver(live, undefined)).toBe('slave')
  expect(await refusal(chooseOver(live, 'master'))).toContain('slave is the primary')
})

test('two primaries are refused, whoever is named', async () => {
  const live = lab({ master: PRIMARY, slave: { in_recovery: false, timeline: 2 }, slave2: standby() })
  for (const named of [undefined, 'master', 'slave']) {
    expect(await refusal(chooseOver(live, named))).toContain(
      'master and slave are primaries at the same time',
    )
  }
})

test('without one a server is to be named', async () => {
  const live = lab({ master: 'silent', slave: standby(), slave2: standby() }, { master: 'primary' })
  expect(await refusal(chooseOver(live, undefined))).toContain(
    'master was no standby when it stopped: say over which server',
  )
  expect(await chooseOver(live, 'master')).toBe('master')
  expect(await refusal(chooseOver(live, 'slave'))).toBe(
    'master was no standby when it stopped: what only master has would be lost → start it and look: npx create-pg-lab up; or restore over it: --over master',
  )
})

test('the config does not say who was the primary', async () => {
  const live = lab(
    { master: 'silent', slave: 'silent', slave2: 'silent' },
    { master: 'standby', slave: 'primary', slave2: 'standby' },
  )
  expect(await refusal(chooseOver(live, 'master'))).toContain('what only slave has would be lost')
  expect(await chooseOver(live, 'slave')).toBe('slave')
})

test.each<Is>(['gone', 'FATAL: the database system is starting up'])(
  'nobody is overwritten while one is %s',
  async (master) => {
    const live = lab({ master, slave: standby(), slave2: standby() }, {})
    expect(await refusal(chooseOver(live, 'slave'))).toContain('nobody can tell whether it is master')
  },
)

test('what was set aside first is never overwritten', () => {
  const tasks = parse(
    readFileSync('provisioning/roles/postgres/tasks/move-data-aside.yml', 'utf8'),
  ) as readonly {
    readonly 'ansible.builtin.command'?: { readonly argv: readonly string[] }
  }[]
  const argv = tasks.flatMap((task) => task['ansible.builtin.command']?.argv ?? []).slice(1, -3)
  const move = readFileSync('provisioning/roles/postgres/files/move-data-aside.sh', 'utf8')
  const folder = folderWith()
  const data = join(folder, 'main')
  for (const content of ['original', 'restored', 'restored again']) {
    mkdirSync(data)
    writeFileSync(join(data, 'is'), content)
    expect(spawnSync('sh', [...argv, data, data, move]).status).toBe(0)
  }
  const kept = readdirSync(folder).filter((name) => name.startsWith('main'))
  expect(
    Object.fromEntries(kept.map((name) => [name, readFileSync(join(folder, name, 'is'), 'utf8')])),
  ).toEqual({
    'main.before-restore': 'original',
    'main.before-restore.2': 'restored',
    'main.before-restore.3': 'restored again',
  })
})
