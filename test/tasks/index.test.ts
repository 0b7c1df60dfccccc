import { spawnSync } from 'node:child_process'
import { PassThrough } from 'node:stream'
import { describe, expect, test, vi } from 'vitest'
import { isPlain, runTask, runTasks, type Task, valueTask } from '../../src/tasks/index.ts'

/** Runs tasks in plain mode; clock times and seconds are taken out of the lines. */
async function plain(tasks: readonly Task[]): Promise<{ lines: string[]; raw: string; error: unknown }> {
  const out = new PassThrough()
  const error = await runTasks(tasks, { plain: true, out }).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  const raw = String(out.read() ?? '')
  const lines = raw
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/^\d\d:\d\d:\d\d {2}/, '').replace(/\d+ s$/, 'n s'))
  return { lines, raw, error }
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

describe('a task with a value', () => {
  const options = { plain: true, out: new PassThrough() }

  test('gives it to the tasks after it, and when all have run', async () => {
    const count = valueTask('Count', async () => ({ value: 3, said: '3 machines' }))
    const double = valueTask('Double', async () => ({ value: 2 * (await count.value) }))
    const { lines } = await plain([count, double])
    expect(lines).toEqual(['… Count', '✔ Count · 3 machines · n s', '… Double', '✔ Double · n s'])
    expect(await double.value).toBe(6)
  })

  test('gives it alone', async () => {
    expect(
      await runTask(
        valueTask('Count', async () => ({ value: 3 })),
        options,
      ),
    ).toBe(3)
  })

  test('has none where it fails', async () => {
    const failing = valueTask<number>('Count', async () => {
      throw new Error('no machine')
    })
    await expect(runTask(failing, options)).rejects.toThrow('no machine')
  })
})

describe('plain lines', () => {
  test('say what begins, what it is at, and how it ended', async () => {
    const { lines, raw, error } = await plain([
      { title: 'Check this computer', run: async () => {} },
      {
        title: 'Start the machines',
        run: async ({ note }) => {
          note('master: Booting')
          return '3 machines'
        },
      },
      { title: 'Take a backup', skip: () => 'there is one', run: async () => 'never' },
    ])
    expect(error).toBeUndefined()
    expect(lines).toEqual([
      '… Check this computer',
      '✔ Check this computer · n s',
      '… Start the machines',
      '… Start the machines · master: Booting',
      '✔ Start the machines · 3 machines · n s',
      '↓ Take a backup · there is one',
    ])
    expect(raw).toMatch(/^(\d\d:\d\d:\d\d {2}\S .*\n)+$/)
  })

  test('name the way to a step', async () => {
    const { lines } = await plain([
      { title: 'Fail over', tasks: async () => [{ title: 'Promote', run: async () => {} }] },
    ])
    expect(lines).toEqual([
      '… Fail over',
      '… Fail over › Promote',
      '✔ Fail over › Promote · n s',
      '✔ Fail over · n s',
    ])
  })

  test('pass on one note a host in five seconds, the newest', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
    const { lines } = await plain([
      {
        title: 'Provision',
        run: async ({ note }) => {
          note('master: Install · 1/9')
          note('slave: Install · 1/9')
          note('master: Configure · 2/9')
          note('master: Start · 3/9')
          vi.advanceTimersByTime(5_000)
          note('slave: Start · 3/9')
          note('slave: Clone · 4/9')
        },
      },
    ])
    vi.useRealTimers()
    expect(lines.slice(1, -1)).toEqual([
      '… Provision · master: Install · 1/9',
      '… Provision · slave: Install · 1/9',
      '… Provision · master: Start · 3/9',
      '… Provision · slave: Start · 3/9',
    ])
  })

  test('carry no escape sequences and no line ends of tools', async () => {
    const { raw } = await plain([
      { title: 'Run', run: async ({ note }) => note('m: \u001b[2Jred\nnext\u0007') ?? 'ok\u001b[1m' },
    ])
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
    expect(raw).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
    expect(raw.split('\n')).toHaveLength(4)
  })
})

