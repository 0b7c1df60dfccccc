import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fakeTools } from './fake-tools.ts'
import { labFolder, program } from './program.ts'

test('of a new lab: everything is made, and nothing is touched', async () => {
  const cwd = labFolder({ machines: [], reachable: false })
  const { run, lines } = fakeTools()
  const { exitCode, stdout } = await program(['plan'], { cwd, run })
  expect(exitCode).toBe(0)
  expect(stdout.replace(/\d+ files/, 'so many files')).toMatchInlineSnapshot(`
    "Files
      write  so many files: Vagrantfile, ansible.cfg, …

    Machines
      create  master  Debian 12, 192.168.11.150, 1024 MB, 1 processor, on docker
      create  slave   Debian 12, 192.168.11.151, 1024 MB, 1 processor, on docker
      create  backup  Debian 12, 192.168.11.152, 1024 MB, 1 processor, on docker

    Servers, in this order
      add  master  a new cluster of PostgreSQL 15: users replica, replica_rewind, student, barman, barman_streaming; database otus
      add  slave   a clone of master, streaming through slave_slot
      add  backup  Barman receives the WAL of master through barman and takes its first base backup

    Do it: npx create-pg-lab up
    "
  `)
  expect(existsSync(join(cwd, 'Vagrantfile'))).toBe(false)
  expect(lines().filter((line) => /vagrant|ansible/.test(line))).toEqual([])
})

test('for machines: items with their kind, and whether up would go', async () => {
  const cwd = labFolder({ machines: [], reachable: false })
  const { stdout } = await program(['plan', '--json'], { cwd, run: fakeTools().run })
  const { ok, items } = JSON.parse(stdout)
  expect(ok).toBe(true)
  expect(items[0]).toEqual({ kind: 'file', action: 'write', text: 'Vagrantfile' })
  expect(items.at(-1)).toMatchObject({ kind: 'server', node: 'backup', action: 'add' })
})

test('lines that both changed are a refusal: exit code 2, as of up', async () => {
  const cwd = labFolder({ machines: [], reachable: false })
  const { run } = fakeTools()
  await program(['generate'], { cwd, run })
  writeFileSync(join(cwd, 'ansible.cfg'), '[defaults]\nforks = 99\n')
  writeFileSync(join(cwd, 'cluster.config.yaml'), `provider: docker\nslaves: [${'{}, '.repeat(7)}]\n`)
  const { exitCode, stdout } = await program(['plan'], { cwd, run })
  expect(exitCode).toBe(2)
  expect(stdout).toContain('✖ up would refuse this and change nothing\n')
  expect(stdout).toContain('ansible.cfg: you and the config changed the same lines\n')
})

test('up refuses the same, before anything is touched', async () => {
  const cwd = labFolder()
  const { run, lines } = fakeTools()
  await program(['generate'], { cwd, run })
  writeFileSync(join(cwd, 'cluster.config.yaml'), 'provider: docker\nmaster: { address: 192.168.11.77 }\n')
  const { exitCode, stderr } = await program(['up', '--yes'], { cwd, run })
  expect(exitCode).toBe(2)
  expect(stderr).toMatchInlineSnapshot(`
    "
    ✖ The lab cannot become what the config asks for. No server was touched.

      master its address cannot become 192.168.11.77: the machine would have to be made again, and it holds the data → put 192.168.11.150 back, or start over, which deletes the data: npx create-pg-lab destroy && npx create-pg-lab up
    "
  `)
  expect(lines().filter((line) => /vagrant (up|destroy)|ansible-playbook -i/.test(line))).toEqual([])
})

test('up starts and asks a machine that stands in the way, and deletes none that says nothing unless it is named', async () => {
  const cwd = labFolder()
  const { run, lines } = fakeTools()
  await program(['generate'], { cwd, run })
  writeFileSync(join(cwd, 'cluster.config.yaml'), 'provider: docker\nslaves: [{ address: 192.168.11.77 }]\n')
  const started = 'vagrant up --no-provision --machine-readable --provider docker backup master slave'
  const sorted = (line: string) =>
    line.replace(/(docker )(.*)/, (_, head, names) => head + names.split(' ').sort().join(' '))
  const done = () =>
    lines()
      .filter((line) => /vagrant (up|destroy)/.test(line))
      .map(sorted)
  for (const [flags, hint] of [
    [[], 'up --delete slave'],
    [['--yes'], 'up --yes --delete slave'],
    [['--yes', '--delete', 'backup'], 'up --yes --delete backup,slave'],
  ] as const) {
    const { exitCode, stderr } = await program(['up', ...flags], { cwd, run })
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `\n✖ slave has to be deleted first, with its data (it does not answer, so nobody knows what it holds). Nothing was changed.\n\n  → agree to it: npx create-pg-lab ${hint}\n`,
    })
  }
  expect(done()).toEqual([started, started, started])
  await program(['up', '--delete', 'slave'], { cwd, run })
  expect(done().slice(3)).toEqual([started, 'vagrant destroy --force --machine-readable slave'])
})

test('destroy also deletes a machine that the config has lost', async () => {
  const cwd = labFolder({ machines: ['master', 'slave', 'slave2', 'backup'] })
  const { run } = fakeTools()
  let vagrantfile: string | undefined
  await program(['destroy', '--yes'], {
    cwd,
    run: (command) => {
      if (command.file === 'vagrant') vagrantfile = command.env?.VAGRANT_VAGRANTFILE
      return run(command)
    },
  })
  expect(vagrantfile).toBe('.pg-lab/Vagrantfile.gone')
})

test('a default that has moved on is for new labs: one that is there stays what it is, and says so', async () => {
  const cwd = labFolder()
  const { run } = fakeTools()
  await program(['generate'], { cwd, run })
  writeFileSync(join(cwd, 'cluster.config.yaml'), 'provider: docker\n')
  const { exitCode, stdout } = await program(['plan'], { cwd, run })
  expect(exitCode).toBe(0)
  expect(stdout).not.toContain('node-image.env')
  expect(stdout).toContain(
    "! The config names no os: the lab stays on Debian 12, for which its files were written; a new one gets Debian 13. To settle it: os: 'debian-12'\n",
  )
  expect((await program(['generate', '--check'], { cwd, run })).stdout).toContain('as the config gives it')
})
