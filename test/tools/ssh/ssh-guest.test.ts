import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRunner } from '../../../src/tools/process/run.ts'
import type { Runner } from '../../../src/tools/runner.ts'
import { createGuest } from '../../../src/tools/ssh/ssh-guest.ts'
import { commandError, folderWith, master, scriptedTools } from '../helpers.ts'

/** What sshd does: the words after the host become one string, and the login shell reads it. */
const SSH = '#!/bin/sh\nshift 4\nexec sh -c "$*"\n'
const SUDO = '#!/bin/sh\necho "sudo $* in $PWD"\n'

/** A runner that finds scripts in place of tools. */
function runnerWith(scripts: Record<string, string>): Runner {
  const env = scriptedTools(scripts)
  const run = createRunner()
  return (command) => run({ ...command, env: { ...command.env, ...env } })
}

const guestWith = (scripts: Record<string, string>) =>
  createGuest({ directory: folderWith(), run: runnerWith(scripts), psql: 'psql' })

/** A psql that prints its input and arguments as one row. */
const PSQL_ECHO = `#!/bin/sh
while [ "$1" != psql ]; do shift; done
printf '%s' "$*" > "$OUT/argv"; cat > "$OUT/sql"; echo '[{"a": 1}]'
`

describe('shell', { timeout: 60_000 }, () => {
  // Those whose quotes differ are among them.
  test.each(['sh', 'bash', 'tcsh', 'fish'])('brings every word through ssh as it is to %s', async (login) => {
    const guest = guestWith({ ssh: SSH.replace('exec sh', `exec ${login}`) })
    for (const words of [
      ['a\nb', '!x', "it's", '\\', '\\\\', '$HOME', '=x', '~', 'привет'],
      ["it's !"],
      [''],
    ]) {
      const { stdout } = await guest.shell(master, ['printf', '%s\\0', ...words])
      expect(stdout.split('\0').slice(0, -1)).toEqual(words)
    }
    const word = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', ''))
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 8 }), async (words) => {
        const { stdout } = await guest.shell(master, ['printf', '%s\\0', ...words])
        expect(stdout.split('\0').slice(0, -1)).toEqual(words)
      }),
      { numRuns: 40 },
    )
  })

  test.each(['sh', 'bash', 'tcsh', 'fish'])(
    '%s gives way to a command that ends its whole group',
    async (login) => {
      const guest = guestWith({ ssh: SSH.replace('exec sh', `exec ${login}`) })
      const { exitCode } = await guest.shell(master, ['bash', '-c', "trap 'exit 5' TERM\nkill 0\nsleep 5"])
      expect(exitCode).toBe(5)
    },
  )

  test('leaves out of the log what is not for it, and gives it back all the same', async () => {
    const directory = folderWith()
    const logFile = join(directory, 'ssh.log')
    const guest = createGuest({ directory, run: runnerWith({ ssh: SSH }), psql: 'psql', logFile })
    expect((await guest.shell(master, ['echo', 'long'], { unlogged: true })).stdout).toBe('long\n')
    expect(existsSync(logFile)).toBe(false)
    await guest.shell(master, ['echo', 'short'])
    expect(readFileSync(logFile, 'utf8')).toContain('short')
  })

  test('acts as another user from a folder that user may enter', async () => {
    const guest = guestWith({ ssh: SSH, sudo: SUDO })
    const said = async (as: 'root' | 'barman') =>
      (await guest.shell(master, ['barman', 'check'], { as })).stdout
    expect(await said('barman')).toBe('sudo -n -H -u barman -- barman check in /\n')
    expect(await said('root')).toBe('sudo -n -H -- barman check in /\n')
  })

  test('passes input on, and takes any exit code for a result', async () => {
    const guest = guestWith({ ssh: SSH })
    for (const script of ['cat; exit 4', '# wholly!\ncat; exit 4']) {
      const output = await guest.shell(master, ['sh', '-c', script], { stdin: 'text' })
      expect(output).toMatchObject({ exitCode: 4, stdout: 'text' })
    }
  })

  test('takes what the login user’s own files print for no word of the command', async () => {
    const noisy = '#!/bin/sh\nprintf "Welcome to db-1\\nYou have mail. "; shift 4\nexec sh -c "$*"\n'
    const guest = guestWith({ ssh: noisy })
    const lines: string[] = []
    const { stdout } = await guest.shell(master, ['printf', 'a\nb\n'], { onLine: (line) => lines.push(line) })
    expect([stdout, lines]).toEqual(['a\nb\n', ['a', 'b']])
  })

  test('takes what ssh says of a shared connection for no word of the command', async () => {
    const busy = 'ControlSocket c0ffee already exists, disabling multiplexing\r\n'
    const guest = guestWith({ ssh: `#!/bin/sh\nprintf '${busy}' >&2\nshift 4\nexec sh -c "$*"\n` })
    const output = await guest.shell(master, ['sh', '-c', 'echo no such folder >&2; exit 1'])
    expect(output).toMatchObject({ exitCode: 1, stderr: 'no such folder\n' })
  })

  test('says which machine it cannot reach, and what to do', async () => {
    const guest = guestWith({
      ssh: '#!/bin/sh\necho "ssh: connect to host 127.0.0.1: Connection refused" >&2; exit 255\n',
    })
    const error = await commandError(guest.shell(master, ['uptime']))
    expect(error.message).toBe('master cannot be reached: ssh: connect to host 127.0.0.1: Connection refused')
    expect(error.hint).toContain('npx create-pg-lab up')
    expect(error.command).toBe('ssh -F .pg-lab/ssh_config master -- uptime')
  })
})

