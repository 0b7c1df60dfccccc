import { spawnSync } from 'node:child_process'
import { chownSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRunner } from '../../src/tools/process/run.ts'
import { createGuest } from '../../src/tools/ssh/ssh-guest.ts'
import { folderWith, scriptedTools } from '../tools/helpers.ts'

/** What sshd and sudo do, on this computer. */
const SSH = '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec sh -c "$*"\n'
const SUDO = '#!/bin/sh\nwhile [ "$1" != -- ]; do shift; done\nshift\nexec "$@"\n'

/** A server of this computer's newest PostgreSQL, without a port, and a guest that reaches it as one of the lab's. */
export function realPostgres() {
  const versions = readdirSync('/usr/lib/postgresql').sort((one, other) => Number(other) - Number(one))
  const programs = `/usr/lib/postgresql/${versions[0]}/bin`
  const folder = mkdtempSync(join(tmpdir(), 'pg-lab-server-'))
  const data = join(folder, 'data')
  const isRoot = process.getuid?.() === 0

  /** Runs as postgres: root may not run a server. */
  const asPostgres = (program: string, ...args: string[]): string => {
    const user = isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : []
    const [file = '', ...words] = [...user, join(programs, program), ...args]
    const { status, stdout, stderr } = spawnSync(file, words, {
      cwd: folder,
      encoding: 'utf8',
      timeout: 60_000,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    if (status !== 0) throw new Error(`${program}: ${stderr}`)
    return stdout
  }

  const env = scriptedTools({ ssh: SSH, sudo: SUDO })
  const run = createRunner()
  const guest = createGuest({
    directory: folderWith(),
    psql: join(programs, 'psql'),
    run: (command) =>
      run({ ...command, env: { ...command.env, ...env, PGHOST: folder, PGUSER: 'postgres' } }),
  })
  const options = `-c listen_addresses= -c fsync=off -c unix_socket_directories=${folder}`
  return {
    guest,
    data,
    run,
    create: () => {
      if (isRoot) {
        const id = Number(spawnSync('id', ['-u', 'postgres'], { encoding: 'utf8' }).stdout)
        chownSync(folder, id, id)
      }
      asPostgres('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-N')
    },
    start: () => asPostgres('pg_ctl', '-D', data, '-w', '-l', join(folder, 'log'), '-o', options, 'start'),
    /** One session, which does not suffer from what it sets. */
    sql: (...statements: readonly string[]) => {
      const words = statements.flatMap((statement) => ['-c', statement])
      return asPostgres('psql', '-X', '-q', '-h', folder, '-U', 'postgres', '-d', 'postgres', ...words)
    },
    signal: (name: 'SIGSTOP' | 'SIGCONT') =>
      process.kill(Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0]), name),
    stop: () => asPostgres('pg_ctl', '-D', data, '-w', '-m', 'immediate', 'stop'),
    remove: () => rmSync(folder, { recursive: true }),
  }
}
