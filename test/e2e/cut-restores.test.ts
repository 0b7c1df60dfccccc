import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { failures, type Result, TestLab } from './support.ts'

/* A restore in place that is killed before each task that moves data, and repeated: nothing that was there is lost. */
const lab = TestLab.create(
  'cut-restores',
  `
export default {
  name: 'cut-restores',
  provider: 'docker',
  os: 'debian-12',
  network: { subnet: '10.97.96.0/24' },
  master: { address: '10.97.96.11' },
  slaves: [{ name: 'slave', address: '10.97.96.12' }],
  backup: { address: '10.97.96.13' },
}
`,
)
const DATA = '/var/lib/postgresql/15/main'

/** Ansible loads it from the lab's folder. It ends the run, as a power cut would, before a task of a play. */
const CUTTER = `
import os, signal
from ansible.plugins.callback import CallbackBase

class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "cutter"

    def v2_playbook_on_play_start(self, play):
        self.play = play.get_name()

    def v2_playbook_on_task_start(self, task, is_conditional):
        play, _, name = os.environ.get("CUT_BEFORE", "").partition(" / ")
        if play == self.play and task.get_name().split(" : ")[-1] == name:
            open("cut", "w").close()
            os.kill(os.getpid(), signal.SIGKILL)
`
const OVER = "Put the restored data in the place of the primary's"

let moment = ''

function restore(...args: string[]): Result {
  return lab.run('restore', '--to', moment, '--in-place', ...args)
}

function cutBefore(task: string): void {
  process.env.CUT_BEFORE = task
  const { status, stdout, stderr } = restore('--over', 'master', '--yes')
  delete process.env.CUT_BEFORE
  const mark = join(lab.directory, 'cut')
  const isCut = existsSync(mark)
  rmSync(mark, { force: true })
  if (status !== 3 || !isCut)
    throw new Error(`not cut before ${task}: ended with ${status}\n${stdout}\n${stderr}`)
}

/** The data directories of a node, by what they are called: inode numbers. */
function copies(node: string): Record<string, string> {
  const listed = lab.ask(
    node,
    '',
    `for data in ${DATA} ${DATA}.before-restore*; do stat -c '%n %i' $data; done`,
  )
  const pairs = listed.trim().split('\n').filter(Boolean)
  return Object.fromEntries(
    pairs.map((line) => line.replace(`${DATA}`, 'main').split(' ') as [string, string]),
  )
}

/** The rows of a copy, read from a copy of that. */
function rowsIn(name: string): string[] {
  const look = '/var/tmp/look'
  const said = lab.ask(
    'master',
    'SELECT v FROM dz\n',
    `rm -rf ${look} && cp -a ${name.replace('main', DATA)} ${look} && cd / &&
      setpriv --reuid=postgres --regid=postgres --clear-groups /usr/lib/postgresql/15/bin/postgres --single -D ${look} -c config_file=/dev/null otus`,
  )
  return [...said.matchAll(/v = "([^"]*)"/g)].map(([, v = '']) => v)
}

const insert = (v: string) => lab.sql('master', `INSERT INTO dz (v) VALUES ('${v}')`, 'otus')

beforeAll(() => {
  lab.must('up')
  writeFileSync(join(lab.directory, 'provisioning/support/callback_plugins/cutter.py'), CUTTER)
  insert('before')
  moment = lab.sql('master', 'SELECT now()')
  insert('after')
})

afterAll(() => lab.remove())

let seen: Record<string, string> = {}

/** What a step before has seen under whatever name is there still. */
function expectAllKept(): void {
  const now = { ...copies('master') }
  expect(Object.values(now)).toEqual(expect.arrayContaining(Object.values(seen)))
  seen = now
}

it('before the old data is set aside: it is where it was', () => {
  seen = copies('master')
  cutBefore(`${OVER} / Set the data directory aside`)
  expect(copies('master')).toEqual(seen)
  const other = restore('--over', 'slave', '--yes')
  expect(other.status).toBe(2)
  expect(other.stderr).toContain('master was no standby when it stopped: what only master has would be lost')
})

it('when there is nothing in its place: the server is to be named, and the original stays', () => {
  cutBefore(`${OVER} / Put the new data directory in its place`)
  expect(copies('master')).toEqual({ 'main.before-restore': seen.main })
  const unnamed = restore('--yes')
  expect(unnamed.status).toBe(2)
  expect(unnamed.stderr).toContain('No primary answers: say over which server')
  expectAllKept()
})

it('before the restored data is started: the original stays', () => {
  cutBefore(`${OVER} / Start PostgreSQL`)
  expect(copies('master')['main.before-restore']).toBe(seen['main.before-restore'])
  expectAllKept()
})

it('before the standby makes room: so does what was restored first', () => {
  cutBefore('Make room for new standbys / Set the data directory aside')
  expectAllKept()
  insert('between')
})

it('before the old data is deleted: so does what was written since', () => {
  cutBefore('Delete the old data / Delete what this run has set aside')
  expectAllKept()
  const kept = Object.keys(copies('master')).filter((name) => name !== 'main')
  expect(rowsIn('main.before-restore')).toEqual(['before', 'after'])
  expect(kept.map(rowsIn)).toContainEqual(['before', 'between'])
})

it('to the end: the moment is there, everything follows, and what others have set aside is named', () => {
  const before = copies('master')
  const { stdout } = lab.must('restore', '--to', moment, '--in-place', '--yes')
  expect(lab.sql('slave', 'SELECT v FROM dz', 'otus')).toBe('before')
  expect(failures(lab.verify().failed)).toEqual([])
  const { main, ...kept } = copies('master')
  expect(Object.values(before)).not.toContain(main)
  const { main: _replaced, ...aside } = before
  expect(kept).toEqual(aside)
  expect(rowsIn('main.before-restore')).toEqual(['before', 'after'])
  const [command] = /npx create-pg-lab ssh master -- sudo rm -r .*/.exec(stdout) ?? []
  lab.must(...(command ?? '').split(' ').slice(2))
  expect(Object.keys(copies('master'))).toEqual(['main'])
})
