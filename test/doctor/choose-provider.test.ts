import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { chooseProvider } from '../../src/doctor/index.ts'
import { UserError } from '../../src/errors.ts'
import { computer, DOCKER, DOCKER_DENIED, DOCKER_DOWN } from './computer.ts'

const VIRTUALBOX = { 'VBoxManage --version': '7.0.20r163906\n' }

function labWithMachine(provider: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'pg-lab-test-'))
  mkdirSync(join(directory, '.vagrant/machines/master', provider), { recursive: true })
  writeFileSync(join(directory, '.vagrant/machines/master', provider, 'id'), 'c0ffee')
  return directory
}

const USABLE = /^usable here/
const NONE = /^no provider is usable yet/

test.each([
  ['VirtualBox with its driver', { ...VIRTUALBOX, ...DOCKER }, ['/dev/vboxdrv'], 'virtualbox', USABLE],
  ['VirtualBox without its driver', { ...VIRTUALBOX, ...DOCKER }, [], 'docker', USABLE],
  ['a daemon that can be started', DOCKER_DOWN, ['/usr/sbin/dockerd'], 'docker', USABLE],
  ['a daemon that is not installed', DOCKER_DOWN, [], 'docker', NONE],
  ['a daemon that refuses us', DOCKER_DENIED, ['/usr/sbin/dockerd'], 'docker', NONE],
] as const)('%s', async (_, answers, files, provider, reason) => {
  const { host } = computer(answers, { files })
  const choice = await chooseProvider(host, undefined, 'auto')
  expect(choice).toEqual({ provider, reason: expect.stringMatching(reason) })
})

test('the reason is told', async () => {
  const { host } = computer(DOCKER)
  expect((await chooseProvider(host, undefined, 'auto')).reason).toMatchInlineSnapshot(
    `"usable here; VirtualBox: not found; libvirt: not found"`,
  )
  expect((await chooseProvider(computer({}).host, undefined, 'auto')).reason).toMatchInlineSnapshot(
    `"no provider is usable yet; docker is the easiest to install here"`,
  )
  const mac = computer({}, { platform: { system: 'darwin', manager: 'brew' } })
  expect(await chooseProvider(mac.host, undefined, 'auto')).toMatchObject({ provider: 'virtualbox' })
})

test('a lab that has machines keeps their provider', async () => {
  const directory = labWithMachine('libvirt')
  const { host, commands } = computer(DOCKER)
  expect(await chooseProvider(host, directory, 'auto')).toMatchObject({ provider: 'libvirt' })
  expect(await chooseProvider(host, directory, 'libvirt')).toMatchObject({ provider: 'libvirt' })
  expect(commands).toEqual([]) // known without asking anything
  const refusal = await chooseProvider(host, directory, 'docker').catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(UserError)
  expect(String(refusal)).toMatchInlineSnapshot(
    `"UserError: The lab's machines run on libvirt (QEMU/KVM), not on Docker"`,
  )
})

test('a machine without an id was never made', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'pg-lab-test-'))
  mkdirSync(join(directory, '.vagrant/machines/master/virtualbox'), { recursive: true })
  expect(await chooseProvider(computer(DOCKER).host, directory, 'docker')).toEqual({
    provider: 'docker',
    reason: 'as asked',
  })
})
