import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { folderWith } from '../tools/helpers.ts'
import { fakeTools } from './fake-tools.ts'
import { labFolder, program } from './program.ts'

/** A lab in which `path` leads to a folder, or a file, somewhere else. */
function labWithLink(path: string, kind: 'folder' | 'file'): { cwd: string; elsewhere: string } {
  const cwd = labFolder()
  const elsewhere = folderWith({ 'mine.txt': 'mine' })
  rmSync(join(cwd, path), { recursive: true, force: true })
  mkdirSync(dirname(join(cwd, path)), { recursive: true })
  symlinkSync(kind === 'folder' ? elsewhere : join(elsewhere, 'new.txt'), join(cwd, path))
  return { cwd, elsewhere }
}

describe('a link that leads out of the lab', () => {
  test.each([
    ['.pg-lab', 'folder'],
    ['.pg-lab/logs', 'folder'],
    ['.pg-lab/secrets', 'folder'],
    ['.pg-lab/lock', 'file'],
    ['report', 'folder'],
    ['report/README.md', 'file'],
    ['provisioning', 'folder'],
    ['Vagrantfile', 'file'],
  ] as const)('%s is not followed', async (path, kind) => {
    for (const argv of [['up'], ['generate'], ['rotate'], ['report', '--lang', 'en']]) {
      const { cwd, elsewhere } = labWithLink(path, kind)
      const { exitCode, stderr } = await program(argv, { cwd, run: fakeTools({ isUp: true }).run })
      if (!['provisioning', 'Vagrantfile'].includes(path) || argv[0] === 'generate') {
        expect({ argv, exitCode, stderr }).toMatchObject({
          exitCode: 2,
          stderr: expect.stringContaining(path),
        })
        expect(stderr).toContain('a symbolic link that leads out of the lab; it is not followed')
      }
      expect(readdirSync(elsewhere)).toEqual(['mine.txt'])
    }
  })

  test('is not written through by the cache of the config either', async () => {
    const elsewhere = folderWith({})
    const cwd = folderWith({ 'cluster.config.ts': 'export default { slaves: [] as string[] }\n' })
    symlinkSync(elsewhere, join(cwd, '.pg-lab'))
    expect((await program(['config'], { cwd })).exitCode).toBe(2)
    expect(readdirSync(elsewhere)).toEqual([])
    rmSync(join(cwd, '.pg-lab'))
    mkdirSync(join(cwd, '.pg-lab'))
    expect((await program(['config'], { cwd })).exitCode).toBe(0)
    expect(existsSync(join(cwd, '.pg-lab/cache/jiti'))).toBe(true)
  })
})

test('a full disk is no bug of ours', async () => {
  const cwd = labFolder()
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  const { exitCode, stderr } = await program(['halt'], { cwd, run: () => Promise.reject(full) })
  expect(exitCode).toBe(2)
  expect(stderr).toMatch(
    /Cannot write to the disk: ENOSPC.*\n\n {2}→ make the folder writable for you, or free some space/,
  )
})
