import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CHECKS } from '../../../src/checks/index.ts'
import { VERBS } from '../../../src/commands/index.ts'
import { DRILLS } from '../../../src/drills/index.ts'
import { folderWith } from '../../tools/helpers.ts'
import { labFolder, program } from '../program.ts'

const cwd = labFolder({ config: 'provider: docker\nslaves: [{ name: near }, { name: far }]\n' })

async function words(...typed: readonly string[]): Promise<readonly string[]> {
  const { exitCode, stdout, stderr } = await program(['completion', 'words', '--', ...typed], { cwd })
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
  return stdout.split('\n').flatMap((line) => line.split('\t')[0] || [])
}

describe('at the cursor may stand', () => {
  test('a command', async () => {
    expect(await words('')).toEqual(VERBS.map(({ name }) => name))
    expect(await words('re')).toEqual(['report', 'restore', 'rejoin', 'reinit'])
    expect(await words('help', 'rej')).toEqual(['rejoin'])
  })

  test('an option, and what one of them takes', async () => {
    expect(await words('up', '--i')).toEqual(['--install'])
    expect(await words('create', '--preset', 's')).toEqual(['sync'])
    expect(await words('create', 'x', '--format', '')).toEqual(['ts', 'yaml'])
  })

  test('a node, a slave', async () => {
    expect(await words('ssh', '')).toEqual(['master', 'near', 'far', 'backup'])
    expect(await words('psql', 'ma')).toEqual(['master'])
    expect(await words('switchover', '--dry-run', '')).toEqual(['near', 'far'])
    expect(await words('ssh', 'master', '')).toEqual([])
    expect(await words('-C', folderWith(), 'ssh', '')).toEqual([])
  })

  test('checks, drills, settings, users', async () => {
    expect(await words('verify', '--only', '')).toEqual(CHECKS.map(({ id }) => id))
    expect(await words('verify', '--only', 'slots,repl')).toEqual(['slots,replication'])
    expect(await words('drill', '')).toEqual([
      ...DRILLS.map(({ id }) => id),
      'hint',
      'check',
      'repair',
      'results',
    ])
    expect(await words('explain', 'slaves[].sl')).toEqual(['slaves[].slot'])
    expect(await words('rotate', 'repl')).toEqual(['replica', 'replica_rewind'])
  })

  test('nothing, without an error, where the config is broken', async () => {
    const broken = folderWith({ 'cluster.config.yaml': 'slaves: 7\n' })
    const { stdout, stderr } = await program(['completion', 'words', '--', 'ssh', ''], { cwd: broken })
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' })
  })
})

/** A program in the place of ours, that prints the words it was asked to complete. */
async function scriptOf(shell: string): Promise<string> {
  const { stdout } = await program(['completion', shell])
  const bin = folderWith({ 'say.sh': 'shift 3; printf "%s\\tfor you\\n" "got-$#-$1-$2"\n' })
  return stdout.replaceAll(`${process.execPath} ${resolve('dist/pg-lab.js')}`, `sh ${join(bin, 'say.sh')}`)
}

function has(shell: string): boolean {
  return spawnSync(shell, ['-c', 'exit 0']).status === 0
}

describe('the script of', () => {
  test('bash completes the program by its name and behind npx, and leaves npx alone otherwise', async () => {
    const ask = (line: readonly string[]) =>
      `COMP_WORDS=(${line.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${line.length - 1}; COMPREPLY=(); _create_pg_lab; echo "[\${COMPREPLY[*]}]"`
    const lines = [
      ['pg-lab', 'ssh', 'ma'],
      ['npx', 'create-pg-lab', 'ssh', ''],
      ['npx', 'other', 'ssh'],
    ].map(ask)
    const { stdout, stderr } = spawnSync('bash', ['-c', [await scriptOf('bash'), ...lines].join('\n')], {
      encoding: 'utf8',
    })
    expect({ stdout, stderr }).toEqual({ stdout: '[got-2-ssh-ma]\n[got-2-ssh-]\n[]\n', stderr: '' })
  })

  test.skipIf(!has('fish'))('fish', async () => {
    const script = `${await scriptOf('fish')}\ncomplete -C 'pg-lab ssh g'\ncomplete -C 'npx create-pg-lab ssh g'`
    const { stdout } = spawnSync('fish', ['--no-config', '-c', script], { encoding: 'utf8' })
    expect(stdout).toBe('got-2-ssh-g\tfor you\ngot-2-ssh-g\tfor you\n')
  })

  test.skipIf(!has('zsh'))('zsh', async () => {
    const script = `compdef() {}\n${await scriptOf('zsh')}
compadd() { print -r -- "[$found] [$told]" }
_default() { print default }
words=(npx create-pg-lab ssh ma); CURRENT=4; _create_pg_lab
words=(npx other x); CURRENT=3; _create_pg_lab`
    const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', script], { encoding: 'utf8' })
    expect({ stdout, stderr }).toEqual({
      stdout: '[got-2-ssh-ma] [got-2-ssh-ma  -- for you]\ndefault\n',
      stderr: '',
    })
  })

  test('PowerShell', async () => {
    expect((await program(['completion', 'powershell'])).stdout).toMatch(
      /& '.*node.*' '.*pg-lab\.js' completion words/,
    )
  })

  test('no other shell', async () => {
    expect(await program(['completion', 'tcsh'])).toMatchObject({ exitCode: 2 })
  })
})