describe('a failure', () => {
  const boom = new Error('boom')

  test('ends the list and is thrown as it was', async () => {
    const { lines, error } = await plain([
      {
        title: 'Provision',
        run: async () => {
          throw boom
        },
      },
      { title: 'Verify', run: async () => {} },
    ])
    expect(error).toBe(boom)
    expect(lines).toEqual(['… Provision', '✖ Provision · n s'])
  })

  test('of a step fails the task it belongs to', async () => {
    const failing: Task = { title: 'Promote', run: () => Promise.reject(boom) }
    const { lines, error } = await plain([
      { title: 'Fail over', tasks: [failing, { title: 'Rejoin', run: async () => {} }] },
    ])
    expect(error).toBe(boom)
    expect(lines).toEqual([
      '… Fail over',
      '… Fail over › Promote',
      '✖ Fail over › Promote · n s',
      '✖ Fail over · n s',
    ])
  })

  test('in a concurrent group waits for the others, and the first one counts', async () => {
    const done: string[] = []
    const step = (title: string, ms: number, error?: Error): Task => ({
      title,
      run: async () => {
        await wait(ms)
        done.push(title)
        if (error) throw error
      },
    })
    const tasks = [step('slow', 60), step('late', 40, new Error('second')), step('early', 5, boom)]
    const { error, lines } = await plain([
      { title: 'Start', concurrent: true, tasks },
      { title: 'Verify', run: async () => void done.push('verify') },
    ])
    expect(error).toBe(boom)
    expect(done).toEqual(['early', 'late', 'slow'])
    expect(lines.at(-1)).toBe('✖ Start · n s')
  })

  test('of a skip condition or of listing the steps is one too', async () => {
    expect((await plain([{ title: 'A', skip: () => Promise.reject(boom) }])).error).toBe(boom)
    expect((await plain([{ title: 'B', tasks: () => Promise.reject(boom) }])).error).toBe(boom)
  })
})

test.each([
  [{}, true, false],
  [{ CI: '' }, true, false],
  [{ CI: 'false' }, true, false],
  [{ CI: 'true' }, true, true],
  [{ TERM: 'dumb' }, true, true],
  [{}, false, true],
  [{}, undefined, true],
])('isPlain %j, a terminal: %s → %s', (env, isTTY, expected) => {
  expect(isPlain(env, { isTTY })).toBe(expected)
})

const tmux = (...args: string[]) => spawnSync('tmux', ['-L', 'pg-lab-test', ...args], { encoding: 'utf8' })

/** Runs the fixture in a terminal of 80×24; returns each different picture of it, and the state at the end. */
async function live(argument: string) {
  const program = `env -u CI TERM=xterm-256color ${process.execPath} --import jiti/register test/fixtures/live-tasks.ts`
  tmux('new-session', '-d', '-s', argument, '-x', '80', '-y', '24', `${program} ${argument}; sleep 20`)
  const pictures: string[] = []
  try {
    while (!pictures.at(-1)?.includes('\n\n')) {
      await wait(50)
      const picture = tmux('capture-pane', '-p', '-S', '-', '-t', argument).stdout.trim()
      if (picture !== '' && picture !== pictures.at(-1)) pictures.push(picture)
    }
    return { pictures, cursor: tmux('display', '-p', '-t', argument, '#{cursor_flag}').stdout.trim() }
  } finally {
    tmux('kill-session', '-t', argument)
  }
}

describe.runIf(tmux('-V').status === 0)('the live list', { timeout: 60_000 }, () => {
  test('moves in one place and leaves a summary', async () => {
    const { pictures, cursor } = await live('ok')
    expect(
      pictures.at(-1)?.replace(/\b\d s/g, 'n s'),
    ).toBe(`✔ Check this computer  docker, because it is installed
↓ Write the files  nothing has changed
✔ Start the machines  n s
✔ Provision  3 hosts, 12 changes · n s
✔ Verify  all 42 checks passed

The lab is up.`)
    expect(cursor).toBe('1')
    const atWork = pictures.find((picture) => / 1 s {2}slave: .*… · \d+\/40$/m.test(picture)) ?? ''
    expect(atWork.split('\n').every((line) => line.length <= 80)).toBe(true)
    expect(atWork).toMatch(/^◼ Verify$/m)
    expect(pictures.some((picture) => /^ {2}✔ slave$/m.test(picture))).toBe(true)
    expect(Math.max(...pictures.map((picture) => picture.split('\n').length))).toBeLessThanOrEqual(8)
  })

  test('shows where it failed, and nothing of the error', async () => {
    const { pictures, cursor } = await live('fail')
    expect(
      pictures.at(-1)?.replace(/\b\d s/g, 'n s'),
    ).toBe(`✔ Check this computer  docker, because it is installed
↓ Write the files  nothing has changed
✖ Start the machines  n s
  ✔ master  n s
  ✖ slave
  ✔ backup
◼ Provision
◼ Verify

slave does not boot`)
    expect(cursor).toBe('1')
  })
})
