import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

interface Packed {
  readonly size: number
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string }[]
}

/** Bytes; a tenth above what it was when this was written. */
const MOST = { packed: 640_000, unpacked: 2_250_000 }

/** What a lab needs, and nothing else. */
const BELONGS = [
  /^(package\.json|LICENSE|README(\.ru)?\.md|Vagrantfile\.ejs|\.ansible-lint|\.yamllint)$/,
  /^dist\/[\w.-]+\.(js|d\.ts|schema\.json)$/,
  /^provisioning\/(site\.yml|(operations|roles|support)\/.+)$/,
  /^schemas\/[\w.-]+\.json$/,
  /^src\/scripts\/[\w-]+\.(sh|py)$/,
  /^templates\/.+$/,
]

test('the package holds what a lab needs, and is no bigger than it has to be', () => {
  // Without its scripts: `npm run check` and the tests have built it.
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
  })
  const [packed] = JSON.parse(stdout) as readonly Packed[]
  const paths = packed?.files.map(({ path }) => path) ?? []
  expect(paths.filter((path) => !BELONGS.some((pattern) => pattern.test(path)))).toEqual([])
  expect(paths.filter((path) => /\.pyc$|__pycache__/.test(path))).toEqual([])
  for (const pattern of BELONGS)
    expect(
      paths.some((path) => pattern.test(path)),
      String(pattern),
    ).toBe(true)
  expect(packed?.size).toBeLessThan(MOST.packed)
  expect(packed?.unpackedSize).toBeLessThan(MOST.unpacked)
})

test('a release is published by whom npm trusts, with provenance and without a token', () => {
  const text = readFileSync('.github/workflows/release.yml', 'utf8')
  const { jobs, permissions } = parse(text)
  expect(permissions).toEqual({})
  expect(jobs.publish.permissions).toEqual({ contents: 'read', 'id-token': 'write' })
  expect(jobs.publish.steps.at(-1).run).toBe('npm publish --provenance --access public')
  expect(text).not.toMatch(/secrets\.|NODE_AUTH_TOKEN/)
})
