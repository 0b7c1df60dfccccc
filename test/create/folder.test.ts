import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { verifyFolder, writeLab } from '../../src/create/folder.ts'
import { UserError } from '../../src/errors.ts'
import { folderWith } from '../tools/helpers.ts'

const starter = [
  { path: '.gitignore', content: '.pg-lab/\n.vagrant/\n' },
  { path: 'README.md', content: 'ours\n' },
  { path: 'cluster.config.ts', content: 'export default {}\n' },
]
const generated = [{ path: 'Vagrantfile', content: '# ours\n' }]

const read = (folder: string, path: string) => readFileSync(join(folder, path), 'utf8')

describe('a folder is taken', () => {
  test.each([
    ['that does not exist', () => join(folderWith(), 'a', 'b')],
    ['that is empty', () => folderWith()],
    ['that is a fresh repository', () => folderWith({ '.git/HEAD': '' })],
  ])('%s', (_, folder) => expect(() => verifyFolder(folder(), { force: false })).not.toThrow())
})

describe('a folder is left alone', () => {
  const refusal = (folder: string, force = false) => {
    try {
      verifyFolder(folder, { force })
      return undefined
    } catch (error) {
      return error instanceof UserError ? error.message.replace(folder, '…') : error
    }
  }

  test('inside another lab, even by force', () => {
    const lab = folderWith({ 'cluster.config.yaml': '' })
    const inside = join(lab, 'deep', 'new')
    expect(refusal(inside)).toBe(`… is inside the lab in ${lab}`)
    expect(refusal(inside, true)).toBe(`… is inside the lab in ${lab}`)
  })

  test('that is not empty, until told otherwise', () => {
    const folder = folderWith({ a: '', b: '', c: '', d: '', '.git/HEAD': '' })
    expect(refusal(folder)).toBe('… is not empty: a, b, c, …')
    expect(refusal(folder, true)).toBeUndefined()
  })

  test.each(['cluster.config.ts', 'cluster.config.yaml'])('that has a lab: %s, whatever is told', (name) => {
    const folder = folderWith({ [name]: '' })
    expect(refusal(folder)).toBe(`There is a lab in … already: ${name}`)
    expect(refusal(folder, true)).toBe(`There is a lab in … already: ${name}`)
  })

  test('that is a file', () => {
    expect(refusal(join(folderWith({ a: '' }), 'a'))).toContain('is a file, not a folder')
  })
})

test('a new lab is written, its folder made', async () => {
  const folder = join(folderWith(), 'мой lab')
  expect(await writeLab(folder, starter, generated)).toEqual([])
  expect(readdirSync(folder).sort()).toEqual([
    '.gitignore',
    '.pg-lab',
    'README.md',
    'Vagrantfile',
    'cluster.config.ts',
  ])
})

test('files that are there stay; .gitignore gets the lines it lacks', async () => {
  const folder = folderWith({ 'README.md': 'mine\n', '.gitignore': '*.log\n.vagrant/' })
  expect(await writeLab(folder, starter, generated)).toEqual(['README.md'])
  expect(read(folder, 'README.md')).toBe('mine\n')
  expect(read(folder, '.gitignore')).toBe('*.log\n.vagrant/\n.pg-lab/\n')
  expect(read(folder, 'cluster.config.ts')).toBe('export default {}\n')
})

test('a file in the way of a generated one stops everything', async () => {
  const folder = folderWith({ Vagrantfile: 'mine\n' })
  await expect(writeLab(folder, starter, generated)).rejects.toThrow(
    'Files of the lab would replace yours: Vagrantfile',
  )
  expect(read(folder, 'Vagrantfile')).toBe('mine\n')
  expect(existsSync(join(folder, 'README.md'))).toBe(false)
})
