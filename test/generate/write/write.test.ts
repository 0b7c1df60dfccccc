import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { UserError } from '../../../src/errors.ts'
import type { ProjectFile } from '../../../src/generate/render/project-file.ts'
import { type Disk, realDisk } from '../../../src/generate/write/disk.ts'
import { finishInterruptedWrite } from '../../../src/generate/write/journal.ts'
import type { Preference } from '../../../src/generate/write/merge.ts'
import { handEdits, type WriteMode, writeProject } from '../../../src/generate/write/write.ts'
import { NEW, OLD } from './two-generations.ts'

let lab: string

beforeEach(() => {
  lab = join(mkdtempSync(join(tmpdir(), 'pg-lab write ж-')), 'lab')
  mkdirSync(lab)
})

afterEach(() => rmSync(dirname(lab), { recursive: true, force: true }))

const write = (files: ProjectFile[], mode: WriteMode = 'merge', disk?: Disk) =>
  writeProject(lab, files, disk ? { mode, disk } : { mode })
const writePreferring = (prefer: Preference, files: ProjectFile[], mode: WriteMode = 'merge') =>
  writeProject(lab, files, { mode, prefer })
const read = (path: string) => readFileSync(join(lab, path), 'utf8')

function put(path: string, text: string | Buffer): void {
  mkdirSync(dirname(join(lab, path)), { recursive: true })
  writeFileSync(join(lab, path), text)
}

/** Every file of the lab but the machine-made ones. */
function tree(folder = lab): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const own = paths.map((path) => path.slice(folder.length + 1)).filter((path) => !path.startsWith('.pg-lab'))
  return Object.fromEntries(own.sort().map((path) => [path, readFileSync(join(folder, path), 'utf8')]))
}

async function errorOf(work: Promise<unknown>): Promise<UserError> {
  return work.then(
    () => expect.unreachable('it should have failed'),
    (error: unknown) => error as UserError,
  )
}

describe('writeProject', () => {
  it('writes everything the first time, and nothing the second', async () => {
    const first = await write(OLD)
    expect(first.written).toEqual(OLD.map(({ path }) => path))
    expect(tree()).toEqual(Object.fromEntries(OLD.map(({ path, content }) => [path, content])))
    expect(statSync(join(lab, 'provisioning/build.sh')).mode & 0o777).toBe(0o755)

    const past = new Date('2001-01-01')
    for (const { path } of OLD) utimesSync(join(lab, path), past, past)
    const second = await write(OLD)
    expect(second).toMatchObject({ written: [], merged: [], removed: [], unchanged: first.written })
    for (const { path } of OLD) expect(statSync(join(lab, path)).mtime).toEqual(past)
    expect(readdirSync(join(lab, '.pg-lab'))).toEqual(['base'])
  })

  it('follows the config: changes, adds, and removes with the emptied folders', async () => {
    await write(OLD)
    const result = await write(NEW)
    expect(result.written).toEqual([
      'Vagrantfile',
      'provisioning/site.yml',
      'provisioning/roles/new/tasks/main.yml',
    ])
    expect(result.removed).toEqual(['provisioning/roles/old/tasks/main.yml'])
    expect(result.unchanged).toEqual(['provisioning/build.sh'])
    expect(tree()).toEqual(Object.fromEntries(NEW.map(({ path, content }) => [path, content]).sort()))
    expect(existsSync(join(lab, 'provisioning/roles/old'))).toBe(false)
  })

  it('keeps the edits of the user beside the changes of the config', async () => {
    await write(OLD)
    put('Vagrantfile', 'mine\none\ntwo\nthree\nfour\nfive\n')
    expect(await write(OLD)).toMatchObject({ unchanged: expect.arrayContaining(['Vagrantfile']) })
    expect(await write(NEW)).toMatchObject({ merged: ['Vagrantfile'] })
    expect(read('Vagrantfile')).toBe('mine\none\ntwo\nthree\nfour\nFIVE\n')
    expect(await write(NEW)).toMatchObject({ written: [], merged: [] })
    expect(await write(OLD)).toMatchObject({ merged: ['Vagrantfile'] })
    expect(read('Vagrantfile')).toBe('mine\none\ntwo\nthree\nfour\nfive\n')
  })

  it('leaves a file the user edited when the config no longer gives it, and merges when it does again', async () => {
    await write(OLD)
    put('provisioning/roles/old/tasks/main.yml', 'old\nmine\n')
    expect(await write(NEW)).toMatchObject({ removed: [], kept: ['provisioning/roles/old/tasks/main.yml'] })
    expect(read('provisioning/roles/old/tasks/main.yml')).toBe('old\nmine\n')
    expect(await write(OLD)).toMatchObject({ kept: [] })
    expect(read('provisioning/roles/old/tasks/main.yml')).toBe('old\nmine\n')
  })

  it('writes a file again that the user deleted', async () => {
    await write(OLD)
    rmSync(join(lab, 'Vagrantfile'))
    expect(await write(OLD)).toMatchObject({ written: ['Vagrantfile'] })
  })

  it('never damages what is not UTF-8', async () => {
    await write(OLD)
    put('Vagrantfile', Buffer.from([0xef, 0xf0, 0xe8, 0x0a, ...Buffer.from('one\ntwo\nthree\nfour\nfive\n')]))
    await write(NEW)
    expect(readFileSync(join(lab, 'Vagrantfile')).subarray(0, 3)).toEqual(Buffer.from([0xef, 0xf0, 0xe8]))
    expect(read('Vagrantfile')).toContain('FIVE')
  })

  it('keeps Windows line ends, also of a file nobody edited', async () => {
    await write(OLD)
    put('Vagrantfile', read('Vagrantfile').replaceAll('\n', '\r\n'))
    expect(await write(OLD)).toMatchObject({ written: [], merged: [] })
    expect(await write(NEW)).toMatchObject({ written: expect.arrayContaining(['Vagrantfile']) })
    expect(read('Vagrantfile')).toBe('one\r\ntwo\r\nthree\r\nfour\r\nFIVE\r\n')
  })

  it('keeps the mode the user gave a file', async () => {
    await write(OLD)
    chmodSync(join(lab, 'Vagrantfile'), 0o600)
    chmodSync(join(lab, 'provisioning/site.yml'), 0o775)
    await write(NEW)
    expect(statSync(join(lab, 'Vagrantfile')).mode & 0o777).toBe(0o600)
    expect(statSync(join(lab, 'provisioning/site.yml')).mode & 0o777).toBe(0o775)
  })
})

