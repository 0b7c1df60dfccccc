import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { create } from '../../src/commands/create.ts'
import type { Asker } from '../../src/create/questions.ts'
import { scriptedRunner } from '../doctor/computer.ts'
import { folderWith } from '../tools/helpers.ts'
import { fakeTools } from './fake-tools.ts'
import { program } from './program.ts'

const config = (folder: string) => readFileSync(join(folder, 'cluster.config.ts'), 'utf8')

test('without a terminal nothing is asked: the default lab', async () => {
  const cwd = folderWith()
  const { exitCode, stdout, stderr } = await program(['create'], { cwd })
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  expect(stdout.replace(resolve('.'), 'CLONE')).toMatchInlineSnapshot(`
    "✔ pg-lab: master, slave, backup
      Debian 13, PostgreSQL 17, Docker

      cd pg-lab
      npm install --prefer-offline  once: create-pg-lab, and completion in your editor
      npm run up                    start, provision and verify

      Or with nothing installed: node CLONE/dist/create-pg-lab.js up
      Or without Node: plain \`vagrant up\` builds the same cluster.
      Tab completes, once it is installed: source <(npx create-pg-lab completion bash)
    "
  `)
  const manifest = JSON.parse(readFileSync(join(cwd, 'pg-lab/package.json'), 'utf8'))
  expect(manifest.devDependencies).toEqual({
    'create-pg-lab': `file:${relative(join(cwd, 'pg-lab'), resolve('.'))}`,
  })
  expect(config(join(cwd, 'pg-lab'))).toContain("name: 'pg-lab'")
})

test('in a path with a space and Cyrillic letters; generate finds nothing to do then', async () => {
  const cwd = folderWith()
  const { stdout } = await program(['create', 'моя лаба', '--provider', 'docker'], { cwd })
  expect(stdout).toContain("  cd 'моя лаба'\n")
  const lab = join(cwd, 'моя лаба')
  const { exitCode } = await program(['generate', '--check'], { cwd: lab })
  expect(exitCode).toBe(0)
})

test('every answer is a flag', async () => {
  const cwd = folderWith()
  const flags =
    '--name n1 --provider virtualbox --os rocky-9 --postgres 16 --slaves 3 --language ru --preset cascade'
  const { exitCode } = await program(['create', '.', ...flags.split(' '), '--yes'], { cwd })
  expect(exitCode).toBe(0)
  expect(config(cwd)).toContain("name: 'n1'")
  expect(config(cwd)).toContain("provider: 'virtualbox'")
  expect(config(cwd)).toContain("version: 16, repository: 'pgdg'")
  expect(config(cwd)).toContain("{ name: 'slave3', upstream: 'slave' }")
  expect(readFileSync(join(cwd, 'README.md'), 'utf8')).toContain('Где лежат настройки')
})

test('labs side by side have networks of their own, and addresses that follow them', async () => {
  const cwd = folderWith()
  for (const name of ['a', 'b', 'c']) await program(['create', name, '--provider', 'docker'], { cwd })
  const subnets = ['a', 'b', 'c'].map((name) => /subnet: '(.*)'/.exec(config(join(cwd, name)))?.[1] ?? '')
  expect(new Set(subnets).size).toBe(3)
  const inventory = readFileSync(join(cwd, 'c/Vagrantfile'), 'utf8')
  expect(inventory).toContain(`"${subnets[2]?.replace('.0/24', '.150')}"`)
})

test('a lab beside it that is damaged is in nobody’s way', async () => {
  const cwd = folderWith({
    'damaged/provisioning/inventory.yml': 'all: [\n',
    'odd/provisioning/inventory.yml': '7\n',
  })
  const { exitCode } = await program(['create', 'new', '--provider', 'docker'], { cwd })
  expect(exitCode).toBe(0)
})

test('auto stays auto', async () => {
  const cwd = folderWith()
  await program(['create', '.', '--provider', 'auto'], { cwd })
  expect(config(cwd)).toContain("provider: 'auto'")
})

test.each([
  [['x', '--os', 'centos-7'], 'centos-7'],
  [['x', '--slaves', 'two'], 'It must be a whole number'],
  [['x', '--slaves', '101'], '--slaves must be no longer than 100'],
  [['x', '--provider', 'docker', '--os', 'alma-9'], 'the docker provider cannot run AlmaLinux 9'],
  [['full'], 'full is not empty: a'],
])('%j is refused, and nothing is written', async (argv, words) => {
  const cwd = folderWith({ 'full/a': '' })
  const { exitCode, stderr } = await program(['create', ...argv], { cwd })
  expect(exitCode).toBe(2)
  expect(stderr).toContain(words)
  expect(existsSync(join(cwd, 'x'))).toBe(false)
  expect(readdirSync(join(cwd, 'full'))).toEqual(['a'])
})

test('--force keeps what is there and says so', async () => {
  const cwd = folderWith({ 'README.md': 'mine', '.gitignore': '' })
  const { exitCode, stdout } = await program(['create', '.', '--force'], { cwd })
  expect(exitCode).toBe(0)
  expect(stdout).toContain('README.md: there already, left as it was')
  expect(readFileSync(join(cwd, 'README.md'), 'utf8')).toBe('mine')
})

test('a person is asked five questions at most', async () => {
  const cwd = folderWith({ 'full/a': '' })
  const asked: string[] = []
  const person: Asker = {
    text: async ({ message, check }) => {
      asked.push(message)
      expect(check('full')).toContain('is not empty')
      expect(check('')).toBeUndefined()
      return 'lab one'
    },
    choose: async ({ message, initial }) => {
      asked.push(message)
      return initial
    },
  }
  const terminal = Object.assign(new Writable({ write: (_chunk, _encoding, done) => done() }), {
    isTTY: true,
  })
  const context = {
    stdin: { isTTY: true },
    ...{ stdout: terminal, stderr: terminal, env: {}, cwd, directory: cwd, configPath: undefined },
    run: scriptedRunner({}).run,
    paint: (_style: string, text: string) => text,
    claim: async () => {},
    print: () => {},
  }
  const options = { preset: 'homework', format: 'ts' } as const
  expect(await create(context, options, undefined, person)).toBe(0)
  expect(asked).toHaveLength(5)
  expect(config(join(cwd, 'lab one'))).toContain("name: 'lab-one'")
  expect(await create(context, { ...options, yes: true }, 'two', person)).toBe(0)
  expect(asked).toHaveLength(5)
})

test('--up goes on to bring it up', async () => {
  const cwd = folderWith()
  const tools = fakeTools()
  await program(['create', 'lab', '--provider', 'docker', '--up'], { cwd, run: tools.run })
  expect(tools.lines().some((line) => line.startsWith('vagrant up'))).toBe(true)
})

test('in a lab a command that was typed wrong is no folder', async () => {
  const cwd = folderWith({ 'cluster.config.yaml': '' })
  const { exitCode, stderr } = await program(['create', 'verfy'], { cwd })
  expect(exitCode).toBe(2)
  expect(stderr).toContain('did you mean verify?')
  expect((await program(['create', 'mine'], { cwd })).stderr).toContain('is inside the lab in')
  expect(readdirSync(cwd)).toEqual(['cluster.config.yaml'])
})
