import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { outdated } from '../../src/commands/box/index.ts'
import { packageRoot } from '../../src/package-root.ts'
import type { Command, Runner } from '../../src/tools/runner.ts'
import { storedBoxes } from '../../src/tools/vagrant/boxes.ts'
import { scriptedRunner } from '../doctor/computer.ts'
import { folderWith } from '../tools/helpers.ts'
import { program } from './program.ts'

const OURS = 'boxes/pg-lab-VAGRANTSLASH-debian-13'
const ours = (provider: string) =>
  `{"provider":"${provider}","architecture":"amd64","made_by":"create-pg-lab","built_from":"c0ffee"}`

const STORE = {
  [`${OURS}/20261201.0900.h1/libvirt/metadata.json`]: ours('libvirt'),
  [`${OURS}/20261201.1000.h2/libvirt/metadata.json`]: ours('libvirt'),
  [`${OURS}/20261201.0800.h3/virtualbox/metadata.json`]: ours('virtualbox'),
  'boxes/bento-VAGRANTSLASH-debian-12/9.0/virtualbox/metadata.json': '{"provider":"virtualbox"}',
}

test('box lists what Vagrant has, and says how to make one where it has none', async () => {
  const env = { VAGRANT_HOME: folderWith(STORE) }
  expect((await program(['box'], { env })).stdout).toMatchInlineSnapshot(`
    "BOX               VERSION           PROVIDER    ARCHITECTURE  SIZE  MADE
    bento/debian-12   9.0               virtualbox                25 B  elsewhere
    pg-lab/debian-13  20261201.1000.h2  libvirt     amd64         93 B  from packages
    pg-lab/debian-13  20261201.0900.h1  libvirt     amd64         93 B  from packages
    pg-lab/debian-13  20261201.0800.h3  virtualbox  amd64         96 B  from packages
    "
  `)
  expect((await program(['box', 'list'], { env: { VAGRANT_HOME: folderWith() } })).stdout).toContain(
    'npx create-pg-lab box build',
  )
})

test('box build says what is missing before anything is fetched', async () => {
  const check = `sh ${join(packageRoot(), 'provisioning/support/box/build.sh')} --check debian-13 trixie`
  const { run, commands } = scriptedRunner({
    [check]: { exitCode: 1, stderr: 'qemu-img is not installed\n' },
  })
  const words = ['box', 'build', 'debian-13', '--provider', 'libvirt']
  const { exitCode, stderr } = await program(words, { run, env: { VAGRANT_HOME: folderWith() } })
  expect(exitCode).toBe(2)
  expect(stderr).toContain('A box of Debian 13 cannot be made on this computer: qemu-img is not installed')
  expect(stderr).toContain('qemu-utils')
  expect(commands).toHaveLength(1)
})

test.each([
  [['box', 'build', 'debian-99', '--provider', 'libvirt'], 'There is no system debian-99'],
  [['box', 'build', 'rocky-9', '--provider', 'libvirt'], 'A box of Rocky Linux 9 cannot be made here'],
  [['box', 'build', 'debian-13', '--provider', 'docker'], 'A box for docker cannot be made here'],
  [['box', 'build', 'debian-13'], 'Say for which provider the box is to be'],
  [['box', 'build', '--provider', 'libvirt'], 'There is no lab in this folder'],
  [['box', 'keep', 'debian-14', '--provider', 'libvirt'], 'Nobody has a box of Debian 14 for libvirt'],
  [['box', 'export'], 'Name the folder that the boxes are to be in'],
  [['box', 'export', 'boxes', '--url', 'school'], '--url school is no address'],
])('%j is refused', async (words, sentence) => {
  const { exitCode, stderr } = await program(words, { env: { VAGRANT_HOME: folderWith() } })
  expect(exitCode).toBe(2)
  expect(stderr).toContain(sentence)
})

/** Packs as Vagrant does: all files of the box, as package.box in the folder it is started in. */
function packing(home: string): { run: Runner; commands: Command[] } {
  const commands: Command[] = []
  const run: Runner = async (command) => {
    commands.push(command)
    const [, verb, name] = command.args
    if (verb === 'repackage') writeFileSync(join(command.cwd ?? '', 'package.box'), `packed ${name}`)
    return { exitCode: 0, stdout: home, stderr: '', durationMs: 1 }
  }
  return { run, commands }
}

