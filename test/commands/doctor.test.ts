import { expect, test } from 'vitest'
import { BASICS, DOCKER, scriptedRunner } from '../doctor/computer.ts'
import { labFolder, program } from './program.ts'

const INSPECT = 'docker image inspect --format {{.Id}} debian:12 pg-lab/base:debian-12'

test('a computer that is ready', async () => {
  const { run } = scriptedRunner({ ...BASICS, ...DOCKER, [INSPECT]: 'sha256:c0ffee' })
  // No other test's lab beside it has this one.
  const config = 'provider: docker\nos: debian-12\nnetwork: { subnet: 10.77.77.0/24 }\n'
  const { exitCode, stdout } = await program(['doctor'], { cwd: labFolder({ config }), run })
  expect(exitCode).toBe(0)
  const told = stdout
    .replace(/^.* · /, '')
    .replace(/^. Node\.js {12}.*\n(?: {4}.*\n)?/m, '✔ Node.js            of today\n')
    .replace(/\d{4}-\d\d-\d\d/, 'today')
    .replace(/\d+ MB free/, 'much free')
  expect(told).toMatchInlineSnapshot(`
    "Docker: the lab's machines run on it

    ✔ Node.js            of today
    ✔ Vagrant              2.3.4
    ✔ Ansible              2.14.18
    ✔ Ansible's Python     not known
    ✔ OpenSSH client       9.2
    ✔ Docker               28.2.2
    ✔ Docker daemon        20.10.24+dfsg1, cgroup v1
    ✔ Way to the machines  not known
    ✔ Docker base image    debian:12 is here
    ✔ Container names      free, or its own
    ✔ Clock                today
    ✔ The lab's folder     yours
    ✔ The lab's network    10.77.77.0/24 is free
    ✔ Ports for ssh        none needed
    ✔ Disk space           much free
    "
  `)
})

test('without a config it looks for what any lab needs', async () => {
  const { run } = scriptedRunner({ ...BASICS, ...DOCKER })
  const { exitCode, stdout } = await program(['doctor'], { run })
  expect(exitCode).toBe(0)
  expect(stdout).toContain('Docker: usable here')
})

test('what is missing comes with what to type, and the exit code is 1', async () => {
  const { run, commands } = scriptedRunner({ 'ssh -V': '' })
  const { exitCode, stdout } = await program(['doctor'], { cwd: labFolder(), run })
  expect(exitCode).toBe(1)
  expect(stdout).toMatch(/✖ Vagrant +not found \[vagrant\]\n {4}Vagrant is not on PATH\n {4}→ /)
  expect(stdout).toContain('npx create-pg-lab doctor --fix')
  expect(commands.map(({ file }) => file)).not.toContain('env')
})

test('a config that is named but not there is an error', async () => {
  const { exitCode, stderr } = await program(['doctor', '--config', 'nowhere.ts'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('There is no file nowhere.ts')
})
