import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { imageOf, oldImages } from '../../src/operations/prune.ts'
import type { Runner } from '../../src/tools/contracts.ts'
import { testLab } from '../support/lab.ts'
import { folderWith } from '../tools/helpers.ts'

/** Docker with these images, newest first, and a machine made from each of `used`. */
function docker(images: readonly string[], used: readonly string[]): Runner {
  return async ({ args }) => {
    const image = args.at(-1)?.replace('ancestor=', '') ?? ''
    const stdout = args[0] === 'image' ? `${images.join('\n')}\n` : used.includes(image) ? 'c0ffee\n' : ''
    return { exitCode: 0, stdout, stderr: '', durationMs: 1 }
  }
}

test('old is what no machine, no newer one of its system, and not this lab needs', async () => {
  const images = [
    'a:debian-12-3',
    'a:debian-13-2',
    'a:debian-12-2',
    'a:debian-12-1',
    'a:debian-13-1',
    'a:debian-12-0',
  ]
  expect(await oldImages(docker(images, ['a:debian-12-2']), 'a:debian-12-1', 'a')).toEqual([
    'a:debian-13-1',
    'a:debian-12-0',
  ])
  expect(await oldImages(docker([], []), undefined)).toEqual([])
})

test('the image of a lab has the name that build.sh gives it', () => {
  const script = readFileSync('provisioning/node-image/build.sh', 'utf8')
  const line = script.split('\n').find((text) => text.startsWith('image=')) ?? ''
  const directory = folderWith({
    'provisioning/node-image/Dockerfile': 'FROM x\n',
    'provisioning/node-image/start.sh': '#!/bin/sh\n',
    'provisioning/node-image.env': "OS_NAME='debian-12'\n",
  })
  const sha = 'sha256() { sha256sum; }; OS_NAME=debian-12'
  const { stdout } = spawnSync('sh', ['-c', `${sha}\n${line}\necho "$image"`], {
    cwd: `${directory}/provisioning/node-image`,
    encoding: 'utf8',
  })
  expect(imageOf(directory, testLab())).toBe(stdout.trim())
  expect(imageOf(folderWith(), testLab())).toBeUndefined()
})
