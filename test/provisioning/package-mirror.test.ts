import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith } from '../tools/helpers.ts'

const SCRIPT = resolve('provisioning/roles/postgres/files/package-mirror.sh')

/** Runs it on the system in a folder. @returns what it said */
function mirror(root: string, url: string): string {
  const { stdout, stderr, status } = spawnSync('sh', [SCRIPT, url], {
    encoding: 'utf8',
    env: { ...process.env, ROOT: root },
  })
  expect([status, stderr]).toEqual([0, ''])
  return stdout.trim()
}

describe.each([
  {
    system: 'Debian 12, whose list is one file',
    files: {
      'etc/os-release': 'ID=debian\nVERSION_CODENAME=bookworm\n',
      'etc/apt/sources.list': 'deb http://a bookworm main\n',
    },
    folder: 'etc/apt/sources.list.d',
    own: 'etc/apt/sources.list',
    written: [
      'Types: deb',
      'URIs: http://m.example/debian',
      'Suites: bookworm bookworm-updates',
      'Components: main',
      'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
    ],
    file: 'etc/apt/sources.list.d/pg-lab-mirror.sources',
  },
  {
    system: 'Ubuntu, whose list is a file of its own',
    files: {
      'etc/os-release': 'ID=ubuntu\nVERSION_CODENAME=noble\n',
      'etc/apt/sources.list.d/ubuntu.sources': 'Types: deb\n',
    },
    folder: 'etc/apt/sources.list.d',
    own: 'etc/apt/sources.list.d/ubuntu.sources',
    written: [
      'Types: deb',
      'URIs: http://m.example/debian',
      'Suites: noble noble-updates',
      'Components: main universe',
      'Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg',
    ],
    file: 'etc/apt/sources.list.d/pg-lab-mirror.sources',
  },
  {
    system: 'Rocky Linux',
    files: {
      'etc/os-release': 'ID="rocky"\n',
      'etc/yum.repos.d/rocky.repo': '[baseos]\n',
      'etc/yum.repos.d/rocky-extras.repo': '[extras]\n',
      'etc/pki/rpm-gpg/RPM-GPG-KEY-Rocky-9': 'key\n',
    },
    folder: 'etc/yum.repos.d',
    own: 'etc/yum.repos.d/rocky-extras.repo',
    written: [
      '[pg-lab-BaseOS]',
      'name=BaseOS',
      'baseurl=http://m.example/debian/$releasever/BaseOS/$basearch/os/',
      'gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-Rocky-9',
      'gpgcheck=1',
      '[pg-lab-AppStream]',
      'name=AppStream',
      'baseurl=http://m.example/debian/$releasever/AppStream/$basearch/os/',
      'gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-Rocky-9',
      'gpgcheck=1',
    ],
    file: 'etc/yum.repos.d/pg-lab-mirror.repo',
  },
])('$system', ({ files, folder, own, written, file }) => {
  it('takes its packages from the mirror, and again from where they came', () => {
    const root = folderWith({ ...files, [`${folder}/others.list`]: 'theirs\n' })
    const names = () => readdirSync(join(root, folder)).sort()
    const before = names()
    const kept = readFileSync(join(root, own), 'utf8')
    expect(mirror(root, '')).toBe('')
    expect(names()).toEqual(before)

    expect(mirror(root, 'http://m.example/debian/')).toBe('changed')
    expect(readFileSync(join(root, file), 'utf8').trim().split('\n')).toEqual(written)
    expect(existsSync(join(root, own))).toBe(false)
    expect(readFileSync(join(root, `${own}.before-pg-lab`), 'utf8')).toBe(kept)
    expect(mirror(root, 'http://m.example/debian')).toBe('')

    expect(mirror(root, 'http://other.example')).toBe('changed')
    expect(readFileSync(join(root, file), 'utf8')).toContain('http://other.example')

    expect(mirror(root, '')).toBe('changed')
    expect(names()).toEqual(before)
    expect(readFileSync(join(root, own), 'utf8')).toBe(kept)
    expect(mirror(root, '')).toBe('')
  })
})
