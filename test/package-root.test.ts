import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageEntry, packageRoot } from '../src/package-root.ts'

test('the package is found from any folder inside it', () => {
  const root = packageRoot()
  expect(existsSync(join(root, 'cluster.config.ts'))).toBe(true)
  expect(packageRoot(join(root, 'src', 'config'))).toBe(root)
  expect(() => packageRoot('/')).toThrow('No package.json')
})

test('from source, a config imports the source', () => {
  expect(packageEntry()).toBe(join(packageRoot(), 'src', 'index.ts'))
})
