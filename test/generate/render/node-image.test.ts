import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { OPERATING_SYSTEMS } from '../../../src/catalog/os.ts'
import { NODE_IMAGE_SCRIPT, nodeImageSettings } from '../../../src/generate/render/node-image.ts'
import type { Lab } from '../../../src/lab.ts'
import { packageRoot } from '../../../src/package-root.ts'
import { testLab } from '../../support/lab.ts'
import { scriptedTools } from '../../tools/helpers.ts'

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

const BASE_MODE = 'provisioning/support/node-image/base-mode.sh'

const NETWORK = 'provisioning/support/node-image/network.sh'
const START = 'provisioning/support/node-image/start.sh'
const PACKAGES = 'provisioning/support/node-image/packages.sh'

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

describe('the network of the machines', () => {
  /** What the script of a lab says where a machine of the lab in `owner` is in that network. */
  function madeWhereItIsOf(owner: (lab: string) => string): string {
    const lab = realpathSync(mkdtempSync(join(tmpdir(), 'pg-lab network-')))
    const script = join(lab, NETWORK)
    mkdirSync(dirname(script), { recursive: true })
    cpSync(join(packageRoot(), NETWORK), script)
    const docker = `#!/bin/sh
      case "$1 $2" in
      'network inspect') case "$3" in vagrant_*) exit 1 ;; *) exit 0 ;; esac ;;
      'ps --all') echo '${owner(lab)}' ;;
      esac\n`
    const { PATH } = scriptedTools({ docker })
    const words = ['make', 'pg-lab_10.0.0.0/24', '10.0.0.0/24']
    const { stderr } = spawnSync('sh', [script, ...words], {
      encoding: 'utf8',
      env: { ...process.env, PATH },
    })
    rmSync(lab, { recursive: true })
    return stderr
  }

  it('is the lab’s own when its machines are in it', () => {
    expect(madeWhereItIsOf((lab) => lab)).toBe('')
  })

  it('is another lab’s when that one’s machines are', () => {
    expect(madeWhereItIsOf(tmpdir)).toContain(`the lab in ${tmpdir()} has it`)
  })
})

describe('when the images are built', () => {
  const NODE = 'pg-lab/node:debian-13'
  const BACKUP = 'pg-lab/backup:debian-13'

  /** A Docker that has these images, each with its age in days and whether it holds its packages. */
  function built(
    images: Readonly<Record<string, { readonly days: number; readonly packages: 'yes' | 'no' }>>,
    options: { readonly args?: readonly string[]; readonly isOffline?: true; readonly packages?: '' } = {},
  ): readonly string[] {
    const folder = mkdtempSync(join(tmpdir(), 'pg-lab-build-'))
    cpSync(join(packageRoot(), 'provisioning/support/node-image'), join(folder, 'node-image'), {
      recursive: true,
    })
    const lab = testLab({ os: OPERATING_SYSTEMS['debian-13'] })
    const settings = nodeImageSettings(lab, 'Header')
    writeFileSync(
      join(folder, 'node-image.env'),
      options.packages === undefined ? settings : settings.replace(/^PACKAGES=.*$/m, "PACKAGES=''"),
    )
    const now = Math.floor(Date.now() / 1000)
    const known = Object.entries(images).map(([name, { days, packages }]) => {
      return `${name}-*) made=${now - days * 86_400 - 60} packages=${packages} ;;`
    })
    const docker = `#!/bin/sh
      case "$1" in
        version) exit 0 ;;
        build) echo "$*" >>"${folder}/builds"; case "$*" in *packages=yes*) ${options.isOffline ? 'exit 1' : ''} ;; esac; exit 0 ;;
      esac
      for last; do :; done
      case "$last" in pg-lab/base:*) exit 0 ;; ${known.join(' ')} *) exit 1 ;; esac
      case "$*" in *pg-lab.made*) echo "$made" ;; *pg-lab.packages*) echo "$packages" ;; esac\n`
    const { PATH } = scriptedTools({ docker })
    const script = join(folder, 'node-image/build.sh')
    const { status, stderr } = spawnSync('sh', [script, ...(options.args ?? [])], {
      encoding: 'utf8',
      env: { ...process.env, PATH },
    })
    expect([status, stderr]).toEqual([0, ''])
    const builds = existsSync(join(folder, 'builds')) ? readFileSync(join(folder, 'builds'), 'utf8') : ''
    rmSync(folder, { recursive: true })
    return [...builds.matchAll(/--tag pg-lab\/(\w+):\S+ --target (\w+) /g)].map(
      ([, image, stage]) => `${image} ${stage}`,
    )
  }

  const young = { days: 29, packages: 'yes' } as const
  const old = { days: 30, packages: 'yes' } as const
  const bare = (days: number) => ({ days, packages: 'no' }) as const
  const BOTH = ['node node', 'backup backup']

  it.each([
    ['at first, both', {}, {}, BOTH],
    ['not while they are young', { [NODE]: young, [BACKUP]: young }, {}, []],
    ['when one has got old', { [NODE]: young, [BACKUP]: old }, {}, BOTH],
    ['when somebody asks', { [NODE]: young, [BACKUP]: young }, { args: ['--fresh'] }, BOTH],
    ['bare ones the next day', { [NODE]: young, [BACKUP]: bare(1) }, {}, BOTH],
    ['and not before', { [NODE]: young, [BACKUP]: bare(0) }, {}, []],
    [
      'without packages where they cannot be had',
      {},
      { isOffline: true },
      ['node node', 'node bare', 'backup backup', 'backup bare'],
    ],
    ['old ones stay then', { [NODE]: old, [BACKUP]: old }, { isOffline: true }, BOTH],
    ['bare where nobody wants packages', {}, { packages: '' }, ['node bare', 'backup bare']],
    ['and these for good', { [NODE]: bare(99), [BACKUP]: bare(99) }, { packages: '' }, []],
  ] as const)('%s', (_, images, options, stages) => {
    expect(built(images, options)).toEqual(stages)
  })
})

test('the images hold what the roles would install', () => {
  const vars = (name: string) =>
    parse(readFileSync(join(packageRoot(), `provisioning/roles/postgres/vars/${name}.yml`), 'utf8'))
  const { postgres_packages, postgres_backup_packages } = vars('Debian')
  const lab = testLab({
    backup: { ...testLab().backup, compression: 'zstd' } as Lab['backup'],
    runner: 'guest',
  })
  const settings = nodeImageSettings(lab, 'Header')
  const wanted = postgres_packages.join(' ').replace('{{ postgres_version }}', lab.postgres.version)
  expect(settings).toContain(`\nPACKAGES='${wanted}'\n`)
  const { zstd, ...others } = vars('common').postgres_compression_packages
  expect(settings).toContain(
    `\nBACKUP_PACKAGES='${[...postgres_backup_packages, ...zstd, 'ansible-core'].join(' ')}'\n`,
  )
  expect(others).toEqual({ lz4: ['python3-lz4'] })
})
