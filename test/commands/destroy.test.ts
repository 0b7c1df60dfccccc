import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Command, Runner } from '../../src/tools/runner.ts'
import { labFolder, program } from './program.ts'

/** Every command succeeds, and is remembered. */
function obedient(): { run: Runner; commands: Command[] } {
  const commands: Command[] = []
  const run: Runner = async (command) => {
    commands.push(command)
    return { exitCode: 0, stdout: '', stderr: '', durationMs: 1 }
  }
  return { run, commands }
}

/** What asks Docker for the images of a lab that have lost their name. */
function unnamedIn(folder: string): readonly string[] {
  return ['--quiet', '--filter', 'dangling=true', '--filter', `label=pg-lab.folder=${folder}`]
}

test('without a terminal and without --yes nothing happens', async () => {
  const { run, commands } = obedient()
  const { exitCode, stderr } = await program(['destroy'], { cwd: labFolder(), run })
  expect(exitCode).toBe(2)
  expect(commands).toEqual([])
  expect(stderr).toMatchInlineSnapshot(`
    "
    ✖ destroy deletes the machines with all that is on them, and there is no terminal to ask on

      → confirm with --yes: npx create-pg-lab destroy --yes
    "
  `)
})

test('--yes deletes the machines and the way to them', async () => {
  const { run, commands } = obedient()
  const cwd = labFolder()
  const { exitCode, stdout } = await program(['destroy', '--yes'], { cwd, run })
  expect(exitCode).toBe(0)
  expect(stdout).toContain('✔ Delete the machines')
  expect(commands).toMatchObject([
    { file: 'vagrant', args: ['destroy', '--force', '--machine-readable'], cwd },
    { file: 'docker', args: ['image', 'ls'].concat(unnamedIn(cwd)) },
  ])
  expect(existsSync(join(cwd, '.pg-lab/ssh_config'))).toBe(false)
})

test('a lab without machines is left alone', async () => {
  const { run, commands } = obedient()
  const { exitCode, stdout } = await program(['destroy', '--yes'], { cwd: labFolder({ machines: [] }), run })
  expect({ exitCode, commands }).toEqual({ exitCode: 0, commands: [] })
  expect(stdout).toBe('There are no machines: nothing to destroy.\n')
})

test('machines go although the config asks for another provider by now', async () => {
  const { run, commands } = obedient()
  const cwd = labFolder({ config: 'provider: virtualbox\n' })
  expect((await program(['destroy', '--yes'], { cwd, run })).exitCode).toBe(0)
  expect(commands.map(({ file, args }) => `${file} ${args[0]}`)).toEqual(['vagrant destroy', 'docker image'])
  const { exitCode, stderr } = await program(['plan'], { cwd, run })
  expect(exitCode).toBe(2)
  expect(stderr).toContain("put provider: 'docker' back, or delete them first, with all that is on them")
})

test('servers that were there before the lab are neither stopped nor deleted', async () => {
  const { run, commands } = obedient()
  const config = `{
    provider: ssh,
    master: { address: 192.168.11.150 },
    slaves: [{ address: 192.168.11.151 }],
    backup: { address: 192.168.11.152 },
  }`
  const cwd = labFolder({ machines: [], config })
  for (const verb of [['halt'], ['destroy', '--yes']]) {
    const { exitCode, stderr } = await program(verb, { cwd, run })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('pg-lab neither stops nor deletes them')
  }
  expect(commands).toEqual([])
})

test('the snapshots that go too are named', async () => {
  const { run, commands } = obedient()
  const cwd = labFolder()
  const folder = join(cwd, '.pg-lab/snapshots/before')
  mkdirSync(folder, { recursive: true })
  const container = {
    image: 'pg-lab/snapshot:x-before-master',
    shape: { options: [], networks: [], hosts: [] },
  }
  const record = {
    name: 'before',
    at: '2026-12-01T08:00:00Z',
    provider: 'docker',
    machines: [{ name: 'master', container }],
  }
  writeFileSync(join(folder, 'snapshot.json'), JSON.stringify(record))
  const there: Runner = async (command) => {
    const output = await run(command)
    return command.args[1] === 'ls' ? { ...output, stdout: 'sha256:1\n' } : output
  }
  const { exitCode, stdout } = await program(['destroy', '--yes'], { cwd, run: there })
  expect(exitCode).toBe(0)
  expect(stdout).toContain('✔ Delete the snapshots before')
  expect(commands.map(({ file, args }) => `${file} ${args.join(' ')}`)).toEqual([
    'docker image ls --quiet pg-lab/snapshot:x-before-master',
    'docker image rm --force pg-lab/snapshot:x-before-master',
    'vagrant destroy --force --machine-readable',
    // A machine that came back from a snapshot needed the image to the last.
    `docker image ls ${unnamedIn(cwd).join(' ')}`,
    'docker image rm sha256:1',
  ])
  expect(existsSync(folder)).toBe(false)
})
