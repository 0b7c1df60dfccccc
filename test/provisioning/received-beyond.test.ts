import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { folderWith } from '../tools/helpers.ts'

const SEGMENT = 16 * 1024 * 1024
const PARTIAL = '000000020000000000000006.partial'
const COMPLETE = '000000020000000000000006'

/** What the script says of Barman's files, with the primary on a timeline it came to by these steps. */
function beyond(
  files: Readonly<Record<string, string | Buffer>>,
  timeline: number,
  ...history: string[]
): string {
  const folder = folderWith()
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  const script = 'provisioning/roles/backup/files/received-beyond.sh'
  const words = [script, folder, String(timeline), String(SEGMENT), ...history]
  const { status, stdout, stderr } = spawnSync('sh', words, { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return stdout.trim()
}
const receiving = (name: string) => ({ [`streaming/${name}`]: '' })
const BEGUN_AT = '1\t0/5000000\tno recovery target specified\n'

test.each([
  ['nothing was received', {}, 1, []],
  ['the primary writes that timeline', receiving(PARTIAL), 2, ['1:0/5000000']],
  ['the primary left it later', receiving(PARTIAL), 3, ['1:0/5000000', '2:0/6000060']],
  [
    'the primary left it just behind the complete file',
    receiving(COMPLETE),
    3,
    ['1:0/5000000', '2:0/7000000'],
  ],
  [
    'its history is that of the primary',
    { ...receiving(PARTIAL), 'wals/00000002.history': BEGUN_AT },
    2,
    ['1:0/5000000'],
  ],
] as const)('Barman goes on where %s', (_what, files, timeline, history) => {
  expect(beyond(files, timeline, ...history)).toBe('')
})

test.each([
  ['a timeline that the primary has not come to', receiving(PARTIAL), 1, []],
  ['one that it passed by', receiving(PARTIAL), 3, ['1:0/5000000']],
  ['WAL behind the place where it left the timeline', receiving(PARTIAL), 3, ['1:0/5000000', '2:0/5000060']],
  ['a complete file in which it left the timeline', receiving(COMPLETE), 3, ['1:0/5000000', '2:0/6000060']],
  [
    'another timeline of the same number',
    { ...receiving(PARTIAL), 'wals/00000002.history': BEGUN_AT },
    2,
    ['1:0/5000060'],
  ],
  [
    'one whose history is compressed',
    { ...receiving(PARTIAL), 'wals/00000002.history': gzipSync(BEGUN_AT) },
    2,
    ['1:0/5000060'],
  ],
] as const)('it begins again where it has received %s', (_what, files, timeline, history) => {
  expect(beyond(files, timeline, ...history)).toMatch(/^000000020000000000000006/)
})
