import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CommandError, Interrupted } from '../../errors.ts'
import type { Subnet } from '../../resolve/addresses.ts'
import { WITHOUT_USERS_VAGRANT } from '../../tools/process/environment.ts'
import { quoteForShell } from '../../tools/process/quote.ts'
import type { Output, Runner } from '../../tools/runner.ts'
import { writeSshConfig } from '../../tools/ssh/ssh-config.ts'
import { createGuest } from '../../tools/ssh/ssh-guest.ts'
import { createVagrant } from '../../tools/vagrant/vagrant.ts'
import type { Judged } from '../criteria/criterion.ts'
import { vagrantfileOf } from '../criteria/files.ts'
import type { GradeWords, LiveId } from '../grade-words.ts'
import type { Submission } from '../submission.ts'
import { copyHandIn, movesFor } from './copy.ts'
import { lookAtMachines } from './eyes.ts'

export type LiveAnswers = Readonly<Record<LiveId, Judged>>

/** Where and with what the machines of hand-ins run. */
export interface LivePlace {
  readonly run: Runner
  /** Keeps answers, logs, and the copy that runs now. */
  readonly folder: string
  readonly words: GradeWords
  /** Networks this computer reaches now. */
  networks(): Promise<readonly Subnet[]>
  note(text: string): void
  readonly limits?: LiveLimits
}

/** No hand-in takes more, whatever it does. */
export interface LiveLimits {
  readonly upMs: number
  readonly againMs: number
  readonly destroyMs: number
  readonly freeDiskBytes: number
}

const LIMITS: LiveLimits = {
  upMs: 30 * 60_000,
  againMs: 15 * 60_000,
  destroyMs: 5 * 60_000,
  freeDiskBytes: 4 * 1024 ** 3,
}

/**
 * Runs a hand-in in a copy with names and networks of its own, asks its machines, and deletes them and the copy. What was
 * answered before about the same files is not asked again.
 */
export async function gradeLive(submission: Submission, place: LivePlace): Promise<LiveAnswers> {
  const { folder, words, note } = place
  const digest = digestOf(submission, words)
  const record = join(folder, `${slugOf(submission.name)}.json`)
  const known = readAnswers(record, digest)
  if (known) {
    note(words.live.known)
    return known
  }
  const answers = await runCopy(submission, place)
  writeFileSync(record, `${JSON.stringify({ digest, answers }, null, 2)}\n`)
  return answers
}

async function runCopy(submission: Submission, place: LivePlace): Promise<LiveAnswers> {
  const { folder, words, run, limits = LIMITS } = place
  const slug = slugOf(submission.name)
  const copy = join(folder, slug)
  const within = dirname(vagrantfileOf(submission) ?? 'Vagrantfile')
  const directory = join(copy, within)
  const logFile = join(folder, `${slug}.log`)
  const { seen } = words
  mkdirSync(folder, { recursive: true })
  const removed = await removeCopy({ copy, directory, logFile, run, limits }) // of a run that was cut off
  if (!removed) return notUp(seen.notDeleted(directory), words)
  if (vagrantfileOf(submission) === undefined) return notUp(seen.noVagrantfile, words)
  if (freeBytes(folder) < limits.freeDiskBytes) return notUp(seen.noRoom, words)
  rmSync(logFile, { force: true })
  const prefix = `grade-${slug}`
  copyHandIn(submission, copy, { moves: movesFor(submission, await place.networks()), prefix })
  try {
    return await askCopy({ directory, logFile, limits }, place)
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    throw new Interrupted(error.signal, [
      `Left     the machines of ${submission.name}; the next run deletes them first`,
      `Delete   cd ${quoteForShell([directory])} && vagrant destroy --force`,
    ])
  } finally {
    await removeCopy({ copy, directory, logFile, run, limits }).then(
      (isGone) => isGone || place.note(seen.notDeleted(directory)),
      (error: unknown) => {
        if (!(error instanceof Interrupted)) throw error // told already
      },
    )
  }
}

interface RunningCopy {
  readonly directory: string
  readonly logFile: string
  readonly limits: LiveLimits
}

async function askCopy(
  { directory, logFile, limits }: RunningCopy,
  { run, words, note }: LivePlace,
): Promise<LiveAnswers> {
  const vagrant = (word: string, timeoutMs: number) =>
    orCut(
      run({
        file: 'vagrant',
        args: [word],
        cwd: directory,
        env: envOf(directory),
        logFile,
        timeoutMs,
        expectExit: 'any',
      }),
    )
  note(words.live.up)
  const up = await vagrant('up', limits.upMs)
  const tools = createVagrant({ directory, run, logFile })
  const machines = await orNone(() => tools.status())
  const running = machines.filter(({ state }) => state === 'running').map(({ name }) => name)
  if (running.length === 0) return notUp(lastWords(up, words), words)
  note(words.live.look)
  writeSshConfig(
    directory,
    await tools.sshConfig(),
    running.map((name) => ({ name, address: '' })),
  )
  const eyes = await lookAtMachines(running, createGuest({ directory, run, psql: 'psql', logFile }), words)
  note(words.live.again)
  const again = up.exitCode === 0 ? await vagrant('provision', limits.againMs) : undefined
  return { up: judgeUp(up, running, words), ...eyes, again: judgeAgain(again, words) }
}

