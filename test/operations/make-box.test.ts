import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { OPERATING_SYSTEMS } from '../../src/catalog/os.ts'
import { CommandError } from '../../src/errors.ts'
import { type BoxOrder, makeBox } from '../../src/operations/make-box.ts'
import type { Command, Runner } from '../../src/tools/runner.ts'
import { commandError, folderWith } from '../tools/helpers.ts'

const FOLDER = 'boxes/pg-lab-VAGRANTSLASH-debian-13'
const metadata = (hash: string) =>
  `{"provider":"libvirt","architecture":"amd64","made_by":"create-pg-lab","built_from":"${hash}"}`

function order(home: string, overrides: Partial<BoxOrder> = {}): BoxOrder {
  return {
    os: OPERATING_SYSTEMS['debian-13'],
    provider: 'libvirt',
    ways: undefined,
    script: '/lab/build.sh',
    home,
    logFile: join(home, 'box.log'),
    ...overrides,
  }
}

/** Makes what build.sh makes, and keeps what Vagrant keeps. */
function tools(home: string): { run: Runner; commands: Command[] } {
  const commands: Command[] = []
  const run: Runner = async (command) => {
    commands.push(command)
    command.onLine?.('box: making the disk', 'stdout')
    const made = join(home, 'pg-lab/debian-13-libvirt')
    if (command.file === 'sh') {
      writeFileSync(`${made}.json`, '{\n  "version": "20261201.0930.hc0ffee"\n}')
      writeFileSync(`${made}.box`, '')
    } else {
      const file = join(home, FOLDER, '20261201.0930.hc0ffee/libvirt/metadata.json')
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, metadata('c0ffee'))
    }
    return { exitCode: 0, stdout: '', stderr: '', durationMs: 1 }
  }
  return { run, commands }
}

test('a box is made, handed to Vagrant, and its files go', async () => {
  const home = folderWith()
  const { run, commands } = tools(home)
  const notes: string[] = []
  const proxy = { http: 'http://proxy:3128', https: undefined, noProxy: undefined }
  const mirrors = { packages: 'http://mirror/debian', vagrant: undefined, docker: undefined }
  const made = await makeBox(run, order(home, { ways: { mirrors, proxy } }), (note) => notes.push(note))
  expect(made).toMatchObject({
    name: 'pg-lab/debian-13',
    version: '20261201.0930.hc0ffee',
    builtFrom: 'c0ffee',
  })
  expect(commands.map(({ file, args }) => [file, ...args].join(' '))).toEqual([
    `sh /lab/build.sh debian-13 trixie libvirt ${home}/pg-lab`,
    `vagrant box add --provider libvirt ${home}/pg-lab/debian-13-libvirt.json`,
  ])
  expect(commands[0]?.env).toEqual({
    PACKAGE_MIRROR: 'http://mirror/debian',
    http_proxy: 'http://proxy:3128',
  })
  expect(notes).toEqual(['making the disk', 'handing it to Vagrant'])
  expect(existsSync(join(home, 'pg-lab/debian-13-libvirt.box'))).toBe(false)
})

test('one that is made of the same as the one that is here is that one', async () => {
  const home = folderWith({ [`${FOLDER}/20261130.0800.hc0ffee/libvirt/metadata.json`]: metadata('c0ffee') })
  const { run, commands } = tools(home)
  expect((await makeBox(run, order(home), () => {})).version).toBe('20261130.0800.hc0ffee')
  expect(commands).toHaveLength(1)
  expect(existsSync(join(home, 'pg-lab/debian-13-libvirt.box'))).toBe(false)
})

test('nothing is made under a name that somebody else has taken', async () => {
  const home = folderWith({ [`${FOLDER}/1.0/libvirt/metadata.json`]: '{"provider":"libvirt"}' })
  const { run, commands } = tools(home)
  await expect(makeBox(run, order(home), () => {})).rejects.toThrow(
    'There is a box pg-lab/debian-13 that create-pg-lab did not make',
  )
  expect(commands).toEqual([])
})

test('why a build failed stands first', async () => {
  const home = folderWith()
  const run: Runner = async (command) => {
    const said = 'box pg-lab/debian-13: the disk is full: /a and /b need 5000 MB for a while'
    command.onLine?.(said, 'stderr')
    throw new CommandError('sh failed with exit code 1', { command: 'sh', exitCode: 1, lastLines: [said] })
  }
  const error = await commandError(makeBox(run, order(home), () => {}))
  expect(error.message).toBe(
    'The box pg-lab/debian-13 was not made: the disk is full: /a and /b need 5000 MB for a while',
  )
})
