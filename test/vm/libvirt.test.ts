import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changedCounts, failures, spawn, TestLab } from '../e2e/support.ts'

/*
 * The default lab on real virtual machines, on a computer that no box registry answers: its name leads nowhere, Vagrant
 * has no box, and `up` makes one from Debian's packages. Root, for a view of /etc/hosts of the test's own.
 * PG_LAB_VM names the systems, PG_LAB_TRANSCRIPT a file that gets what was typed and what came.
 */
const SYSTEMS = (process.env.PG_LAB_VM ?? 'debian-12 debian-13').split(' ')
const REGISTRY = ['vagrantcloud.com', 'vagrant.cloud', 'app.vagrantup.com']
const NODES = ['master', 'slave', 'backup']

const folder = mkdtempSync(join(tmpdir(), 'pg-lab-vm-'))
const hosts = join(folder, 'hosts')
const vagrantHome = join(folder, 'vagrant')
const transcript: string[] = []

/** Runs a program where the registry's name leads nowhere. */
const unregistered: typeof spawn = (file, args, options = {}) =>
  spawn(
    'unshare',
    ['--mount', 'sh', '-c', `mount --bind "$1" /etc/hosts && shift && exec "$@"`, 'sh', hosts, file, ...args],
    { ...options, env: { ...process.env, VAGRANT_HOME: vagrantHome }, timeout: 5_400_000 },
  )

function typed(command: string, output: string, seconds?: number): void {
  const took = seconds === undefined ? '' : `\n(${seconds} s)`
  transcript.push(`$ ${command}\n${output.trim()}${took}\n`)
}

/** Where no service manager starts them, they are started here. */
function startLibvirt(): void {
  const isThere = () => spawn('virsh', ['--connect', 'qemu:///system', 'uri']).status === 0
  if (isThere()) return
  for (const daemon of ['virtlogd', 'libvirtd']) spawn(daemon, ['-d'])
  expect(isThere()).toBe(true)
}

beforeAll(() => {
  startLibvirt()
  if (!spawn('vagrant', ['plugin', 'list']).stdout.includes('vagrant-libvirt')) {
    const installed = spawn('apt-get', ['install', '-qy', '--no-install-recommends', 'vagrant-libvirt'])
    if (installed.status !== 0) throw new Error(installed.stderr)
  }
  mkdirSync(vagrantHome)
  const names = REGISTRY.map((name) => `0.0.0.0 ${name}\n:: ${name}\n`).join('')
  writeFileSync(hosts, `${readFileSync('/etc/hosts', 'utf8')}\n${names}`)
})

afterAll(() => {
  const { stdout } = spawn('virsh', ['--connect', 'qemu:///system', 'vol-list', 'default'])
  for (const [, volume = ''] of stdout.matchAll(/^\s*(\S*pg-lab-VAGRANTSLASH-debian-\d+\S*)/gm))
    spawn('virsh', ['--connect', 'qemu:///system', 'vol-delete', '--pool', 'default', volume])
  rmSync(folder, { recursive: true })
  const { PG_LAB_TRANSCRIPT } = process.env
  if (PG_LAB_TRANSCRIPT) writeFileSync(PG_LAB_TRANSCRIPT, transcript.join('\n'))
})

describe.each(SYSTEMS)('virtual machines of %s', (os) => {
  const directory = TestLab.create(
    'vm',
    `export default { name: 'vm', provider: 'libvirt', os: '${os}' }\n`,
  ).directory
  const lab = new TestLab(directory, { temporary: true, spawn: unregistered })

  /** Runs it, and writes it down as a person at a terminal would see it. */
  function pgLab(...args: string[]): ReturnType<TestLab['run']> {
    const startMs = Date.now()
    const result = lab.run(...args)
    const seconds = Math.round((Date.now() - startMs) / 1000)
    typed(`npx create-pg-lab ${args.join(' ')}`, result.stdout + result.stderr, seconds)
    return result
  }

  afterAll(() => lab.remove())

  it('have no registry, and the doctor says what is done instead', () => {
    typed('getent hosts vagrantcloud.com', lab.spawn('getent', 'hosts', 'vagrantcloud.com').stdout)
    const { stdout, status } = pgLab('doctor', '--json')
    const { rules } = JSON.parse(stdout)
    expect(rules.find(({ code }: { code: string }) => code === 'box')).toMatchObject({
      ok: true,
      seen: `pg-lab/${os} can be made here`,
      warning: expect.stringContaining('vagrantcloud.com has no'),
    })
    expect(status).toBe(0)
    expect(pgLab('plan').stdout).toContain(`from the box pg-lab/${os}, which is made here first`)
  })

  it('come up verified from nothing, from a box that up makes by itself', () => {
    const up = pgLab('up')
    expect(up.stdout + up.stderr).toContain('The lab is up and verified')
    expect(up.stdout).toMatch(new RegExp(`Get the box.* pg-lab/${os} \\S+ was made`))
    expect(up.status).toBe(0)
  })

  it.each(NODES)('%s is a virtual machine', (node) => {
    const { stdout } = lab.ssh(node, 'systemd-detect-virt')
    typed(`npx create-pg-lab ssh ${node} -- systemd-detect-virt`, stdout)
    expect(['qemu', 'kvm']).toContain(stdout.trim())
  })

  it('change nothing the second time', () => {
    lab.forgetMarks()
    expect(changedCounts(pgLab('up').stdout)).toEqual({ master: 0, slave: 0, backup: 0 })
  })

  it('are green again after a reboot of all', async () => {
    const bootId = (node: string) => lab.ssh(node, 'cat', '/proc/sys/kernel/random/boot_id').stdout
    const before = NODES.map(bootId)
    for (const node of NODES) {
      typed(`npx create-pg-lab ssh ${node} -- sudo systemctl reboot`, '')
      lab.ssh(node, 'sudo', 'systemctl', 'reboot')
    }
    await expect
      .poll(() => NODES.map(bootId).filter((id, at) => id !== '' && id !== before[at]).length, {
        timeout: 600_000,
        interval: 10_000,
      })
      .toBe(NODES.length)
    await expect.poll(() => lab.run('verify').status, { timeout: 600_000, interval: 10_000 }).toBe(0)
    pgLab('verify')
    expect(failures(lab.verify().failed)).toEqual([])
  })

  it('are gone after destroy', () => {
    expect(pgLab('destroy', '--yes').status).toBe(0)
    expect(spawn('virsh', ['--connect', 'qemu:///system', 'list', '--all', '--name']).stdout).not.toContain(
      'vm-',
    )
    expect(spawn('virsh', ['--connect', 'qemu:///system', 'net-list', '--all', '--name']).stdout).not.toMatch(
      /^vm/m,
    )
  })
})
