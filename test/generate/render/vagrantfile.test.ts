import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { VAGRANT_PROVIDERS } from '../../../src/catalog/names.ts'
import { projectFiles } from '../../../src/generate/render/project.ts'
import { vagrantfile } from '../../../src/generate/render/vagrantfile.ts'
import type { Lab } from '../../../src/lab.ts'
import { testLab, testMaster, testSlave } from '../../support/lab.ts'

const BOX = { name: 'debian/bookworm64', version: '12.20250126.1', url: undefined }

function labOn(provider: Lab['provider'], overrides: Partial<Lab> = {}): Lab {
  return testLab({ provider, box: provider === 'docker' ? undefined : BOX, ...overrides })
}

// Vagrant itself fails in a folder of this name unless the locale is UTF-8.
const UTF8 = { ...process.env, LC_ALL: 'C.UTF-8' }

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pg-lab ruby ж-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Stand-ins for what is not installed: as much of Vagrant as a Vagrantfile meets while it is read. */
const RECORDER = `
require "digest"; require "shellwords"; require "json"
class Recorder
  attr_reader :log
  def initialize(log = []) = @log = log
  def method_missing(name, *args, **options, &block)
    @log << [name.to_s, *args.map { |a| a.is_a?(Recorder) ? "…" : a }, *(options.empty? ? [] : [options])] unless args.empty? && options.empty?
    block.call(*([Recorder.new(@log)] * [block.arity, 1].max)) if block
    name.to_s.end_with?("=") ? args.first : Recorder.new(@log)
  end
  def respond_to_missing?(*) = true
  def create_args = []
end
module Vagrant
  LOG = Recorder.new
  module Util
    module Which
      def self.which(program) = ENV["HAS_ANSIBLE"] && "/usr/bin/#{program}"
    end
  end
  module Errors
    class VagrantError
      def self.error_message(*) = nil
    end
  end
  def self.plugin(*)
    Class.new do
      def self.name(*) = "pg-lab"
      def self.provisioner(name)
        LOG.provisioner(name)
        LOG.runs(yield.inspect)
      end
    end
  end
  def self.configure(_version) = yield(LOG)
end
load ARGV.shift
puts JSON.generate(log: Vagrant::LOG.log, parallel: ENV["VAGRANT_NO_PARALLEL"], server: ENV["VAGRANT_SERVER_URL"])
`

interface Reading {
  readonly log: readonly (readonly unknown[])[]
  readonly parallel: string | null
  readonly server: string | null
}

/** Has real Ruby read the lab's Vagrantfile. */
async function readingOf(
  lab: Lab,
  args: readonly string[] = [],
  env: Record<string, string> = {},
  own: Record<string, string> = {},
): Promise<Reading> {
  const directory = mkdtempSync(join(folder, 'read-'))
  for (const file of await projectFiles(lab, { roles: 'copy' })) {
    mkdirSync(dirname(join(directory, file.path)), { recursive: true })
    writeFileSync(join(directory, file.path), file.content)
  }
  for (const [name, text] of Object.entries(own)) writeFileSync(join(directory, name), text)
  const output = execFileSync('ruby', ['-e', RECORDER, join(directory, 'Vagrantfile'), ...args], {
    encoding: 'utf8',
    env: { ...UTF8, ...env },
  })
  return JSON.parse(output)
}

const said = ({ log }: Reading, name: string) =>
  log.filter(([first]) => first === name).map(([, ...rest]) => rest)

/** The options of every network of this type. */
const networksOf = (reading: Reading, type: string) =>
  said(reading, 'network')
    .filter(([name]) => name === type)
    .map(([, options]) => options as Record<string, unknown>)