describe('a conflict', () => {
  beforeEach(async () => {
    await write(OLD)
    put('Vagrantfile', 'mine\none\ntwo\nthree\nfour\nmy five\n')
  })

  it('stops everything and names lines and ways on', async () => {
    const before = tree()
    const error = await errorOf(write(NEW))
    expect(error.message).toBe('One place was changed both by you and by the config. Nothing was written.')
    expect(error.problems).toEqual([
      { path: 'Vagrantfile:6', message: 'you have `my five`, the config now gives `FIVE`' },
    ])
    expect(error.hint).toMatchInlineSnapshot(`
      "Choose one:
        npx create-pg-lab generate --keep-mine        your lines stay in these places
        npx create-pg-lab generate --take-generated   the generated lines replace yours (a copy stays in .pg-lab/replaced/)
        edit .pg-lab/conflicts/Vagrantfile, where both are marked, then: npx create-pg-lab generate"
    `)
    expect(tree()).toEqual(before)
  })

  it('is settled by --keep-mine', async () => {
    expect(await writePreferring('mine', NEW)).toMatchObject({
      merged: [],
      unchanged: expect.arrayContaining(['Vagrantfile']),
    })
    expect(read('Vagrantfile')).toBe('mine\none\ntwo\nthree\nfour\nmy five\n')
    expect(await write(NEW)).toMatchObject({ written: [], merged: [] })
  })

  it('is settled by --take-generated, which keeps a copy and the other edits', async () => {
    expect(await writePreferring('generated', NEW)).toMatchObject({ merged: ['Vagrantfile'] })
    expect(read('Vagrantfile')).toBe('mine\none\ntwo\nthree\nfour\nFIVE\n')
    expect(read('.pg-lab/replaced/Vagrantfile')).toContain('my five')
  })

  it('is settled in an editor', async () => {
    await errorOf(write(NEW))
    const marked = read('.pg-lab/conflicts/Vagrantfile')
    expect(marked).toContain('<<<<<<< yours\nmy five\n=======\nFIVE\n>>>>>>> generated\n')
    put('.pg-lab/conflicts/Vagrantfile', marked.replace('my five', 'half done'))
    await errorOf(write(NEW))
    expect(read('.pg-lab/conflicts/Vagrantfile')).toContain('half done')
    put('.pg-lab/conflicts/Vagrantfile', 'mine\nboth: my FIVE\n')
    expect(await write(NEW)).toMatchObject({ merged: ['Vagrantfile'] })
    expect(read('Vagrantfile')).toBe('mine\nboth: my FIVE\n')
    expect(existsSync(join(lab, '.pg-lab/conflicts'))).toBe(false)
    expect(await write(NEW)).toMatchObject({ written: [], merged: [] })
  })

  it('does not take what was decided about other versions', async () => {
    await errorOf(write(NEW))
    put('.pg-lab/conflicts/Vagrantfile', 'decided\n')
    put('Vagrantfile', 'mine\none\ntwo\nthree\nfour\nmy other five\n')
    await errorOf(write(NEW))
    expect(read('.pg-lab/conflicts/Vagrantfile')).toContain('my other five')
  })
})

