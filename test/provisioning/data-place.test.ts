import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, scriptedTools } from '../tools/helpers.ts'

const FILES = 'provisioning/roles/postgres/files'

/** @param mounted folders that are disks of their own */
function placeOf(data: string, conf: string, mounted: readonly string[] = []) {
  const test = mounted.map((folder) => `[ "$2" = '${folder}' ]`).join(' || ') || false
  const env = { ...process.env, ...scriptedTools({ mountpoint: `#!/bin/sh\n${test}\n` }) }
  const { stdout, stderr, status } = spawnSync('sh', [`${FILES}/data-place.sh`, data, conf], {
    encoding: 'utf8',
    env,
  })
  return status === 0 ? stdout.trimEnd().split('\n') : `${status} ${stderr.trim()}`
}

describe('where the data of a server lies', () => {
  it('is where the package puts it, whether or not there is any', () => {
    const root = folderWith({ 'there/PG_VERSION': '15\n' })
    for (const name of ['there', 'new', 'nothing/above/it']) {
      const data = join(root, name)
      expect(placeOf(data, '/none')).toEqual([data, data, data])
    }
  })

  it('is where its configuration says, the last line of it', () => {
    const root = folderWith({ 'theirs/PG_VERSION': '15\n' })
    const conf = join(root, 'postgresql.conf')
    writeFileSync(
      conf,
      `#data_directory = '/no'\ndata_directory = '/old'\ndata_directory '${root}/theirs' # ours\n`,
    )
    const data = join(root, 'theirs')
    expect(placeOf('/usual', conf)).toEqual([data, data, data])
  })

  it('is inside a disk of its own, whose folder stays as it is', () => {
    const root = folderWith({ 'main/lost+found/x': '' })
    const data = join(root, 'main')
    expect(placeOf(data, '/none', [data])).toEqual([`${data}/data`, `${data}/data`, `${data}/data`])
    // Somebody else has filled the disk's own folder: there the data is, and the next one goes inside.
    writeFileSync(join(data, 'PG_VERSION'), '15\n')
    expect(placeOf(data, '/none', [data])).toEqual([data, data, `${data}/data`])
  })

  it('is where a link leads', () => {
    const root = folderWith({ 'disk/pg/.keep': '', 'disk/lost+found/x': '', 'disk/full/PG_VERSION': '15\n' })
    const link = (name: string, target: string) => {
      symlinkSync(join(root, target), join(root, name))
      return join(root, name)
    }
    const disk = join(root, 'disk')
    mkdirSync(join(disk, 'empty'))
    const empty = link('a', 'disk/empty')
    expect(placeOf(empty, '/none')).toEqual([`${disk}/empty`, empty, `${disk}/empty`])
    const shared = link('b', 'disk/pg')
    expect(placeOf(shared, '/none')).toEqual([`${disk}/pg/data`, `${shared}/data`, `${disk}/pg/data`])
    const mounted = link('c', 'disk')
    expect(placeOf(mounted, '/none', [disk])).toEqual([`${disk}/data`, `${mounted}/data`, `${disk}/data`])
    const full = link('d', 'disk/full')
    expect(placeOf(full, '/none')).toEqual([`${disk}/full`, full, `${disk}/full`])
  })

  it('is nowhere as long as the disk is away', () => {
    const root = folderWith({ 'postgresql.conf': '', 'main/.keep': '' })
    const [data, conf] = [join(root, 'main'), join(root, 'postgresql.conf')]
    writeFileSync(conf, `data_directory = '${data}/data'\n`)
    expect(placeOf(data, conf)).toBe(
      `3 The data directory is ${data}/data, and no disk is mounted at ${data}. Mount it, then go on.`,
    )
    symlinkSync('/no/such/disk', join(root, 'link'))
    expect(placeOf(join(root, 'link'), '/none')).toBe(
      `3 ${root}/link leads to /no/such/disk, and there is no such folder. Mount its disk, or make the folder.`,
    )
  })
})

it('a link whose data is set aside still says where the next one goes', () => {
  const root = folderWith({ 'disk/pg.before-restore/PG_VERSION': '15\n' })
  symlinkSync(join(root, 'disk/pg'), join(root, 'main'))
  const next = join(root, 'disk/pg')
  expect(placeOf(join(root, 'main'), '/none')).toEqual([next, join(root, 'main'), next])
})

describe('a data directory that is kept under another name', () => {
  const move = (data: string, next: string) =>
    execFileSync('sh', [`${FILES}/move-data-aside.sh`, data, next, `${next}.old`])

  it('is renamed', () => {
    const root = folderWith({ 'main/PG_VERSION': '15\n' })
    move(join(root, 'main'), join(root, 'main'))
    expect(readdirSync(root)).toEqual(['main.old'])
  })

  it('goes into a folder of its disk, without what is not PostgreSQL’s, also after a run that was cut off', () => {
    const root = folderWith({
      'base/1/1259': '',
      'global/pg_control': '',
      'pg_wal/x': '',
      'standby.signal': '',
      'postgresql.auto.conf': '',
      PG_VERSION: '15\n',
      'lost+found/x': '',
      'photos/cat': '',
    })
    const next = join(root, 'data')
    mkdirSync(`${next}.moving`)
    renameSync(join(root, 'base'), `${next}.moving/base`)
    move(root, next)
    expect(readdirSync(root).sort()).toEqual(['data.old', 'lost+found', 'photos'])
    expect(readdirSync(`${next}.old`).sort()).toEqual(
      ['PG_VERSION', 'base', 'global', 'pg_wal', 'postgresql.auto.conf', 'standby.signal'].sort(),
    )
  })
})

describe('settings that win over the lab’s', () => {
  const THEIRS = `# Do not edit this file manually!
primary_conninfo = 'user=rep password=x host=10.0.0.1'
work_mem = '64MB'
Primary_Slot_Name = 's1'
max_parallel_workers = '2'
`
  const takeOut = (root: string, names: readonly string[]) => {
    const script = ['data-place.sh', 'take-out-settings.sh'].map((name) =>
      readFileSync(`${FILES}/${name}`, 'utf8'),
    )
    const words = [join(root, 'main'), '/none', join(root, 'kept'), ...names]
    const output = execFileSync('sh', ['-c', script.join('\n'), 'sh', ...words], { encoding: 'utf8' })
    return output.trimEnd().split('\n').slice(3)
  }

  it('are taken out, those alone, and a copy is kept as it was the first time', () => {
    const root = folderWith({ 'main/PG_VERSION': '15\n', 'main/postgresql.auto.conf': THEIRS })
    const ours = ['primary_conninfo', 'primary_slot_name', 'WORK_MEM', 'work']
    expect(takeOut(root, ours)).toEqual(['primary_conninfo', 'work_mem', 'Primary_Slot_Name'])
    expect(readFileSync(join(root, 'main/postgresql.auto.conf'), 'utf8')).toBe(
      "# Do not edit this file manually!\nmax_parallel_workers = '2'\n",
    )
    expect(takeOut(root, ours)).toEqual([])
    expect(readFileSync(join(root, 'kept'), 'utf8')).toBe(THEIRS)
    expect(readdirSync(join(root, 'main')).sort()).toEqual(['PG_VERSION', 'postgresql.auto.conf'])
  })

  it('leave no copy where there are none', () => {
    const root = folderWith({ 'main/PG_VERSION': '15\n', 'main/postgresql.auto.conf': THEIRS })
    expect(takeOut(root, ['port'])).toEqual([])
    expect(existsSync(join(root, 'kept'))).toBe(false)
  })
})
