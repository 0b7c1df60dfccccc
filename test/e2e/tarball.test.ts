import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Result, spawn } from './support.ts'

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'pg-lab-tarball-'))
let tarball = ''

beforeAll(() => {
  const { stdout, stderr, status } = spawn('npm', ['pack', '--json', '--pack-destination', folder])
  expect({ status, stderr }).toMatchObject({ status: 0 })
  // What the build prints comes before the list.
  tarball = join(folder, JSON.parse(stdout.slice(stdout.indexOf('[\n')))[0].filename)
})

afterAll(() => rmSync(folder, { recursive: true }))

/**
 * The packed program, with nothing installed where it is called. npx takes a path for a package only when it is
 * relative: it would run an absolute one as it is.
 */
function packed(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Result {
  const path = `./${relative(cwd, tarball)}`
  return spawn('npx', ['--yes', path, ...args], { cwd, env: { ...process.env, LANG: 'C', ...env } })
}

/** Every file with its text and mode. */
function tree(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()
  const files = names.filter((name) => statSync(join(directory, name)).isFile())
  return Object.fromEntries(
    files.map((name) => {
      const mode = (statSync(join(directory, name)).mode & 0o777).toString(8)
      return [name, `${mode} ${readFileSync(join(directory, name), 'utf8')}`]
    }),
  )
}

describe('the packed program', () => {
  test('makes the same lab as the clone, in a path with a space and Cyrillic letters', () => {
    const [there, here] = [join(folder, 'из пакета', 'лаба'), join(folder, 'из клона', 'лаба')]
    expect(packed(folder, [there, '--yes', '--provider', 'docker'])).toMatchObject({ status: 0 })
    const clone = [resolve('dist/create-pg-lab.js'), here, '--yes', '--provider', 'docker']
    expect(spawn('node', clone, { env: { ...process.env, LANG: 'C' } })).toMatchObject({ status: 0 })
    const files = tree(there)
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(['.gitignore', 'README.md', 'Vagrantfile', 'cluster.config.ts', 'package.json']),
    )
    // Each depends on the very file it came from.
    const { 'package.json': its, ...others } = files
    const { 'package.json': ours, ...same } = tree(here)
    expect(others).toEqual(same)
    expect(its).toContain(`"create-pg-lab": "file:../../${relative(folder, tarball)}"`)
    expect(ours).toContain(`"create-pg-lab": "file:${relative(realpathSync(here), resolve('.'))}"`)
  })

  test('prints next steps that work offline', () => {
    const { status, stdout } = packed(folder, ['steps', '--yes', '--provider', 'docker'])
    expect(status).toBe(0)
    const steps = [...stdout.matchAll(/^ {2}(npm \S.*?)(?: {2,}|$)/gm)].map(([, step = '']) => step)
    expect(steps).toEqual(['npm install --prefer-offline', 'npm run up'])
    const cwd = join(folder, 'steps')
    const offline = {
      ...process.env,
      npm_config_offline: 'true',
    }
    expect(spawn('npm', ['install', '--prefer-offline'], { cwd, env: offline })).toMatchObject({ status: 0 })
    const [, nothingInstalled = ''] = /with nothing installed: npx (\S+) up/.exec(stdout) ?? []
    for (const words of [
      ['npx', 'create-pg-lab'],
      ['npx', '--yes', nothingInstalled],
      ['npm', 'run', '-s'],
    ]) {
      const [file = '', ...args] = words
      const { stderr } = spawn(file, [...args, 'verify'], { cwd, env: offline })
      expect(stderr).toContain('The lab has no machines yet')
    }
  })

  test('works in a lab into which nothing was installed, offline', () => {
    const lab = join(folder, 'offline')
    expect(packed(folder, ['offline', '--yes', '--provider', 'docker', '--preset', 'cascade']).status).toBe(0)
    expect(packed(lab, ['generate', '--check'], { npm_config_offline: 'true' })).toMatchObject({
      status: 0,
      stdout: 'Every file is as the config gives it.\n',
    })
  })

  test('can be a dependency: pg-lab and types that the editor completes', () => {
    const lab = join(folder, 'installed')
    expect(packed(folder, ['installed', '--yes', '--provider', 'docker']).status).toBe(0)
    expect(spawn('npm', ['install', '--prefer-offline'], { cwd: lab })).toMatchObject({ status: 0 })
    expect(spawn('npm', ['run', 'generate', '--silent'], { cwd: lab }).status).toBe(0)
    rmSync(join(lab, 'types'), { recursive: true }) // those of a lab into which nothing was installed
    const check = () => spawn(resolve('node_modules/.bin/tsc'), ['-p', '.'], { cwd: lab })
    expect(check()).toMatchObject({ status: 0, stdout: '' })
    const config = join(lab, 'cluster.config.ts')
    writeFileSync(config, readFileSync(config, 'utf8').replace('retention:', 'retenton:'))
    expect(check().stdout).toContain("'retenton' does not exist in type")
  })
})
