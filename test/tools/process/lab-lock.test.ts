import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { identityOf } from '../../../src/tools/process/groups.ts'
import { folderWith } from '../helpers.ts'

const FIXTURE = join(import.meta.dirname, 'fixtures/hold-lab.ts')

interface Program {
  readonly child: ChildProcess
  /** What it printed, when it has ended. */
  readonly ended: Promise<string>
  /** Resolves when it has printed this. */
  printed(text: string): Promise<void>
}

/** A process that takes the lab's lock and then runs this shell script. */
function holder(lab: string, script = 'exit 0'): Program {
  const child = spawn(process.execPath, ['--import', 'jiti/register', FIXTURE, lab, 'sh', '-c', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (bytes) => {
    output += bytes
  })
  const ended = new Promise<string>((resolve) => child.on('close', () => resolve(output)))
  const printed = async (text: string) => {
    while (!output.includes(text)) await wait(20)
  }
  return { child, ended, printed }
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const lockOf = (lab: string) => join(lab, '.pg-lab/lock')
const pidIn = (text: string, word: string) => Number(new RegExp(`${word} (\\d+)`).exec(text)?.[1])

/** A lab with the lock of somebody. */
function labLockedBy(holder: Record<string, unknown>, ...more: string[]): string {
  const head = JSON.stringify({
    id: 'c0ffee',
    command: 'up',
    host: hostname(),
    since: '2026-01-01',
    ...holder,
  })
  return folderWith({ '.pg-lab/lock': [head, ...more, ''].join('\n') })
}

/** Says its number, and stays. */
const STAY = 'echo tool $$; exec sleep 60'

describe('the lock of a lab', { timeout: 180_000 }, () => {
  test('is one process long, and leaves nothing', async () => {
    const lab = folderWith()
    const first = holder(lab, STAY)
    await first.printed('tool')
    expect(await holder(lab).ended).toBe(`blocked by up ${first.child.pid}\n`)
    first.child.kill('SIGINT')
    expect(await first.ended).toContain('Interrupted')
    expect(readdirSync(join(lab, '.pg-lab'))).toEqual([])
    expect(await holder(lab).ended).toBe('took it\n')
  })

  test('is taken over from who was killed, with what he left running', async () => {
    const lab = folderWith()
    const first = holder(lab, `sh -c 'trap "" INT; echo tool $$; while :; do sleep 0.1; done'; exit 0`)
    await first.printed('tool')
    first.child.kill('SIGKILL')
    const tool = pidIn(await first.ended, 'tool')
    expect(identityOf(tool)).toBeDefined()
    expect(await holder(lab).ended).toBe(`ends what ${first.child.pid} left\ntook it\n`)
    expect(identityOf(tool)).toBeUndefined()
  })

  test('is taken over when another process has the number of its holder now', async () => {
    const lab = labLockedBy({ pid: process.pid, identity: 'long ago' })
    expect(await holder(lab).ended).toBe('took it\n')
  })

  test('spares a process that has the number of a tool now', async () => {
    const stranger = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
    const group = JSON.stringify({ leader: stranger.pid, identity: 'long ago' })
    expect(await holder(labLockedBy({ pid: 0, identity: '' }, group)).ended).toBe('took it\n')
    expect(identityOf(Number(stranger.pid))).toBeDefined()
    stranger.kill()
  })

  test('of another computer is believed', async () => {
    const lab = labLockedBy({ pid: 1, identity: '', host: 'elsewhere' })
    expect(await holder(lab).ended).toBe('blocked by up 1\n')
  })

  test.each(['', 'rubbish', '{}'])('that reads %j belongs to nobody', async (text) => {
    const lab = folderWith({ '.pg-lab/lock': text })
    expect(await holder(lab).ended).toBe('took it\n')
  })

  test('goes to one of many who find its holder dead', async () => {
    const lab = labLockedBy({ pid: 0, identity: '' })
    const many = Array.from({ length: 5 }, () => holder(lab, STAY))
    const isDecided = () => many.filter(({ child }) => child.exitCode === 2).length === many.length - 1
    while (!isDecided()) await wait(20)
    const [winner] = many.filter(({ child }) => child.exitCode === null)
    await winner?.printed('tool')
    expect(readFileSync(lockOf(lab), 'utf8')).toContain(`"pid":${winner?.child.pid},`)
    winner?.child.kill('SIGINT')
    await winner?.ended
    expect(readdirSync(join(lab, '.pg-lab'))).toEqual([])
  })

  test('outlives a successor who is killed as well, with all that both left', async () => {
    const lab = folderWith()
    const first = holder(lab, `trap "" INT TERM; echo tool $$; while :; do sleep 0.1; done`)
    await first.printed('tool')
    first.child.kill('SIGKILL')
    const tool = pidIn(await first.ended, 'tool')
    const second = holder(lab) // INT and TERM take a second and more: it waits, and is killed meanwhile
    await second.printed('ends what')
    second.child.kill('SIGKILL')
    await second.ended
    expect(readFileSync(lockOf(lab), 'utf8')).toContain(`"leader":${tool},`)
    process.kill(-tool, 'SIGKILL')
    expect(await holder(lab).ended).toBe('took it\n')
    expect(existsSync(lockOf(lab))).toBe(false)
  })
})

test('a lock that cannot be written says so to its caller', async () => {
  const lab = folderWith()
  mkdirSync(join(lab, '.pg-lab'))
  writeFileSync(join(lab, 'file'), '')
  const { lockLab } = await import('../../../src/tools/process/lab-lock.ts')
  await expect(lockLab(join(lab, 'file'), 'up', () => {})).rejects.toMatchObject({ code: 'ENOTDIR' })
})
