import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { changedCounts, failures, spawn, TestLab } from '../e2e/support.ts'

/*
 * The default lab on real virtual machines. The box is made here from Debian's packages: no box server is asked.
 * PG_LAB_TRANSCRIPT names a file that gets what was typed and what came.
 */
const folder = mkdtempSync(join(tmpdir(), 'pg-lab-vm-'))
const file = join(folder, 'debian-12.box')
const BOX = 'pg-lab/debian-12'
const NODES = ['master', 'slave', 'backup']
const transcript: string[] = []

const lab = TestLab.create(
  'vm',
  `export default { name: 'vm', provider: 'libvirt', os: 'debian-12', box: { name: '${BOX}', url: 'file://${file}' } }\n`,
)

/** Runs it, and writes it down as a person at a terminal would see it. */
function typed(command: string, output: string, seconds?: number): void {
  const took = seconds === undefined ? '' : `\n(${seconds} s)`
  transcript.push(`$ ${command}\n${output.trim()}${took}\n`)
}

function pgLab(...args: string[]): ReturnType<TestLab['run']> {
  const startMs = Date.now()
  const result = lab.run(...args)
  typed(
    `npx create-pg-lab ${args.join(' ')}`,
    result.stdout + result.stderr,
    Math.round((Date.now() - startMs) / 1000),
  )
  return result
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
  lab.must('doctor', '--fix') // Vagrant's plugin, where it is missing
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo']
  const [program = '', ...args] = [...asRoot, 'sh', resolve('test/vm/build-box.sh'), 'bookworm', file]
  const built = spawn(program, args)
  if (built.status !== 0) throw new Error(built.stderr)
})

afterAll(() => {
  lab.remove()
  spawn('vagrant', ['box', 'remove', '--force', '--all', BOX])
  const { stdout } = spawn('virsh', ['--connect', 'qemu:///system', 'vol-list', 'default'])
  const [volume] = /^\s*\S*pg-lab-VAGRANTSLASH-debian-12\S*/m.exec(stdout) ?? []
  if (volume)
    spawn('virsh', ['--connect', 'qemu:///system', 'vol-delete', '--pool', 'default', volume.trim()])
  rmSync(folder, { recursive: true })
  const { PG_LAB_TRANSCRIPT } = process.env
  if (PG_LAB_TRANSCRIPT) writeFileSync(PG_LAB_TRANSCRIPT, transcript.join('\n'))
})

describe('virtual machines', () => {
  it('come up verified from nothing', () => {
    const up = pgLab('up')
    expect(up.stdout + up.stderr).toContain('The lab is up and verified')
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