describe('a folder without a record of what was written (a fresh clone)', () => {
  it('is taken over where it is exactly what the config gives', async () => {
    await write(OLD)
    rmSync(join(lab, '.pg-lab'), { recursive: true })
    expect(await write(OLD)).toMatchObject({ written: [], unchanged: OLD.map(({ path }) => path) })
    put('Vagrantfile', 'mine\none\ntwo\nthree\nfour\nfive\n')
    expect(await write(NEW)).toMatchObject({ merged: ['Vagrantfile'] })
  })

  it('is a conflict elsewhere', async () => {
    put('Vagrantfile', 'one\ntwo\nmine\n')
    const error = await errorOf(write(OLD))
    expect(error.message).toContain('.pg-lab/base, the record of what was written last, does not have them')
    expect(error.problems).toEqual([
      {
        path: 'Vagrantfile:3',
        message:
          'differs from what the config gives in one place; what was written there before is not known',
      },
    ])
    expect(tree()).toEqual({ Vagrantfile: 'one\ntwo\nmine\n' })
    await writePreferring('mine', OLD)
    expect(read('Vagrantfile')).toBe('one\ntwo\nmine\n')
    expect(await write(OLD)).toMatchObject({ written: [], merged: [] })
  })
})

describe('check and diff', () => {
  it('show a place that both changed with both versions, or with the one that is preferred', async () => {
    await write(OLD)
    put('Vagrantfile', 'one\ntwo\nthree\nfour\nmy five\n')
    const shown = async (prefer: Preference) => (await writePreferring(prefer, NEW, 'diff')).patches.join('')
    expect(await shown('neither')).toMatch(
      /\+<<<<<<< yours\n my five\n\+=======\n\+FIVE\n\+>>>>>>> generated/,
    )
    expect(await shown('generated')).toContain('-my five\n+FIVE')
    expect(await shown('mine')).not.toContain('FIVE')
    expect(read('Vagrantfile')).toContain('my five')
  })

  it('tell the edits of the user from what the config changes', async () => {
    await write(OLD)
    expect(await handEdits(lab)).toEqual([])
    put('Vagrantfile', 'mine\none\ntwo\nthree\nfour\nfive\n')
    rmSync(join(lab, 'provisioning/roles/old/tasks/main.yml'))
    const edits = (await handEdits(lab)).map(({ patch }) => patch).join('')
    expect(edits).toContain('--- a/Vagrantfile\n+++ b/Vagrantfile\n@@ -1,4 +1,5 @@\n+mine\n')
    expect(edits).toContain('--- a/provisioning/roles/old/tasks/main.yml\n+++ /dev/null')
  })

  it('say what would be, and write nothing', async () => {
    await write(OLD)
    put('Vagrantfile', 'mine\none\ntwo\nthree\nfour\nfive\n')
    const before = tree()
    const check = await write(NEW, 'check')
    expect(check).toMatchObject({
      merged: ['Vagrantfile'],
      removed: ['provisioning/roles/old/tasks/main.yml'],
    })
    const { patches } = await write(NEW, 'diff')
    expect(patches.join('')).toMatchInlineSnapshot(`
      "--- a/Vagrantfile
      +++ b/Vagrantfile
      @@ -2,5 +2,5 @@
       one
       two
       three
       four
      -five
      +FIVE
      --- a/provisioning/site.yml
      +++ b/provisioning/site.yml
      @@ -1,3 +1,4 @@
       a
       b
       c
      +d
      --- /dev/null
      +++ b/provisioning/roles/new/tasks/main.yml
      @@ -0,0 +1,1 @@
      +new
      --- a/provisioning/roles/old/tasks/main.yml
      +++ /dev/null
      @@ -1,1 +0,0 @@
      -old
      "
    `)
    expect(tree()).toEqual(before)
    expect(readdirSync(join(lab, '.pg-lab'))).toEqual(['base'])
  })

  it('name conflicts instead of failing', async () => {
    await write(OLD)
    put('Vagrantfile', 'one\ntwo\nthree\nfour\nmine\n')
    const { conflicts } = await write(NEW, 'check')
    expect(conflicts.map(({ path, clashes }) => [path, clashes.length])).toEqual([['Vagrantfile', 1]])
    expect(existsSync(join(lab, '.pg-lab/conflicts'))).toBe(false)
  })
})