describe('SQL', { timeout: 60_000 }, () => {
  /** Runs against the scripted psql; returns what reached it. */
  async function asked(sql: string, database?: string) {
    const OUT = folderWith()
    const run = runnerWith({ ssh: SSH, sudo: PSQL_ECHO })
    const guest = createGuest({
      directory: OUT,
      psql: 'psql',
      run: (command) => run({ ...command, env: { ...command.env, OUT } }),
    })
    const rows = await guest.rows(master, sql, database)
    const { readFileSync } = await import('node:fs')
    return { rows, sql: readFileSync(`${OUT}/sql`, 'utf8'), argv: readFileSync(`${OUT}/argv`, 'utf8') }
  }

  test('goes by stdin and comes back as rows', async () => {
    const { rows, sql, argv } = await asked("SELECT 'it''s' AS a -- all;", 'otus')
    expect(rows).toEqual([{ a: 1 }])
    expect(argv).toBe('psql -X -q -A -t -v ON_ERROR_STOP=1 -d otus')
    expect(sql).toContain("SET client_encoding = 'UTF8';\n")
    expect(sql.slice(sql.indexOf('SELECT coalesce'))).toBe(
      "SELECT coalesce(json_agg(row_to_json(q)), '[]') FROM (\nSELECT 'it''s' AS a -- all\n) q;\n",
    )
  })

  test('reaches a database whose name looks like a connection string', async () => {
    expect((await asked('SELECT 1', "host=evil'\\")).argv).toMatch(/-d dbname='host=evil\\'\\\\'$/)
  })

  test('that fails gives PostgreSQL’s own words', async () => {
    const stderr = 'psql:<stdin>:2: ERROR:  relation "dz" does not exist\nLINE 2: SELECT * FROM dz'
    const guest = guestWith({ ssh: `#!/bin/sh\ncat >/dev/null; echo '${stderr}' >&2; exit 3\n` })
    const error = await commandError(guest.execute(master, 'SELECT * FROM dz'))
    expect(error.message).toBe('master: relation "dz" does not exist')
    expect(error.lastLines.at(-1)).toContain('LINE 2')
    expect(error.hint).toBeUndefined()
  })

  test('where PostgreSQL is not installed says so', async () => {
    const guest = guestWith({ ssh: '#!/bin/sh\necho "sudo: unknown user postgres" >&2; exit 1\n' })
    const error = await commandError(guest.rows(master, 'SELECT 1'))
    expect(error.message).toBe('master: sudo: unknown user postgres')
    expect(error.hint).toContain('npx create-pg-lab up')
  })

  test('without a server asks whether it runs', async () => {
    const stderr =
      'psql: error: connection to server on socket "/run/.s.PGSQL.5432" failed: No such file or directory'
    const guest = guestWith({ ssh: `#!/bin/sh\necho '${stderr}' >&2; exit 2\n` })
    const error = await commandError(guest.rows(master, 'SELECT 1'))
    expect(error.message).toMatch(
      /^master: connection to server on socket .* failed: No such file or directory$/,
    )
    expect(error.hint).toContain('npx create-pg-lab logs')
  })
})
