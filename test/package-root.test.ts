import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  callFrom,
  callWithoutInstalling,
  packageEntry,
  packageFile,
  packageRoot,
} from '../src/package-root.ts'
import { folderWith } from './tools/helpers.ts'

test('the package is found from any folder inside it', () => {
  const root = packageRoot()
  expect(existsSync(join(root, 'cluster.config.ts'))).toBe(true)
  expect(packageRoot(join(root, 'src', 'config'))).toBe(root)
  expect(() => packageRoot('/')).toThrow('No package.json')
})

test('from source, a config imports the source', () => {
  expect(packageEntry()).toBe(join(packageRoot(), 'src', 'index.ts'))
})

describe('what a registry need not have', () => {
  const inside = (files: Record<string, string>) => {
    const folder = folderWith({
      'create-pg-lab-0.1.0.tgz': '',
      'lab/node_modules/create-pg-lab/package.json': '{"name":"create-pg-lab"}',
      ...files,
    })
    return { folder, root: join(folder, 'lab/node_modules/create-pg-lab') }
  }
  const ASKED = '{"devDependencies":{"create-pg-lab":"file:../create-pg-lab-0.1.0.tgz"}}'

  test('a tarball is known by what the folder around it asks for, or by what npm notes there', () => {
    const asked = inside({ 'lab/package.json': ASKED })
    expect(packageFile(asked.root)).toBe(join(asked.folder, 'create-pg-lab-0.1.0.tgz'))
    const noted = inside({
      'lab/node_modules/.package-lock.json':
        '{"packages":{"node_modules/create-pg-lab":{"resolved":"file:../create-pg-lab-0.1.0.tgz"}}}',
    })
    expect(packageFile(noted.root)).toBe(join(noted.folder, 'create-pg-lab-0.1.0.tgz'))
  })

  test('a clone is its own file', () => {
    expect(packageFile(packageRoot())).toBe(resolve('.'))
  })

  test('a registry, or a tarball that is gone, leaves none', () => {
    const registry = inside({ 'lab/package.json': '{"dependencies":{"create-pg-lab":"^0.1.0"}}' })
    expect(packageFile(registry.root)).toBeUndefined()
    const gone = inside({ 'lab/package.json': ASKED.replace('0.1.0', '9.9.9') })
    expect(packageFile(gone.root)).toBeUndefined()
  })

  test('is called by its path, unless it is installed where one stands', () => {
    expect(callWithoutInstalling(undefined)).toEqual(['npx', 'create-pg-lab'])
    expect(callWithoutInstalling('/a/create-pg-lab-0.1.0.tgz')).toEqual([
      'npx',
      'file:/a/create-pg-lab-0.1.0.tgz',
    ])
    const { folder, root } = inside({ 'lab/deep/x': '' })
    expect(callFrom(join(folder, 'lab/deep'))).toEqual(['npx', 'create-pg-lab'])
    expect(callFrom(root)).toEqual(['npx', 'create-pg-lab'])
    expect(callFrom('/')).toEqual(['node', resolve('dist/create-pg-lab.js')])
  })
})
