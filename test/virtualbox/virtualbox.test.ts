import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Result, spawn, TestLab } from '../e2e/support.ts'

/*
 * The lab on the real VirtualBox, as far as it goes without its kernel module: all but the boot. VirtualBox is today's,
 * from Debian's sid, in a system of its own. PG_LAB_TRANSCRIPT names a file that gets what was typed and what came.
 */
const SYSTEM = process.env.PG_LAB_VIRTUALBOX ?? '/var/cache/pg-lab-virtualbox'
const vagrantHome = mkdtempSync(join(tmpdir(), 'pg-lab-virtualbox-'))
const transcript: string[] = []

const NODES = [
  { name: 'master', address: '150', memory: 640, cpus: 2 },
  { name: 'slave', address: '151', memory: 512, cpus: 1 },
  { name: 'backup', address: '152', memory: 512, cpus: 1 },
]

function configOf(name: string, network: string, masterMb = 640): string {
  return `export default {
  name: '${name}',
  provider: 'virtualbox',
  os: 'debian-13',
  network: ${network},
  master: { memory: ${masterMb}, cpus: 2 },
  slaves: [{ memory: 512 }],
  backup: { memory: 512 },
}
`
}

/** Runs a program in that system, in the lab's folder. @param known whether VirtualBox says it is one that Vagrant knows */
function within(lab: TestLab, args: readonly string[], known = true): Result {
  const words = [resolve('test/virtualbox/within.sh'), SYSTEM, lab.directory, vagrantHome, ...args]
  const result = spawn('sh', words, { env: { ...process.env, ...(known ? {} : { KNOWN: '' }) } })
  transcript.push(`$ ${args.join(' ')}\n${`${result.stdout}${result.stderr}`.trim()}\n`)
  return result
}

/** What VirtualBox says of a machine, by its words: `memory` → `640`. */
function machineOf(lab: TestLab, node: string): Readonly<Record<string, string>> {
  const id = readFileSync(join(lab.directory, `.vagrant/machines/${node}/virtualbox/id`), 'utf8')
  const { stdout } = within(lab, ['VBoxManage', 'showvminfo', id, '--machinereadable'])
  const rows = stdout.matchAll(/^"?([^"=\n]+)"?="?(.*?)"?$/gm)
  return Object.fromEntries(Array.from(rows, ([, word = '', value = '']) => [word, value]))
}

const namesIn = ({ stdout }: Result) => [...stdout.matchAll(/^"(.*)" \{/gm)].map(([, name = '']) => name)

function bootingFails(lab: TestLab, ...words: string[]): string {
  const { status, stdout, stderr } = within(lab, ['vagrant', ...words])
  expect(status).not.toBe(0)
  return stdout + stderr
}

beforeAll(() => {
  const made = spawn('sh', ['test/virtualbox/chroot.sh', SYSTEM], { timeout: 1_500_000 })
  if (made.status !== 0) throw new Error(made.stderr)
  process.env.VAGRANT_HOME = vagrantHome
  const lab = TestLab.create('box', configOf('vbox', "{ subnet: '192.168.11.0/24' }"))
  const { stdout } = lab.must('box', 'build')
  transcript.push(`$ npx create-pg-lab box build\n${stdout.trim()}\n`)
  lab.remove()
})

afterAll(() => {
  rmSync(vagrantHome, { recursive: true })
  const { PG_LAB_TRANSCRIPT } = process.env
  if (PG_LAB_TRANSCRIPT) writeFileSync(PG_LAB_TRANSCRIPT, transcript.join('\n'))
})

describe('the default lab', () => {
  const lab = TestLab.create('vbox', configOf('vbox', "{ subnet: '192.168.11.0/24' }"))

  beforeAll(() => {
    lab.must('generate')
  })

  afterAll(() => {
    within(lab, ['vagrant', 'destroy', '--force'])
    for (const name of namesIn(within(lab, ['VBoxManage', 'list', 'vms'])))
      within(lab, ['VBoxManage', 'unregistervm', name, '--delete'])
    rmSync(resolve(lab.directory, '..'), { recursive: true })
  })

  it('is told by the doctor that this VirtualBox and this Vagrant do not go together', () => {
    const { stdout } = within(lab, ['node', '/pg-lab/dist/pg-lab.js', 'doctor'], false)
    expect(stdout).toMatch(/VirtualBox +7\.2\.\d+ \[vboxmanage\]/)
    expect(stdout).toMatch(
      /Vagrant 2\.3\.\d+ cannot drive VirtualBox 7\.2\.\d+\n.*install Vagrant 2\.4\.9 or newer/,
    )
    expect(stdout).toContain('no machine can start without /dev/vboxdrv')
    expect(stdout).toMatch(/Vagrant box +pg-lab\/debian-13 \S+ is here/)
  })

  it.each(NODES)('$name is imported, cloned and wired, and ends where it would boot', ({ name }) => {
    const said = bootingFails(lab, 'up', name, '--no-provision', '--provider', 'virtualbox')
    expect(said).toContain(`${name}: Booting VM...`)
    expect(said).toContain('has terminated unexpectedly during startup')
  })

  it.each(NODES)('$name has the hardware and the networks of the config', ({ name, memory, cpus }) => {
    const machine = machineOf(lab, name)
    expect(machine).toMatchObject({
      memory: String(memory),
      cpus: String(cpus),
      VMState: 'poweroff',
      nic1: 'nat',
      nic2: 'intnet',
      intnet2: 'vbox',
      nic3: 'none',
    })
    expect(machine['Forwarding(0)']).toMatch(/^ssh,tcp,127\.0\.0\.1,2[2-9]\d\d,,22$/)
  })

  it('shares one disk between its machines, each of which has its own changes', () => {
    const disks = NODES.map(({ name }) =>
      Object.entries(machineOf(lab, name)).find(([word]) => /-0-0$/.test(word)),
    )
    expect(new Set(disks.map((disk) => disk?.[1])).size).toBe(NODES.length)
    const { stdout } = within(lab, ['VBoxManage', 'list', 'hdds', '--long'])
    expect(stdout.match(/^Parent UUID: +base$/gm)).toHaveLength(1)
  })

  it('is resized in place', () => {
    const before = readFileSync(join(lab.directory, '.vagrant/machines/master/virtualbox/id'), 'utf8')
    lab.configure(configOf('vbox', "{ subnet: '192.168.11.0/24' }", 768))
    lab.must('generate')
    bootingFails(lab, 'up', 'master', '--no-provision', '--provider', 'virtualbox')
    expect(machineOf(lab, 'master').memory).toBe('768')
    expect(readFileSync(join(lab.directory, '.vagrant/machines/master/virtualbox/id'), 'utf8')).toBe(before)
  })

  it('is destroyed; what stays is the disk that belongs to the box', () => {
    expect(within(lab, ['vagrant', 'destroy', '--force']).status).toBe(0)
    expect(namesIn(within(lab, ['VBoxManage', 'list', 'vms']))).toEqual([expect.stringMatching(/^debian-13/)])
    expect(within(lab, ['VBoxManage', 'list', 'intnets']).stdout).not.toMatch(/^Name: +vbox$/m)
  })
})
