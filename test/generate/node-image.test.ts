import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { NODE_IMAGE_SCRIPT, nodeImageSettings } from '../../src/generate/node-image.ts'
import { packageRoot } from '../../src/package-root.ts'
import { testLab } from '../support/lab.ts'

describe('nodeImageSettings', () => {
  it('tells the script what the config says', () => {
    const lab = testLab({
      mirrors: {
        packages: 'http://mirror.example/debian',
        vagrant: undefined,
        docker: 'hub.example/library/',
      },
      proxy: { http: 'http://proxy.example:3128', https: undefined, noProxy: 'localhost' },
    })
    expect(nodeImageSettings(lab, 'Header')).toMatchInlineSnapshot(`
      "# Header
      OS_NAME='debian-12'
      BASE_IMAGE='hub.example/library/debian:12'
      SUITE='bookworm'
      PACKAGE_MIRROR='http://mirror.example/debian'
      PROXY_HTTP='http://proxy.example:3128'
      PROXY_HTTPS=''
      PROXY_NONE='localhost'
      REPOSITORY_URL=''
      REPOSITORY_SUITE=''
      REPOSITORY_ORIGIN=''
      REPOSITORY_KEY=''
      PACKAGES='acl postgresql-15'
      BACKUP_PACKAGES='barman cron'
      "
    `)
  })

  it('reaches a shell as it is', () => {
    const trap = `it's $(id) \`id\` "$HOME" \\`
    const lab = testLab({ mirrors: { packages: trap, vagrant: undefined, docker: undefined } })
    const folder = mkdtempSync(join(tmpdir(), 'pg-lab-env-'))
    const file = join(folder, 'node-image.env')
    writeFileSync(file, nodeImageSettings(lab, 'Header'))
    const script = '. "$0"; printf %s "$PACKAGE_MIRROR"'
    expect(execFileSync('sh', ['-c', script, file], { encoding: 'utf8' })).toBe(trap)
    rmSync(folder, { recursive: true })
  })
})

const BASE_MODE = 'provisioning/node-image/base-mode.sh'

const NETWORK = 'provisioning/node-image/network.sh'
const START = 'provisioning/node-image/start.sh'
const PACKAGES = 'provisioning/node-image/packages.sh'

describe.each([NODE_IMAGE_SCRIPT, BASE_MODE, NETWORK, START, PACKAGES])('%s', (path) => {
  const script = join(packageRoot(), path)

  it('is clean for shellcheck and runs in a POSIX shell', () => {
    expect(readFileSync(script, 'utf8')).toMatch(/^#!\/bin\/sh\n/)
    execFileSync('shellcheck', [script])
    execFileSync('sh', ['-n', script])
  })
})

describe('how mmdebstrap makes a base image here', () => {
  /** What the helper says on a computer with these programs, each a line of shell. */
  function modeWith(programs: Readonly<Record<string, string>>, suite: string): string {
    const folder = mkdtempSync(join(tmpdir(), 'pg-lab-mode-'))
    for (const name of ['sh', 'timeout']) symlinkSync(`/usr/bin/${name}`, join(folder, name))
    for (const [name, line] of Object.entries(programs)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 })
    }
    const { status, stdout, stderr } = spawnSync('sh', [join(packageRoot(), BASE_MODE), 'debian-13', suite], {
      encoding: 'utf8',
      env: { PATH: folder },
    })
    rmSync(folder, { recursive: true })
    return status === 0 ? (stdout.split(' ')[0] ?? '') : `${status}: ${stderr.trim()}`
  }
  const user = { id: 'echo 1000', mmdebstrap: 'exit 25', newuidmap: '' }
  const fakers = { fakechroot: '', fakeroot: '' }
  const [, ownSuite = ''] = /^VERSION_CODENAME=(.*)$/m.exec(readFileSync('/etc/os-release', 'utf8')) ?? []

  it.each([
    ['root', { id: 'echo 0', mmdebstrap: '', chroot: '' }, 'root'],
    [
      'root where it may not chroot',
      { id: 'echo 0', mmdebstrap: '', chroot: 'exit 1' },
      '3: mmdebstrap may not chroot here',
    ],
    [
      'a user who may make namespaces',
      { ...user, mmdebstrap: '[ "$*" = "--unshare-helper true" ]' },
      'unshare',
    ],
    ['a user who may not', user, '2: mmdebstrap may not make namespaces here: only root can make an image'],
    [
      'a user without newuidmap',
      { id: 'echo 1000', mmdebstrap: '' },
      '1: mmdebstrap needs newuidmap where it is not root (package uidmap)',
    ],
    ['nobody', {}, '1: mmdebstrap is not installed'],
  ])('%s', (_, programs, said) => expect(modeWith(programs, 'trixie')).toBe(said))

  it('a user with fakechroot, of this computer’s own suite only', () => {
    expect(modeWith({ ...user, ...fakers }, ownSuite)).toBe('fakechroot')
    expect(modeWith({ ...user, ...fakers }, 'another')).toMatch(/^2: /)
  })
})
