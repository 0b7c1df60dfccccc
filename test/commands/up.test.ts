import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fakeTools } from './fake-tools.ts'
import { labFolder, program } from './program.ts'

/** Commands that change something, in their order. */
const acts = (lines: readonly string[]) =>
  lines.filter((line) => /^(vagrant (up|ssh-config)|sh |ansible-playbook -i)/.test(line))

/** Without the clock in front and the time at the end. */
const rows = (stdout: string) =>
  stdout
    .split('\n')
    .flatMap((line) => line.match(/^\d\d:\d\d:\d\d {2}(. .*)$/)?.[1] ?? [])
    .filter((row) => !row.startsWith('…'))
    .map((row) => row.replace(/ · \d+ s$/, ''))

test('a cold run: files, image, machines, playbook, checks', async () => {
  const cwd = labFolder({ machines: [], reachable: false })
  const { run, lines } = fakeTools({ changed: 7 })
  const { exitCode, stdout, stderr } = await program(['up'], { cwd, run })
  expect(acts(lines())).toEqual([
    'sh provisioning/support/node-image/build.sh',
    'vagrant up --no-provision --machine-readable --provider docker',
    'vagrant ssh-config',
    'ansible-playbook -i provisioning/inventory.yml provisioning/site.yml',
  ])
  expect(existsSync(join(cwd, 'Vagrantfile'))).toBe(true)
  expect(readFileSync(join(cwd, '.pg-lab/ssh_config'), 'utf8')).toContain('Host master')
  // No PostgreSQL runs behind these tools: that is a failed verification, not an error.
  expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' })
  expect(rows(stdout)).toEqual([
    '✔ Check this computer · Docker: as asked',
    expect.stringMatching(/^✔ Write the files · \d+ written$/),
    '✔ Build the node image · it is there',
    '✔ Start the machines · 3 are running',
    '✔ Provision › master · changed=7',
    '✔ Provision › slave · changed=7',
    '✔ Provision › backup · changed=7',
    '✔ Provision',
    '✖ Verify',
  ])
  expect(stdout).toMatch(/✖ .* \(\d+ of \d+ failed\)\n {4}master /)
})

test('machines that answer are not started again', async () => {
  const cwd = labFolder()
  const { run, lines } = fakeTools({ isUp: true })
  await program(['up'], { cwd, run })
  expect(acts(lines()).filter((line) => line.startsWith('vagrant'))).toEqual([])
})

test('a machine that is new in the config is started', async () => {
  const { run, lines } = fakeTools({ isUp: true })
  await program(['up'], { cwd: labFolder({ machines: ['master', 'slave'] }), run })
  expect(acts(lines())).toContain('vagrant up --no-provision --machine-readable --provider docker')
})

test('a playbook that fails ends with 3, its log and the way on', async () => {
  const cwd = labFolder()
  const { run } = fakeTools({ isUp: true, playbookFails: true })
  const { exitCode, stdout, stderr } = await program(['up', '--install'], { cwd, run })
  expect(exitCode).toBe(3)
  expect(rows(stdout)).toContain('✖ Provision › master')
  expect(stderr).toContain('Go on    npx create-pg-lab up --install\n')
  expect(stderr).not.toMatch(/\n +at /)
})

test('what this computer lacks is named, and nothing is touched', async () => {
  const cwd = labFolder({ machines: [], reachable: false })
  const { run, lines } = fakeTools()
  const { exitCode, stderr } = await program(['up'], {
    cwd,
    run: (command) => (command.file === 'ansible-playbook' ? Promise.resolve(NO_VERSION) : run(command)),
  })
  expect(exitCode).toBe(2)
  expect(stderr).toMatchInlineSnapshot(`
    "
    ✖ This computer is not ready for the lab

      Ansible 2.9: ansible-core 2.14 or newer is needed → install a newer one from https://docs.ansible.com/ansible/latest/installation_guide/
    "
  `)
  expect(existsSync(join(cwd, 'Vagrantfile'))).toBe(false)
  expect(lines().filter((line) => /apt-get|sudo/.test(line))).toEqual([])
})

const NO_VERSION = { exitCode: 0, stdout: 'ansible-playbook 2.9\n', stderr: '', durationMs: 1 }

test('a broken config stops everything before the computer is looked at', async () => {
  const { run, lines } = fakeTools()
  const cwd = labFolder({ machines: [], reachable: false, config: 'provider: dokcer\nslavs: []\n' })
  const { exitCode, stderr } = await program(['up'], { cwd, run })
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/provider .*\n[\s\S]*slavs is not a setting/)
  expect(lines()).toEqual([])
})
