import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createContainers } from '../../../src/tools/docker/containers.ts'
import { folderWith } from '../helpers.ts'

test('a machine that was never made has no size', async () => {
  const directory = folderWith()
  mkdirSync(join(directory, '.vagrant/machines/slave/docker'), { recursive: true })
  writeFileSync(join(directory, '.vagrant/machines/slave/docker/id'), 'c0ffee')
  const containers = createContainers({
    directory,
    run: async () => ({ exitCode: 0, stdout: 'c0ffee 1073741824 2000000000\n', stderr: '', durationMs: 1 }),
  })
  expect(await containers.sizes(['slave', 'slave2'])).toEqual(
    new Map([['slave', { memoryMb: 1024, cpus: 2 }]]),
  )
})