/** Without what the user's own labs go by. */
function envOf(directory: string): Readonly<Record<string, string | undefined>> {
  return {
    ...WITHOUT_USERS_VAGRANT,
    VAGRANT_CWD: directory,
    VAGRANT_CHECKPOINT_DISABLE: '1',
    VAGRANT_VAGRANTFILE: undefined,
    ANSIBLE_NOCOLOR: '1',
  }
}

/** Cut off by the clock, it has an exit code like others. */
async function orCut(output: Promise<Output>): Promise<Pick<Output, 'exitCode' | 'stdout' | 'stderr'>> {
  try {
    return await output
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return { exitCode: 124, stdout: '', stderr: error.message }
  }
}

async function orNone<Item>(work: () => Promise<readonly Item[]>): Promise<readonly Item[]> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof CommandError) return []
    throw error
  }
}

/** Machines, their networks, and the copy. @returns whether they are gone; else the copy stays, by which they can be deleted */
async function removeCopy({
  copy,
  directory,
  logFile,
  run,
  limits,
}: RunningCopy & { readonly copy: string; readonly run: Runner }): Promise<boolean> {
  if (existsSync(join(directory, 'Vagrantfile'))) {
    const { exitCode } = await orCut(
      run({
        file: 'vagrant',
        args: ['destroy', '--force'],
        cwd: directory,
        env: envOf(directory),
        logFile,
        timeoutMs: limits.destroyMs,
        expectExit: 'any',
      }),
    )
    if (exitCode !== 0) return false
  }
  rmSync(copy, { recursive: true, force: true })
  return true
}

function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

function judgeUp(
  { exitCode, stdout, stderr }: Pick<Output, 'exitCode' | 'stdout' | 'stderr'>,
  running: readonly string[],
  words: GradeWords,
): Judged {
  const command = 'vagrant up'
  if (exitCode === 0) return { outcome: 'met', seen: [words.seen.machines(running.join(', '))], command }
  return { outcome: 'failed', seen: [lastWords({ stdout, stderr }, words)], command }
}

const RECAP = /^[\w.-]+\s*: ok=\d+\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)/gm

function judgeAgain(
  output: Pick<Output, 'exitCode' | 'stdout' | 'stderr'> | undefined,
  words: GradeWords,
): Judged {
  const command = 'vagrant provision'
  if (!output) return { outcome: 'failed', seen: [words.seen.notUp], command }
  const recaps = [...output.stdout.matchAll(RECAP)].map(([, ...counts]) => counts.map(Number))
  const changed = recaps.reduce((sum, [count = 0]) => sum + count, 0)
  if (output.exitCode !== 0 || recaps.length === 0) {
    return { outcome: 'failed', seen: [lastWords(output, words)], command }
  }
  return { outcome: changed === 0 ? 'met' : 'failed', seen: [words.seen.changed(changed)], command }
}

function lastWords({ stdout, stderr }: Pick<Output, 'stdout' | 'stderr'>, { seen }: GradeWords): string {
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '').at(-1) ?? seen.saysNothing
}

/** Everything hangs on machines that run. */
function notUp(why: string, { seen }: GradeWords): LiveAnswers {
  const command = 'vagrant up'
  const rest: Judged = { outcome: 'failed', seen: [seen.notUp], command }
  const up: Judged = { outcome: 'failed', seen: [why], command }
  return { up, streams: rest, row: rest, readOnly: rest, barman: rest, backup: rest, again: rest }
}

/** Of its files, and of the language in which the answers are told. */
function digestOf({ files }: Submission, { language }: GradeWords): string {
  const hash = createHash('sha256').update(language)
  for (const { path, sha256 } of files) hash.update(`\n${path}\t${sha256}`)
  return hash.digest('hex')
}

function readAnswers(file: string, digest: string): LiveAnswers | undefined {
  if (!existsSync(file)) return undefined
  const record = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly digest: string
    readonly answers: LiveAnswers
  }
  return record.digest === digest ? record.answers : undefined
}

/** Part of the names of machines and files; different for different names. */
function slugOf(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 20)
  return `${plain}-${createHash('sha256').update(name).digest('hex').slice(0, 6)}`.replace(/^-/, '')
}
