import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { VERBS } from '../src/commands/index.ts'
import { program } from './commands/program.ts'

describe('help', () => {
  test('lists every command, and is what an empty command line gives', async () => {
    const { exitCode, stdout, stderr } = await program(['--help'])
    expect(exitCode).toBe(0)
    expect(stderr).toBe('')
    for (const { name, summary } of VERBS) {
      expect(stdout).toContain(`  ${name} `)
      expect(stdout.replace(/\s+/g, ' ')).toContain(summary)
    }
    expect(await program([])).toEqual({ exitCode, stdout, stderr })
  })

  test.each(VERBS.map(({ name }) => name))('of %s', async (name) => {
    const { exitCode, stdout } = await program([name, '--help'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`Usage: create-pg-lab ${name}`)
    expect(stdout).toContain('--config <file>')
  })

  test('ends with examples and what else there is, and has the commands in groups', async () => {
    expect((await program(['verify', '--help'])).stdout).toMatch(
      /Examples:\n {2}npx create-pg-lab verify\n[\s\S]*\nSee also: status, report, up\n$/,
    )
    const { stdout } = await program(['--help'])
    expect(stdout.match(/^\w+:$/gm)).toEqual([
      'Options:',
      ...['Make:', 'Look:', 'Operate:', 'Break:', 'Tidy:'],
      'Commands:',
    ])
  })

  test('of a command that is not there says so, and names the one that was meant', async () => {
    for (const argv of [['help', 'nope'], ['nope']]) {
      const { exitCode, stdout, stderr } = await program(argv)
      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
      expect(stderr).toContain("Unknown command 'nope'")
    }
    const meant = { init: 'create', start: 'up', stop: 'halt', down: 'halt', rm: 'destroy', ls: 'status' }
    for (const [word, name] of Object.entries(meant)) {
      expect((await program([word])).stderr).toContain(`npx create-pg-lab ${name} --help`)
      expect((await program(['help', word])).stderr).toContain(`npx create-pg-lab ${name} --help`)
    }
  })

  test('version', async () => {
    expect(await program(['--version'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
  })
})

describe('a command line that is not understood ends with 2 and says what was meant', () => {
  const stderrOf = async (...argv: string[]) => {
    const { exitCode, stdout, stderr } = await program(argv)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    return stderr
  }

  test('command', async () => {
    expect(await stderrOf('verfy')).toMatchInlineSnapshot(`
      "
      ✖ Unknown command 'verfy'

        → did you mean verify? npx create-pg-lab verify --help
      "
    `)
    expect(await stderrOf('frobnicate')).toMatchInlineSnapshot(`
      "
      ✖ Unknown command 'frobnicate'

        → see them all: npx create-pg-lab help
      "
    `)
  })

  test('option', async () => {
    expect(await stderrOf('up', '--instal')).toMatchInlineSnapshot(`
      "
      ✖ Unknown option '--instal'

        → did you mean --install?
      "
    `)
    expect(await stderrOf('verify', '--jsno')).toContain('did you mean --json?')
    expect(await stderrOf('halt', '--yes')).toContain('npx create-pg-lab halt --help')
  })

  test('argument', async () => {
    expect(await stderrOf('ssh')).toMatchInlineSnapshot(`
      "
      ✖ Missing required argument 'node'

        → see what it takes: npx create-pg-lab ssh --help
      "
    `)
    expect(await stderrOf('halt', 'master')).toContain('Too many arguments')
    expect(await stderrOf('up', '--provider', 'hyperv')).toContain('Allowed choices are auto, virtualbox')
    expect(await stderrOf('generate', '--take-generated', '--keep-mine')).toContain(
      '--keep-mine and --take-generated exclude each other',
    )
  })
})

test('a bug is told as ours, with the versions', async () => {
  const run = () => Promise.reject(new TypeError("Cannot read properties of undefined (reading 'name')"))
  const { exitCode, stderr } = await program(['doctor'], { run })
  expect(exitCode).toBe(70)
  expect(stderr).toContain('✖ This is a bug in create-pg-lab, not your mistake')
  expect(stderr).toMatch(/TypeError: Cannot read .*\n +at /)
  expect(stderr).toMatch(/create-pg-lab \d.* · Node\.js v\d/)
})

test('nothing heavy is loaded before a command is known', () => {
  const seen = new Set<string>()
  const visit = (file: string) => {
    if (seen.has(file)) return
    seen.add(file)
    // Static imports that are left at run time; `import(…)` is what commands are loaded with.
    const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^']*? from '([^']+)'/gm)
    for (const [, target = ''] of imports) {
      if (target.startsWith('.') && target.endsWith('.ts')) visit(join(dirname(file), target))
      else if (!target.startsWith('.')) seen.add(target)
    }
  }
  visit('src/cli.ts')
  const packages = [...seen].filter((name) => !name.startsWith('src/') && !name.startsWith('node:'))
  expect(packages).toEqual(['@commander-js/extra-typings'])
})