describe('symbolic links', () => {
  const outside = () => join(dirname(lab), 'outside')

  it.each([
    ['a file', 'Vagrantfile', 'target'],
    ['a folder', 'provisioning', 'folder'],
    ['our own folder', '.pg-lab', 'folder'],
    ['a link to nowhere', 'Vagrantfile', 'missing'],
  ])('out of the lab are not followed: %s', async (_, path, target) => {
    mkdirSync(join(outside(), 'folder'), { recursive: true })
    writeFileSync(join(outside(), 'target'), 'precious\n')
    symlinkSync(join(outside(), target), join(lab, path))
    const error = await errorOf(write(OLD))
    expect(error.message).toMatch(/symbolic link that leads out of the lab/)
    expect(tree(outside())).toEqual({ target: 'precious\n' })
  })

  it('inside the lab are followed', async () => {
    put('elsewhere/site.yml', 'a\nb\nc\n')
    mkdirSync(join(lab, 'provisioning'))
    symlinkSync('../elsewhere/site.yml', join(lab, 'provisioning/site.yml'))
    await write(OLD)
    await write(NEW)
    expect(read('elsewhere/site.yml')).toBe('a\nb\nc\nd\n')
  })
})

describe('what cannot be written', () => {
  it('is said before anything is written', async () => {
    const denied: Disk = {
      ...realDisk,
      put: async () => {
        throw Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' })
      },
    }
    const error = await errorOf(write(OLD, 'merge', denied))
    expect(error.name).toBe('UserError')
    expect(error.message).toContain('Cannot write to')
    expect(tree()).toEqual({})
  })

  it('includes a folder in the place of a file', async () => {
    mkdirSync(join(lab, 'Vagrantfile'))
    const error = await errorOf(write(OLD))
    expect(error.message).toBe('Vagrantfile is a folder, but a file of that name has to be written')
  })
})

describe('killed', () => {
  /** Lets `count` steps happen; the next one and all that follow do not, as after kill -9. */
  function dyingAfter(count: number): Disk {
    let left = count
    const step =
      <Args extends unknown[]>(work: (...args: Args) => Promise<void>) =>
      async (...args: Args) => {
        if (left-- <= 0) throw new Error('killed')
        await work(...args)
      }
    return {
      folder: step(realDisk.folder),
      put: step(realDisk.put),
      move: step(realDisk.move),
      remove: step(realDisk.remove),
      removeEmpty: step(realDisk.removeEmpty),
    }
  }

  const EDITED = 'mine\none\ntwo\nthree\nfour\nfive\n'

  async function prepare(): Promise<void> {
    rmSync(lab, { recursive: true })
    mkdirSync(lab)
    await write(OLD)
    put('Vagrantfile', EDITED)
  }

  it('at any step, the next start finds the old or the new lab, and goes on', async () => {
    await prepare()
    const before = tree()
    await write(NEW)
    const after = tree()
    const seen = new Set<string>()
    for (let count = 0; ; count++) {
      await prepare()
      const done = await write(NEW, 'merge', dyingAfter(count)).then(
        () => true,
        () => false,
      )
      // Killed again while it puts things right, at each of its steps.
      for (let again = 0; again < 4; again++) {
        await finishInterruptedWrite(lab, dyingAfter(again)).catch(() => undefined)
      }
      await finishInterruptedWrite(lab)
      const now = JSON.stringify(tree())
      expect([JSON.stringify(before), JSON.stringify(after)], `killed after ${count} steps`).toContain(now)
      seen.add(now)
      expect(existsSync(join(lab, '.pg-lab/write'))).toBe(false)
      await write(NEW)
      expect(tree()).toEqual(after)
      expect(await write(NEW)).toMatchObject({ written: [], merged: [], removed: [] })
      if (done) break
    }
    expect(seen.size).toBe(2)
  }, 60_000)

  it('and edited before the next start, the edit stays and is merged', async () => {
    await prepare()
    const dieWithJournal: Disk = {
      ...realDisk,
      move: async (from, to) => {
        await realDisk.move(from, to)
        if (to.endsWith('journal.json')) throw new Error('killed')
      },
    }
    await errorOf(write(NEW, 'merge', dieWithJournal))
    put('provisioning/site.yml', 'mine\na\nb\nc\n')
    await write(NEW)
    expect(read('provisioning/site.yml')).toBe('mine\na\nb\nc\nd\n')
    expect(read('Vagrantfile')).toBe(EDITED.replace('five', 'FIVE'))
  })
})
