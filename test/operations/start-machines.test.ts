import { expect, test } from 'vitest'
import { startMachines } from '../../src/operations/start-machines.ts'
import type { Runner } from '../../src/tools/runner.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'
import { createVagrant } from '../../src/tools/vagrant/vagrant.ts'
import { testLab } from '../support/lab.ts'
import { folderWith } from '../tools/helpers.ts'

/** Where Vagrant keeps the private half of the key that comes with it. */
const KEY_OF_EVERYBODY = '/me/.vagrant.d/insecure_private_key'

const UP = ['vagrant up --no-provision --machine-readable --provider docker', 'vagrant ssh-config']

/**
 * Every command that is run, in its order.
 * @param made machines that are there before
 * @param access what `vagrant ssh-config` prints
 */
async function commandsOf(
  provider: 'docker' | 'ssh',
  { made = [], access = '' }: { readonly made?: readonly string[]; readonly access?: string } = {},
): Promise<readonly string[]> {
  const done: string[] = []
  const directory = folderWith(
    Object.fromEntries(made.map((name) => [`.vagrant/machines/${name}/docker/id`, 'ca1f'])),
  )
  const run: Runner = async ({ file, args }) => {
    done.push([file, ...args].join(' '))
    return { exitCode: 0, stdout: args[0] === 'ssh-config' ? access : '', stderr: '', durationMs: 1 }
  }
  const vagrant = createVagrant({ directory, run, logFile: 'log' })
  const guest = {
    shell: async (node, [program]) => {
      done.push(`${node.name}: ${program}`)
      return { exitCode: 0, stdout: '', stderr: '', durationMs: 1 }
    },
  } as Guest
  await startMachines({ directory, lab: testLab({ provider }), guest, vagrant }, () => {})
  return done
}

test('machines that are not there are made, and Vagrant tells how to reach them', async () => {
  expect(await commandsOf('docker')).toEqual(UP)
})

const access = (key: string) =>
  ['master', 'backup'].map((name) => `Host ${name}\n  User vagrant\n  IdentityFile ${key}\n`).join('\n')

test('a machine whose first boot was cut off boots again, for it still has the key that comes with Vagrant', async () => {
  for (const key of [
    KEY_OF_EVERYBODY, // Vagrant 2.3
    '"/a b/.vagrant.d/insecure_private_keys/vagrant.key.rsa"', // 2.4
  ]) {
    expect(await commandsOf('docker', { made: ['backup'], access: access(key) })).toEqual([
      ...UP,
      'vagrant reload --no-provision --machine-readable backup',
      'vagrant ssh-config',
    ]) // and then still the same key, as where config.ssh.insert_key is false: it is left in
  }
})

test('a machine with a key of its own does not; what Vagrant may not have come to take out goes', async () => {
  const key = '/lab/.vagrant/machines/backup/docker/private_key'
  expect(await commandsOf('docker', { made: ['backup'], access: access(key) })).toEqual([
    ...UP,
    'backup: sed',
  ])
})

test('nor one just made, whose owner keeps the key by config.ssh.insert_key = false', async () => {
  expect(await commandsOf('docker', { access: access(KEY_OF_EVERYBODY) })).toEqual(UP)
})

test('existing servers are none of Vagrant’s', async () => {
  expect(await commandsOf('ssh')).toEqual([])
})
