import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import type { Finding } from '../../src/finding.ts'
import { identityOf } from '../../src/tools/process/groups.ts'

/** The built command, as a user runs it. */
const CLI = resolve('dist/pg-lab.js')

export interface Result {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface SpawnOptions {
  readonly cwd?: string
  readonly input?: string
  readonly env?: NodeJS.ProcessEnv
  /** In ms. */
  readonly timeout?: number
}

/** Nothing the tests run takes longer: what hangs fails, and names itself. */
const LIMIT_MS = 20 * 60_000

/** Runs a program to its end, with nothing on its standard input unless given. */
export function spawn(file: string, args: readonly string[], options: SpawnOptions = {}): Result {
  const { status, stdout, stderr, error } = spawnSync(file, args, {
    encoding: 'utf8',
    input: '',
    maxBuffer: 64 * 1024 * 1024,
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
    ...options,
  })
  if (error && (error as NodeJS.ErrnoException).code === 'ETIMEDOUT') {
    const seconds = (options.timeout ?? LIMIT_MS) / 1000
    throw new Error(`${[file, ...args].join(' ')} did not end within ${seconds} s\n${stdout}\n${stderr}`)
  }
  if (error) throw error
  return { status, stdout, stderr }
}

/** Beside a test's lab: the process that made it. When that is gone, so may be the lab. */
export const OWNER = 'owner'

/** What that file says of a process: its number, and what tells it from a later one. */
export function ownerNow(pid: number): string {
  return `${pid} ${identityOf(pid)}`
}

/** `changed=` of every host in the closing block of `up` or `provision`. */
export function changedCounts(output: string): Record<string, number> {
  const line = output.split('\n').findLast((text) => /^ *(Ansible: )?[\w-]+ changed=/.test(text)) ?? ''
  return Object.fromEntries(
    [...line.matchAll(/(\S+) changed=(\d+)/g)].map(([, host, count]) => [host, Number(count)]),
  )
}

/** What Ansible says of things it will take away, or that a role has left to chance; any other warning is not ours. */
export function ansibleWarnings(output: string): string[] {
  return output.split('\n').filter((line) => /DEPRECATION WARNING|Module remote_tmp/.test(line))
}

/** A lab in a folder of its own, or in this repository. */
export class TestLab {
  readonly directory: string
  /** Made for the test, so it goes with it, and what lies beside it. This repository's folder must not. */
  readonly #isTemporary: boolean
  readonly #spawn: typeof spawn

  /** @param options.spawn runs the lab's commands, where that is to be on another computer than this one */
  constructor(
    directory: string,
    options: { readonly temporary?: boolean; readonly spawn?: typeof spawn } = {},
  ) {
    this.directory = directory
    this.#isTemporary = options.temporary ?? false
    this.#spawn = options.spawn ?? spawn
  }

  /** Makes a folder with this config; the name has a space and a Cyrillic letter, as users' folders do. */
  static create(name: string, config: string): TestLab {
    const parent = mkdtempSync(join(realpathSync(tmpdir()), 'pg-lab-'))
    writeFileSync(join(parent, OWNER), ownerNow(process.pid))
    const directory = join(parent, `${name} л`)
    mkdirSync(directory)
    // As if it were installed: else all that is to be typed names this repository.
    mkdirSync(join(parent, 'node_modules'))
    symlinkSync(resolve('.'), join(parent, 'node_modules', 'create-pg-lab'))
    const lab = new TestLab(directory, { temporary: true })
    lab.configure(config)
    return lab
  }

  /** Writes the lab's config, in place of what it was. */
  configure(config: string): void {
    writeFileSync(join(this.directory, 'cluster.config.ts'), config)
  }

  run(...args: string[]): Result {
    return this.spawn('node', CLI, ...args)
  }

  /** Runs a program in the lab's folder. */
  spawn(file: string, ...args: string[]): Result {
    return this.#spawn(file, args, { cwd: this.directory })
  }

