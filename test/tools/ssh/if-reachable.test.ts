import { expect, test } from 'vitest'
import { CommandError } from '../../../src/errors.ts'
import { ifReachable } from '../../../src/tools/ssh/if-reachable.ts'

const failing = (error: Error) => () => Promise.reject(error)

test('gives the answer, or what stands for it where the command fails', async () => {
  expect(await ifReachable(async () => 3, undefined)).toBe(3)
  expect(
    await ifReachable(failing(new CommandError('slave: no route', { command: 'ssh slave' })), []),
  ).toEqual([])
})

test('hides no other error', async () => {
  await expect(ifReachable(failing(new TypeError('a mistake of ours')), [])).rejects.toThrow(
    'a mistake of ours',
  )
})
