import { mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createHost, type Host } from '../../src/doctor/host.ts'
import { examine, planRepair, problemsIn, repair } from '../../src/doctor/index.ts'
import { createRunner } from '../../src/tools/process/run.ts'
import type { Runner } from '../../src/tools/runner.ts'
import { folderWith, scriptedTools } from '../tools/helpers.ts'
import { BASICS, computer, DEBIAN, DOCKER_DOWN, SAID } from './computer.ts'

const POLICY = `docker.io:
  Installed: (none)
  Candidate: 26.1.5+dfsg1-9
  Version table:
     26.1.5+dfsg1-9 500
        500 http://deb.debian.org/debian trixie/main amd64 Packages
docker-cli:
  Installed: (none)
  Candidate: 26.1.5+dfsg1-9
  Version table:
iptables:
  Installed: (none)
  Candidate: 1.8.11-2
  Version table:
vagrant:
  Installed: (none)
  Candidate: (none)
  Version table:
ansible:
  Installed: (none)
  Candidate: 12.0.0
`

const options = { logFolder: mkdtempSync(join(tmpdir(), 'pg-lab-test-')), hasTerminal: false }

async function planFor(host: Host) {
  return planRepair(problemsIn(await examine(host, { provider: 'docker', lab: undefined })), host)
}

const linesOf = (commands: readonly { file: string; args: readonly string[] }[]) =>
  commands.map(({ file, args }) => [file, ...args].join(' '))

test('the plan names every tool once', async () => {
  const { host } = computer({ 'ssh -V': SAID.ssh })
  expect(await planFor(host)).toEqual({
    tools: ['vagrant', 'ansible', 'docker'],
    startsDocker: false,
    words: 'install vagrant, ansible, docker with apt',
  })
})

test('what only the user can do is not in the plan', async () => {
  const windows = computer({}, { platform: { system: 'win32', manager: 'winget' } })
  expect((await planFor(windows.host)).words).toBe('')
  const alpine = computer({}, { platform: { manager: undefined } })
  expect((await planFor(alpine.host)).words).toBe('')
})

/** All answers that an installation as root needs. */
function aptComputer(policy: string, installed: string) {
  return computer(
    {
      'env DEBIAN_FRONTEND=noninteractive apt-get update': '',
      'apt-cache policy ansible docker.io iptables docker-cli': policy,
      [`env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=120 ${installed}`]:
        '',
    },
    { platform: { isRoot: true } },
  )
}

test('root installs with one call; a package that is split off in newer releases comes where it exists', async () => {
  const plan = { tools: ['ansible', 'docker'], startsDocker: false, words: '' } as const
  const trixie = aptComputer(POLICY, 'ansible docker.io iptables docker-cli')
  await repair(trixie.host, plan, options)
  expect(linesOf(trixie.commands)).toHaveLength(3)
  const bookworm = aptComputer(POLICY.replace(/docker-cli:\n.*\n.*\n.*\n/, ''), 'ansible docker.io iptables')
  await repair(bookworm.host, plan, options)
  expect(linesOf(bookworm.commands).at(-1)).toMatch(/iptables$/)
})

test('a package the distribution does not carry is named, with where it is to be had', async () => {
  const { host } = computer(
    { 'env DEBIAN_FRONTEND=noninteractive apt-get update': '', 'apt-cache policy vagrant': POLICY },
    { platform: { isRoot: true } },
  )
  await expect(
    repair(host, { tools: ['vagrant'], startsDocker: false, words: '' }, options),
  ).rejects.toMatchObject({
    message: 'apt knows no package vagrant',
    hint: 'install it from https://developer.hashicorp.com/vagrant/install',
  })
})

test('sudo: without a password, with a terminal, and with neither', async () => {
  const plan = { tools: ['ansible'], startsDocker: false, words: '' } as const
  const passwordless = computer({ 'sudo -n true': '' })
  await repair(passwordless.host, plan, options).catch(() => {})
  expect(linesOf(passwordless.commands)).toEqual([
    'sudo -n true',
    'sudo -n env DEBIAN_FRONTEND=noninteractive apt-get update',
  ])
  const asking = computer({ 'sudo -n true': { exitCode: 1 } })
  await repair(asking.host, plan, { ...options, hasTerminal: true }).catch(() => {})
  expect(asking.commands.at(-1)).toMatchObject({ file: 'sudo', interactive: true })
  const nobody = computer({ 'sudo -n true': { exitCode: 1 } })
  await expect(repair(nobody.host, plan, options)).rejects.toMatchObject({
    message: 'This needs root, and there is no terminal to type a password on',
    hint: 'run it yourself: sudo apt-get update',
  })
})

test.each([
  ['systemd', 'systemctl start docker'],
  ['sysvinit', 'service docker start'],
  ['none', 'sh -c exec setsid --fork dockerd'],
] as const)('the daemon is started by %s', async (init, line) => {
  const { host, commands } = computer(DOCKER_DOWN, { platform: { init, isRoot: true } })
  await repair(host, { tools: [], startsDocker: true, words: '' }, options).catch(() => {})
  expect(linesOf(commands).at(-1)).toContain(line)
})

test('after a repair everything is asked again', async () => {
  const { host, commands } = computer(BASICS)
  await host.ask('ssh', ['-V'])
  await host.ask('ssh', ['-V'])
  expect(commands).toHaveLength(1)
  await repair(host, { tools: [], startsDocker: false, words: '' }, options)
  await host.ask('ssh', ['-V'])
  expect(commands).toHaveLength(2)
})

test('a daemon that we start ourselves outlives the command, and is waited for', async () => {
  const folder = folderWith()
  const { PATH } = scriptedTools({
    dockerd: `#!/bin/sh\necho listening; echo $$ > ${folder}/pid; exec sleep 60\n`,
    docker: `#!/bin/sh\n[ -e ${folder}/pid ] && echo '20.10.24 1' || { echo 'Cannot connect' >&2; exit 1; }\n`,
  })
  const real = createRunner()
  const run: Runner = (command) => real({ ...command, env: { ...command.env, PATH } })
  const host = createHost(run, { platform: { ...DEBIAN, init: 'none', isRoot: true } })
  await repair(host, { tools: [], startsDocker: true, words: '' }, { logFolder: folder, hasTerminal: false })
  const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'))
  expect(process.kill(pid, 0)).toBe(true)
  process.kill(pid)
  expect(readFileSync(join(folder, 'dockerd.log'), 'utf8')).toBe('listening\n')
})