  /** Runs a command that must succeed, and shows what it said when it does not. */
  must(...args: string[]): Result {
    const result = this.run(...args)
    if (result.status === 0) return result
    throw new Error(
      `pg-lab ${args.join(' ')} ended with ${result.status}\n${result.stdout}\n${result.stderr}`,
    )
  }

  /** Takes the mark of the last run from every host, so that the next `up` runs Ansible. */
  forgetMarks(): void {
    const hosts = readFileSync(join(this.directory, '.pg-lab/ssh_config'), 'utf8').matchAll(
      /^Host ([\w.-]+)/gm,
    )
    for (const [, host = ''] of hosts) this.ssh(host, 'sudo', 'rm', '-f', '/etc/pg-lab-applied')
  }

  /** `up` that runs Ansible, whatever the last run has left. */
  upAnew(): Result {
    this.forgetMarks()
    return this.must('up')
  }

  verify(...args: string[]): {
    status: number | null
    failed: readonly Finding[]
    findings: readonly Finding[]
  } {
    const { status, stdout } = this.run('verify', '--json', ...args)
    const { findings } = JSON.parse(stdout) as { findings: Finding[] }
    return { status, findings, failed: findings.filter(({ ok }) => !ok) }
  }

  /** Of all its runs so far. */
  ansibleWarnings(): string[] {
    const logs = join(this.directory, '.pg-lab/logs')
    return readdirSync(logs).flatMap((name) => ansibleWarnings(readFileSync(join(logs, name), 'utf8')))
  }

  /** A program inside a machine, its words as they are. */
  ssh(node: string, ...argv: string[]): Result {
    return this.spawn('ssh', '-F', '.pg-lab/ssh_config', node, argv.map(quoted).join(' '))
  }

  /** What a script of the shell prints on a node, as root, with this on its standard input. */
  ask(node: string, input: string, script: string): string {
    const words = `sudo sh -c ${quoted(script)}`
    return spawn('ssh', ['-F', '.pg-lab/ssh_config', node, words], { cwd: this.directory, input }).stdout
  }

  /** The lab's passwords by their users. */
  secrets(): Record<string, string> {
    const folder = join(this.directory, '.pg-lab/secrets')
    const read = (name: string) => readFileSync(join(folder, name), 'utf8').trim()
    return Object.fromEntries(readdirSync(folder).map((name) => [name, read(name)]))
  }

  /** One answer of the node's server, unaligned, through plain psql. */
  sql(node: string, sql: string, database = 'postgres'): string {
    const { status, stdout, stderr } = this.ssh(
      node,
      'sudo',
      '-u',
      'postgres',
      'psql',
      '-X',
      '-A',
      '-t',
      '-q',
      '-d',
      database,
      '-c',
      sql,
    )
    if (status !== 0) throw new Error(stderr)
    return stdout.trim()
  }

  /** Deletes the machines; in a folder of its own, the folder too. */
  remove(): void {
    if (existsSync(join(this.directory, 'Vagrantfile'))) this.run('destroy', '--yes')
    if (this.#isTemporary) rmSync(dirname(this.directory), { recursive: true, force: true })
  }
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`
}

/** A PATH with everything this one has, except the named programs. */
export function pathWithout(...hidden: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'pg-lab-path-'))
  for (const part of (process.env.PATH ?? '').split(delimiter).reverse()) {
    if (!existsSync(part)) continue
    for (const name of readdirSync(part)) {
      if (hidden.includes(name)) continue
      rmSync(join(folder, name), { force: true })
      symlinkSync(join(part, name), join(folder, name))
    }
  }
  return folder
}

/**
 * What runs of the programs that inherited a variable of the environment, whatever became of their parents.
 * @param mark `NAME=value`
 */
export function processesWith(mark: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`${mark}\0`)) return []
        const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0').join(' ').trim()
        return words === '' ? [] : [`${pid} ${words.slice(0, 200)}`]
      } catch {
        return [] // it has ended
      }
    })
}

/** Every finding that failed, in the form tests compare. */
export function failures(findings: readonly Finding[]): string[] {
  return findings.map(({ check, node, what }) => `${check} ${node}: ${what}`)
}
