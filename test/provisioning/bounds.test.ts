import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

/** What copies all the data, or waits for WAL: it may take as long as the network or an idle server lets it. */
const LONG = /pg_basebackup|pg_rewind|'?barman'?,? '?(backup|restore|recover)\b/

interface Task {
  readonly name?: string
  readonly 'ansible.builtin.command'?: { readonly argv?: string | readonly string[] }
  readonly block?: readonly Task[]
  readonly rescue?: readonly Task[]
}

function commandsOf(tasks: readonly Task[]): readonly string[] {
  return tasks.flatMap((task) => {
    const argv = task['ansible.builtin.command']?.argv ?? []
    const own = typeof argv === 'string' ? argv : argv.join(' ')
    return [own, ...commandsOf(task.block ?? []), ...commandsOf(task.rescue ?? [])]
  })
}

const files = (folder: string, name: RegExp) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`)

test('no role copies data without a limit of time', () => {
  const commands = files('provisioning/roles', /\.yml$/)
    .map((file) => parse(readFileSync(file, 'utf8')))
    .filter((tasks) => Array.isArray(tasks))
    .flatMap(commandsOf)
    .filter((command) => LONG.test(command))
  expect(commands.length).toBeGreaterThan(3)
  expect(commands.filter((command) => !/^(\{\{ \[')?timeout\b/.test(command))).toEqual([])
  const crontab = readFileSync('provisioning/roles/backup/templates/cron.j2', 'utf8')
  expect(crontab.split('\n').filter((line) => / backup /.test(line) && !/ timeout /.test(line))).toEqual([])
})

// Barman 3.13's `backup --wait` was seen to wait without end.
test('nobody is told to wait for a backup without a limit', () => {
  const texts = ['src', 'provisioning', 'docs', 'templates'].flatMap((folder) =>
    files(folder, /\.(ts|yml|md|ejs|j2)$/),
  )
  const lines = ['README.md', ...texts].flatMap((file) => readFileSync(file, 'utf8').split('\n'))
  const commands = lines.filter(
    (line) => !line.trimStart().startsWith('*') && /--wait'|barman backup .*--wait\b/.test(line),
  )
  expect(commands.length).toBeGreaterThan(0)
  expect(commands.filter((line) => !line.includes('--wait-timeout'))).toEqual([])
})
