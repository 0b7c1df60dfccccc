import { expect, test } from 'vitest'
import { startMachines } from '../../src/operations/start-machines.ts'
import type { Guest, Runner } from '../../src/tools/contracts.ts'
import { createVagrant } from '../../src/tools/vagrant.ts'
import { testLab } from '../support/lab.ts'
import { folderWith } from '../tools/helpers.ts'

/** Every command that is run, in its order. */
async function commandsOf(provider: 'docker' | 'ssh'): Promise<readonly string[]> {
  const done: string[] = []
  const directory = folderWith()
  const run: Runner = async ({ file, args }) => {
    done.push([file, ...args].join(' '))
    return { exitCode: 0, stdout: '', stderr: '', durationMs: 1 }
  }
  const vagrant = createVagrant({ directory, run, logFile: 'log' })
  const guest = {} as Guest // nobody is asked where no machine was made
  await startMachines({ directory, lab: testLab({ provider }), guest, vagrant }, () => {})
  return done
}

test('machines that are not there are made, and Vagrant tells how to reach them', async () => {
  expect(await commandsOf('docker')).toEqual([
    'vagrant up --no-provision --machine-readable --provider docker',
    'vagrant ssh-config',
  ])
})

test('existing servers are none of Vagrant’s', async () => {
  expect(await commandsOf('ssh')).toEqual([])
})
