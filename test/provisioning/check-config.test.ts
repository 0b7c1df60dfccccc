import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { folderWith, scriptedTools } from '../tools/helpers.ts'

const [major = ''] = readdirSync('/usr/lib/postgresql').sort((one, other) => Number(other) - Number(one))
const programs = `/usr/lib/postgresql/${major}/bin`
/** Who is not root cannot become the server's user, and need not: a server runs as anybody else. */
const tools = scriptedTools(
  process.getuid?.() === 0 ? {} : { runuser: '#!/bin/sh\nshift 3\nexec "$@"\n', chown: '#!/bin/sh\n' },
)

function check(lines: readonly string[], runsWith: readonly string[] = []) {
  const folder = folderWith({ new: `${lines.join('\n')}\n`, running: `${runsWith.join('\n')}\n` })
  const script = resolve('provisioning/roles/postgres/files/check-config.sh')
  const args = [script, programs, major, join(folder, 'new'), join(folder, 'running')]
  const done = spawnSync('sh', args, { encoding: 'utf8', env: { ...process.env, PATH: tools.PATH } })
  return { ...done, keeps: readdirSync(folder).sort() }
}

test('a configuration that PostgreSQL starts with passes', () => {
  const lines = [
    "shared_buffers = '16MB'",
    "shared_preload_libraries = 'pg_stat_statements'",
    "app.stage = 'x'",
  ]
  // The one before it is kept for the case that the server does not start all the same.
  expect(check(lines)).toMatchObject({ status: 0, stderr: '', keeps: ['new', 'running', 'running.before'] })
})

test('a library is looked for where the server would', () => {
  const plugins = folderWith({ 'mine.so': '' })
  const path = (folders: string) => `dynamic_library_path = '${folders}'`
  const load = "session_preload_libraries = 'mine'"
  expect(check([path(`$libdir:${plugins}`), load]).status).toBe(0)
  expect(check([path('$libdir'), load]).stderr).toMatch(/there is no \S+\/lib\/mine\.so/)
  // What every session may load lies apart, whatever that path says.
  const local = check([path(plugins), "local_preload_libraries = 'mine'"])
  expect(local.stderr).toMatch(/there is no \S+\/lib\/plugins\/mine\.so/)
  expect(check(["local_preload_libraries = '$libdir/auto_explain'"]).status).toBe(0)
})

test.each([
  ['a name that is none', 'no_such_setting = 1', /unrecognized configuration parameter "no_such_setting"/],
  ['a value of the wrong kind', "work_mem = 'much'", /invalid value for parameter "work_mem": "much"/],
  ['a line that is none', 'a b c', /syntax error/],
  [
    'a library that is not there',
    "shared_preload_libraries = 'pg_stat_statements, no_such'",
    /^shared_preload_libraries: there is no \S+\/lib\/no_such\.so\. Install the package that brings it/,
  ],
  ['one that every session loads', "session_preload_libraries = '$libdir/no_such'", /\/lib\/no_such\.so/],
  ['a value out of bounds', "shared_buffers = '9TB'", /outside the valid range/],
  ['more memory than there can be', "shared_buffers = '7TB'", /could not map anonymous shared memory/],
])('%s is told before the file is installed', (_, line, why) => {
  const { status, stderr, keeps } = check([line])
  expect([status, stderr, keeps]).toEqual([1, expect.stringMatching(why), ['new', 'running']])
})

test('huge pages that the server holds are not asked for twice', () => {
  expect(check(['huge_pages = on'], ['huge_pages = on']).status).toBe(0)
})