test('box export writes the newest of each with a catalogue that plain Vagrant reads', async () => {
  const home = folderWith(STORE)
  const cwd = folderWith()
  const { run, commands } = packing(home)
  const words = ['box', 'export', 'boxes', '--url', 'http://10.0.0.5:8000/']
  const { exitCode, stdout } = await program(words, { run, cwd, env: { VAGRANT_HOME: home } })
  expect(exitCode).toBe(0)
  expect(stdout).toContain(
    '  vagrant box add --provider libvirt http://10.0.0.5:8000/debian-13/metadata.json\n',
  )
  expect(commands.map(({ args }) => args.join(' '))).toEqual([
    'box repackage bento/debian-12 virtualbox 9.0',
    'box repackage pg-lab/debian-13 libvirt 20261201.1000.h2',
    'box repackage pg-lab/debian-13 virtualbox 20261201.0800.h3',
  ])
  const catalogue = JSON.parse(readFileSync(join(cwd, 'boxes/debian-13/metadata.json'), 'utf8'))
  const file = join(cwd, 'boxes/debian-13/libvirt.box')
  const checksum = createHash('sha256').update(readFileSync(file)).digest('hex')
  expect(catalogue.name).toBe('pg-lab/debian-13')
  expect(catalogue.versions[0]).toEqual({
    version: '20261201.1000.h2',
    providers: [
      {
        name: 'libvirt',
        url: 'http://10.0.0.5:8000/debian-13/libvirt.box',
        checksum_type: 'sha256',
        checksum,
        architecture: 'amd64',
        default_architecture: true,
      },
    ],
  })
  expect(existsSync(join(cwd, 'boxes/debian-13/package.box'))).toBe(false)
})

test('box export names the folder itself where no address is given', async () => {
  const home = folderWith(STORE)
  const cwd = folderWith()
  const { stdout } = await program(['box', 'export', 'boxes'], {
    ...packing(home),
    cwd,
    env: { VAGRANT_HOME: home },
  })
  expect(stdout).toContain(`vagrant box add --provider libvirt file://${cwd}/boxes/debian-13/metadata.json`)
})

test('box prune takes older ones that were made here, not those in use, nor anybody else’s', async () => {
  const home = folderWith(STORE)
  expect(outdated(storedBoxes(home)).map(({ version }) => version)).toEqual(['20261201.0900.h1'])
  const { run, commands } = packing(home)
  const { exitCode, stderr } = await program(['box', 'prune'], { run, env: { VAGRANT_HOME: home } })
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('npx create-pg-lab box prune --yes')])
  expect(commands).toEqual([])
  await program(['box', 'prune', '--yes'], { run, env: { VAGRANT_HOME: home } })
  expect(commands.map(({ args }) => args.join(' '))).toEqual([
    'box remove pg-lab/debian-13 --provider libvirt --box-version 20261201.0900.h1 --force',
  ])
  const box = { name: 'pg-lab/debian-13', provider: 'libvirt', version: '20261201.0900.h1' }
  const index = JSON.stringify({ machines: { a: { extra_data: { box } } } })
  const inUse = folderWith({ ...STORE, 'data/machine-index/index': index })
  const { stdout } = await program(['box', 'prune', '--yes'], { run, env: { VAGRANT_HOME: inUse } })
  expect(stdout).toContain('nothing to delete')
})

test('with a box of VirtualBox goes the machine whose disk its clones have shared', async () => {
  const old = `${OURS}/20261130.0800.h0/virtualbox`
  const home = folderWith({
    ...STORE,
    [`${OURS}/20261201.0900.h1/libvirt/metadata.json`]: '{}',
    [`${old}/metadata.json`]: ours('virtualbox'),
    [`${old}/master_id`]: 'c0ffee\n',
  })
  const { run, commands } = packing(home)
  await program(['box', 'prune', '--yes'], { run, env: { VAGRANT_HOME: home } })
  expect(commands.map(({ file, args }) => [file, ...args].join(' '))).toEqual([
    'VBoxManage unregistervm c0ffee --delete',
    'vagrant box remove pg-lab/debian-13 --provider virtualbox --box-version 20261130.0800.h0 --force',
  ])
})
