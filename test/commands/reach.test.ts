import { describe, expect, test } from 'vitest'
import type { Command, Runner } from '../../src/tools/runner.ts'
import { asTyped } from '../support/any-shell.ts'
import { answerOf } from '../support/fake-lab.ts'
import { labFolder, program } from './program.ts'

/** Ends every command with this exit code. The servers are asked for the primary first: it is the slave. */
function ending(exitCode: number): { run: Runner; commands: Command[] } {
  const commands: Command[] = []
  const run: Runner = async (command) => {
    const output = { exitCode, stdout: '', stderr: '', durationMs: 1 }
    if (command.stdin) {
      const who = answerOf({ in_recovery: !command.args.includes('slave'), timeline: 2 })
      return { ...output, stdout: JSON.stringify([who]) }
    }
    commands.push(command)
    return output
  }
  return { run, commands }
}

async function argsOf(...argv: string[]): Promise<readonly string[]> {
  const { run, commands } = ending(0)
  expect(await program(argv, { cwd: labFolder(), run })).toMatchObject({ exitCode: 0, stderr: '' })
  expect(commands).toMatchObject([{ file: 'ssh', interactive: true }])
  return commands[0]?.args ?? []
}

describe('ssh', () => {
  test('logs in, or runs a command with its own options', async () => {
    const config = ['-F', '.pg-lab/ssh_config']
    expect(await argsOf('ssh', 'slave')).toEqual([...config, 'slave'])
    expect(await argsOf('ssh', 'slave', 'ls', '-la', '--help')).toEqual([
      ...config,
      'slave',
      '--',
      'ls',
      '-la',
      '--help',
    ])
    expect(await argsOf('ssh', 'slave', '--', 'ls', '-la')).toEqual([...config, 'slave', '--', 'ls', '-la'])
  })

  test('ends with the exit code of over there', async () => {
    const { exitCode } = await program(['ssh', 'backup', 'false'], { cwd: labFolder(), run: ending(17).run })
    expect(exitCode).toBe(17)
  })

  test('knows the machines', async () => {
    const { exitCode, stderr } = await program(['ssh', 'slvae'], { cwd: labFolder(), run: ending(0).run })
    expect(exitCode).toBe(2)
    expect(stderr).toMatchInlineSnapshot(`
      "
      ✖ There is no slvae to go to

        → did you mean slave? Choose from master, slave, backup
      "
    `)
  })
})

describe('psql', () => {
  const wordsOf = async (...argv: string[]) => asTyped((await argsOf(...argv)).slice(2).join(' '))

  test('goes to the primary of the day, or where it is told', async () => {
    expect(await wordsOf('psql')).toBe(
      'slave -- cd / && exec sudo -n -H -u postgres -- env PGCONNECT_TIMEOUT=10 psql -d otus',
    )
    expect(await wordsOf('psql', 'master')).toMatch(/^master -- .* psql -d otus$/)
  })

  test('hands on arguments of psql, each as it is', async () => {
    expect(await wordsOf('psql', '-c', 'select 1; select 2')).toMatch(/^slave -- .* -c 'select 1; select 2'$/)
    expect(await wordsOf('psql', 'slave', '-Atc', "select 'x'")).toMatch(
      /^slave -- .* -Atc 'select '\\''x'\\'''$/,
    )
  })

  test('on the backup host is that of the restored server, as barman', async () => {
    expect(await wordsOf('psql', 'backup')).toMatch(/^backup -- .* -u barman -- .*psql.* -d otus/)
  })

  test('names the machines where there is no such one', async () => {
    const { exitCode, stderr } = await program(['psql', 'nobody'], { cwd: labFolder(), run: ending(0).run })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('choose from master, slave, backup\n')
  })
})

describe('before the lab is up', () => {
  test.each(['ssh master', 'psql', 'verify', 'halt', 'provision'])('%s', async (line) => {
    const cwd = labFolder({ machines: [], reachable: false })
    const { run, commands } = ending(0)
    const { exitCode, stderr } = await program(line.split(' '), { cwd, run })
    expect({ exitCode, commands }).toEqual({ exitCode: 2, commands: [] })
    expect(stderr).toContain('bring it up: npx create-pg-lab up')
  })
})

test('verify knows its checks', async () => {
  const { exitCode, stderr } = await program(['verify', '--only', 'slots,slot'], { cwd: labFolder() })
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(/There is no check slot\n\n {2}→ did you mean slots\? Choose from primary, /)
})

test('verify --json prints findings for machines', async () => {
  const { exitCode, stdout } = await program(['verify', '--json', '--only', 'version'], { cwd: labFolder() })
  expect(exitCode).toBe(1)
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    findings: [{ check: 'version', ok: false }, { ok: false }],
  })
})

test('halt stops the machines', async () => {
  const { run, commands } = ending(0)
  const { exitCode, stdout } = await program(['halt'], { cwd: labFolder(), run })
  expect(exitCode).toBe(0)
  expect(commands).toMatchObject([{ file: 'vagrant', args: ['halt', '--machine-readable'] }])
  expect(stdout).toContain('Continue later with: npx create-pg-lab up')
})
