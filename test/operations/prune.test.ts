import { spawnSync } from 'node:child_process'
import { copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { NODE_IMAGE_SOURCES } from '../../src/generate/render/node-image.ts'
import { imagesOf, oldImages } from '../../src/operations/prune.ts'
import type { Runner } from '../../src/tools/runner.ts'
import { testLab } from '../support/lab.ts'
import { folderWith } from '../tools/helpers.ts'

/** Docker with these images, newest first, and a machine made from each of `used`. */
function docker(
  images: { readonly node: readonly string[]; readonly backup: readonly string[] },
  nameless: readonly string[],
  used: readonly string[],
): Runner {
  const answer = (args: readonly string[]) => {
    const last = args.at(-1) ?? ''
    if (args[0] === 'ps') return used.includes(last.replace('ancestor=', '')) ? ['c0ffee'] : []
    if (args.includes('dangling=true')) return nameless
    return (last === 'pg-lab/node' ? images.node : images.backup).map((tag) => `${last}:${tag}`)
  }
  return async ({ args = [] }) => {
    return { exitCode: 0, stdout: `${answer(args).join('\n')}\n`, stderr: '', durationMs: 1 }
  }
}

test('old is what no machine, no newer one of its system, and not this lab needs', async () => {
  const node = ['debian-12-3', 'debian-13-2', 'debian-12-2', 'debian-12-1', 'debian-13-1', 'debian-12-0']
  const backup = ['debian-12-3', 'debian-12-1', 'debian-12-0']
  const run = docker(
    { node, backup },
    ['sha256:1', 'sha256:2', 'sha256:2'],
    ['pg-lab/node:debian-12-2', 'sha256:1'],
  )
  expect(await oldImages(run, ['pg-lab/node:debian-12-1', 'pg-lab/backup:debian-12-1'])).toEqual([
    'pg-lab/node:debian-13-1',
    'pg-lab/node:debian-12-0',
    'pg-lab/backup:debian-12-0',
    'sha256:2',
  ])
  expect(await oldImages(docker({ node: [], backup: [] }, [], []), [])).toEqual([])
})

test('the images of a lab have the names that build.sh and vagrant.rb give them', () => {
  const script = readFileSync('provisioning/support/node-image/build.sh', 'utf8')
  const lines = script.split('\n').filter((text) => /^(hash|node_image|backup_image)=/.test(text))
  const directory = folderWith(Object.fromEntries(NODE_IMAGE_SOURCES.map((path) => [path, `${path}\n`])))
  const before = 'sha256() { sha256sum; }; OS_NAME=debian-12'
  const { stdout } = spawnSync(
    'sh',
    ['-c', `${before}\n${lines.join('\n')}\necho "$node_image\n$backup_image"`],
    {
      cwd: `${directory}/provisioning/support/node-image`,
      encoding: 'utf8',
    },
  )
  expect(imagesOf(directory, testLab())).toEqual(stdout.trim().split('\n'))
  const ruby = join(directory, 'provisioning/support/node-image/vagrant.rb')
  copyFileSync('provisioning/support/node-image/vagrant.rb', ruby)
  const names = '%w[node backup].each { |kind| puts PgLab::Containers.image(kind, "debian-12") }'
  const vagrant = spawnSync('ruby', ['-r', ruby, '-e', names], { encoding: 'utf8' })
  expect(vagrant.stdout).toBe(stdout)
  expect(imagesOf(folderWith(), testLab())).toEqual([])
})
