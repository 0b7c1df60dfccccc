import { expect, test } from 'vitest'
import type { LabNode } from '../../src/lab.ts'
import { resizeMachines } from '../../src/operations/resize-machines.ts'
import type { Runner } from '../../src/tools/runner.ts'
import { createVagrant } from '../../src/tools/vagrant/vagrant.ts'
import { testMaster, testSlave } from '../support/lab.ts'
import { folderWith } from '../tools/helpers.ts'

/** Every command that is run, in its order. */
async function resized(isLive: boolean): Promise<readonly string[]> {
  const done: string[] = []
  const directory = folderWith({
    '.vagrant/machines/master/docker/id': 'c0ffee\n',
    '.vagrant/machines/slave/docker/id': 'decaf',
  })
  const run: Runner = async ({ file, args }) => {
    done.push([file, ...args].join(' '))
    return { exitCode: 0, stdout: '', stderr: '', durationMs: 1 }
  }
  const to = { memoryMb: 2048, cpus: 2 }
  const resize = (node: LabNode) => ({ node, to, isLive })
  const vagrant = createVagrant({ directory, run, logFile: 'log' })
  const place = { directory, run, logFile: 'log', vagrant }
  await resizeMachines(place, [resize(testMaster()), resize(testSlave())], {
    primary: 'master',
    note: (text) => done.push(`· ${text}`),
  })
  return done
}

test('containers get it while they run, the primary last', async () => {
  expect(await resized(true)).toEqual([
    '· slave: 2048 MB, 2 processors',
    'docker update --memory 2048m --memory-swap 4096m --cpus 2 decaf',
    '· master: 2048 MB, 2 processors',
    'docker update --memory 2048m --memory-swap 4096m --cpus 2 c0ffee',
  ])
})

test('virtual machines are restarted one after the other, the primary last', async () => {
  expect(await resized(false)).toEqual([
    '· slave: 2048 MB, 2 processors',
    'vagrant reload --no-provision --machine-readable slave',
    '· master: 2048 MB, 2 processors',
    'vagrant reload --no-provision --machine-readable master',
  ])
})