describe.each(VAGRANT_PROVIDERS)('the Vagrantfile for %s', (provider) => {
  it.each(['internal', 'host-only'] as const)('is Ruby without warnings (%s)', async (mode) => {
    const lab = labOn(provider, { network: { ...testLab().network, mode } })
    const ruby = await vagrantfile(lab, 'Header')
    const { stdout, stderr } = spawnSync('ruby', ['-wc'], { input: ruby, encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(stdout).toBe('Syntax OK\n')
    expect(ruby).toMatch(/^# Header\n/)
    expect(ruby).not.toMatch(/[ \t]$/m)
  })

  it.each(['internal', 'host-only'] as const)('gives each machine its own address (%s)', async (mode) => {
    const lab = labOn(provider, { network: { ...testLab().network, mode } })
    const networks = networksOf(await readingOf(lab), 'private_network')
    expect(networks.map(({ ip }) => ip)).toEqual(['192.168.11.150', '192.168.11.151', '192.168.11.152'])
  })

  it('names this provider alone', async () => {
    expect(new Set(said(await readingOf(labOn(provider)), 'provider').flat())).toEqual(new Set([provider]))
  })
})

describe('the Vagrantfile', () => {
  it('runs Ansible once, for all, by a provisioner that is there', async () => {
    const reading = await readingOf(labOn('virtualbox'))
    expect(said(reading, 'provision')).toEqual([['ansible_for_all']])
    expect(said(reading, 'provisioner')).toEqual([['ansible_for_all']])
  })

  it('has the last machine run Ansible for all, where the config says so or this computer has none', async () => {
    const asked = async (runner: Lab['runner'], env?: Record<string, string>) =>
      said(await readingOf(labOn('virtualbox', { runner }), [], env), 'runs').flat()
    expect(await asked('guest', { HAS_ANSIBLE: '1' })).toEqual(['PgLab::AnsibleInGuest'])
    expect(await asked('auto')).toEqual(['PgLab::AnsibleInGuest'])
    expect(await asked('auto', { HAS_ANSIBLE: '1' })).toEqual(['PgLab::AnsibleForAll'])
    expect(await asked('host')).toEqual(['PgLab::AnsibleForAll'])
  })

  it('has containers of images and a network that are made before them', async () => {
    const reading = await readingOf(labOn('docker'))
    const scripts = said(reading, 'run=').map(([run]) => (run as { inline: string }).inline)
    const folders = new Set(scripts.map((line) => /^sh (.*)\/[\w-]+\.sh/.exec(line)?.[1]))
    expect([...folders]).toEqual([expect.stringMatching(/pg-lab\\ ruby.*provisioning\/support\/node-image$/)])
    expect(scripts.map((line) => /[\w-]+\.sh.*/.exec(line)?.[0])).toEqual([
      'build.sh',
      'network.sh make pg-lab_192.168.11.0/24 192.168.11.0/24',
      'network.sh remove pg-lab_192.168.11.0/24',
    ])
    const images = said(reading, 'image=').map(([image]) => String(image).replace(/[0-9a-f]{12}$/, '…'))
    expect(images).toEqual([
      'pg-lab/node:debian-12-…',
      'pg-lab/node:debian-12-…',
      'pg-lab/backup:debian-12-…',
    ])
    const [[options] = []] = said(reading, 'create_args=')
    expect(options).toEqual(expect.arrayContaining(['--memory=1024m', '--cap-add=SYS_ADMIN', '--tmpfs=/run']))
  })

  it('boots side by side only when it does not run Ansible', async () => {
    expect((await readingOf(labOn('docker'), ['up'])).parallel).toBe('1')
    expect((await readingOf(labOn('docker'), ['up', '--no-provision'])).parallel).toBeNull()
  })

  it('pins the box, and fetches it from where the config says', async () => {
    const lab = labOn('virtualbox', {
      box: { ...BOX, url: 'https://boxes.example/debian.box' },
      mirrors: { ...testLab().mirrors, vagrant: 'https://vagrant.example' },
    })
    const reading = await readingOf(lab)
    expect(said(reading, 'box_version=')).toEqual([[BOX.version]])
    expect(said(reading, 'box_url=')).toEqual([['https://boxes.example/debian.box']])
    expect(reading.server).toBe('https://vagrant.example')
    expect((await readingOf(labOn('virtualbox'))).server).toBeNull()
  })

  it('gives two labs containers of different names', async () => {
    expect(said(await readingOf(labOn('docker', { name: 'mine' })), 'name=').flat()).toEqual([
      'node image',
      'network',
      'network',
      'mine-master',
      'mine-slave',
      'mine-backup',
    ])
  })

  it('has containers join a network by its name: to look for one Vagrant needs a Docker older than 28', async () => {
    const reading = await readingOf(labOn('docker'))
    const name = 'pg-lab_192.168.11.0/24'
    for (const options of networksOf(reading, 'private_network')) expect(options).toMatchObject({ name })
    expect(said(reading, 'run=').flat().slice(1)).toEqual([
      { inline: expect.stringContaining(`network.sh make ${name} 192.168.11.0/24`) },
      { inline: expect.stringContaining(`network.sh remove ${name}`) },
    ])
  })

  it('has containers that start side by side look for a port for ssh in ranges of their own', async () => {
    const reading = await readingOf(labOn('docker'))
    expect(said(reading, 'usable_port_range=')).toEqual([['2200..2249'], ['2250..2299'], ['2300..2349']])
    expect(networksOf(reading, 'forwarded_port')).toMatchObject([
      { id: 'ssh', host: 2200, auto_correct: true },
      { id: 'ssh', host: 2250, auto_correct: true },
      { id: 'ssh', host: 2300, auto_correct: true },
    ])
  })

  it('lets Ruby read every value as it is', async () => {
    const trap = '#{exit 1} "\\ <%= 1 %> ж'
    const lab = labOn('libvirt', {
      name: trap,
      master: testMaster({ name: trap }),
      slaves: [testSlave(), testSlave({ name: 'slave2', address: '192.168.11.153' })],
      backup: undefined,
      box: { name: trap, version: trap, url: trap },
    })
    const reading = await readingOf(lab)
    expect(said(reading, 'box=')).toEqual([[trap]])
    expect(said(reading, 'define').flat()).toEqual([trap, 'slave', 'slave2'])
    expect(said(reading, 'default_prefix=')[0]).toEqual([`${trap}-`])
  })

  it('reads the settings of the user last', async () => {
    const own = 'Vagrant.configure("2") { |config| config.mine = 1 }\n'
    const reading = await readingOf(labOn('virtualbox'), [], {}, { 'Vagrantfile.local': own })
    expect(reading.log.at(-1)).toEqual(['mine=', 1])
  })
})

describe('vagrant validate', () => {
  async function validate(lab: Lab, args: readonly string[], path = '') {
    const directory = mkdtempSync(join(folder, 'validate-'))
    for (const file of await projectFiles(lab, { roles: 'copy' })) {
      mkdirSync(dirname(join(directory, file.path)), { recursive: true })
      writeFileSync(join(directory, file.path), file.content)
    }
    return spawnSync('vagrant', ['validate', ...args], {
      cwd: directory,
      encoding: 'utf8',
      env: { ...UTF8, PATH: `${path}${process.env.PATH}`, VAGRANT_HOME: join(folder, 'home') },
    })
  }

  it('passes for docker', async () => {
    const { stdout, status } = await validate(labOn('docker'), [])
    expect(stdout.trim()).toBe('Vagrantfile validated successfully.')
    expect(status).toBe(0)
  }, 30_000)

  it('passes for virtualbox, with a VBoxManage that only tells its version', async () => {
    const bin = mkdtempSync(join(tmpdir(), 'pg-lab-bin-')) // Vagrant looks in no folder with a space
    writeFileSync(join(bin, 'VBoxManage'), '#!/bin/sh\necho 7.0.20r163906\n')
    chmodSync(join(bin, 'VBoxManage'), 0o755)
    const { stdout, stderr } = await validate(labOn('virtualbox'), [], `${bin}:`)
    rmSync(bin, { recursive: true })
    expect(stderr).toBe('')
    expect(stdout.trim()).toBe('Vagrantfile validated successfully.')
  }, 30_000)

  // Their plugins are rarely installed: the provider's own settings are left out of it.
  it.each(['libvirt', 'vmware_desktop', 'parallels'] as const)(
    'passes for %s',
    async (provider) => {
      const { stdout, status } = await validate(labOn(provider), ['--ignore-provider'])
      expect(stdout).toContain('Vagrantfile validated successfully.')
      expect(status).toBe(0)
    },
    30_000,
  )
})
