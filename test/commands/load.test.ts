import { describe, expect, it } from 'vitest'
import { asTyped } from '../support/any-shell.ts'
import { answerOf } from '../support/fake-lab.ts'
import { labFolder, program } from './program.ts'
import { speakingRun } from './speaking-run.ts'

const PGBENCH = `transaction type: <builtin: TPC-B (sort of)>\r
number of transactions actually processed: 593\r
latency average = 6.519 ms\r
tps = 197.791077 (without initial connection time)\r
`

const state = (in_recovery: boolean) => ({ stdout: JSON.stringify([answerOf({ in_recovery })]) })
const senders = {
  stdout: JSON.stringify([{ client_addr: '192.168.11.151', bytes: 2048, seconds: 0.004 }]),
}

function hosts(pgbench: object) {
  return {
    master: (words: string, stdin: string) => {
      if (words.includes('pgbench')) return pgbench
      return stdin.includes('pg_stat_replication') ? senders : state(false)
    },
    slave: () => state(true),
  }
}

describe('pg-lab load', () => {
  it('loads the primary, and says how far the standbys were behind', async () => {
    const { run, commands } = speakingRun(hosts({ stdout: PGBENCH }))
    const { exitCode, stdout } = await program(['load', '--rate', '20', '--seconds', '3'], {
      cwd: labFolder(),
      run,
    })
    expect(exitCode).toBe(0)
    expect(stdout).toContain('593 transactions, 198 a second, 6.5 ms each')
    expect(stdout).toContain('slave was at most 2.0 kB and 4 ms behind')
    const [load] = commands.filter(({ args }) => asTyped(args.at(-1)).includes('pgbench'))
    expect(load?.args).toContain('-tt') // or it would run on when we are gone
    expect(asTyped(load?.args.at(-1))).toMatch(/ load\.sh otus 20 3 student 20"?$/)
    expect(load?.timeoutMs).toBe(63_000)
  })

  it.each([
    [['--rate', '0'], '--rate 0 is out of bounds'],
    [['--seconds', '9999'], '--seconds 9999 is out of bounds'],
  ])('is bounded: %s', async (flags, message) => {
    const { exitCode, stderr } = await program(['load', ...flags], { cwd: labFolder() })
    expect(exitCode).toBe(2)
    expect(stderr).toContain(message)
  })

  it('does not begin a second one', async () => {
    const { run } = speakingRun(hosts({ exitCode: 75 }))
    const { exitCode, stderr } = await program(['load'], { cwd: labFolder(), run })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('A load is already running on master')
  })

  it.each([
    [{ exitCode: 127, stdout: 'bash: pgbench: command not found\r\n' }, 'master has no pgbench'],
    [{ exitCode: 2, stdout: 'pgbench: error: no\r\n' }, 'pgbench failed on master with exit code 2'],
  ])('tells why pgbench failed', async (output, message) => {
    const { run } = speakingRun(hosts(output))
    const { exitCode, stderr } = await program(['load'], { cwd: labFolder(), run })
    expect(exitCode).toBe(3)
    expect(stderr).toContain(message)
  })

  it('needs one primary', async () => {
    const { run } = speakingRun({ slave: () => state(true) })
    const { exitCode, stderr } = await program(['load'], { cwd: labFolder(), run })
    expect(exitCode).toBe(2)
    expect(stderr).toContain('not exactly one primary')
  })
})
