import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, scriptedTools } from '../tools/helpers.ts'

const SCRIPT = 'provisioning/support/box/build.sh'

/** Programs of a computer that can make boxes; nothing is fetched or made. */
const TOOLS = {
  uname: 'case "$1" in -s) echo Linux ;; -m) echo x86_64 ;; esac\n',
  id: 'echo 0\n',
  chroot: 'exit 0\n',
  ...{ 'qemu-img': 'exit 0\n', sfdisk: 'exit 0\n', mke2fs: 'exit 0\n' },
  df: 'printf "%s\\n" head "fs 9 9 90000000 0% /"\n',
  mmdebstrap: 'exit 0\n',
}

function environmentWith(tools: Partial<Record<keyof typeof TOOLS, string>>): NodeJS.ProcessEnv {
  const { PATH } = scriptedTools(
    Object.fromEntries(
      Object.entries({ ...TOOLS, ...tools }).map(([name, text]) => [name, `#!/bin/sh\n${text}`]),
    ),
  )
  return { ...process.env, PATH, TMPDIR: folderWith() }
}

function build(tools: Partial<Record<keyof typeof TOOLS, string>>, folder = folderWith()) {
  const words = [SCRIPT, 'debian-13', 'trixie', 'libvirt', folder]
  const { status, stderr } = spawnSync('sh', words, {
    encoding: 'utf8',
    env: environmentWith(tools),
    timeout: 60_000,
  })
  return { status, said: stderr.trim().split('\n').at(-1), left: readdirSync(folder) }
}

describe.skipIf(!existsSync('/usr/share/keyrings/debian-archive-keyring.gpg'))('making a box', () => {
  it.each([
    ['another architecture', { uname: 'case "$1" in -s) echo Linux ;; *) echo aarch64 ;; esac\n' }],
    ['another system', { uname: 'case "$1" in -s) echo Darwin ;; *) echo x86_64 ;; esac\n' }],
    ['little room', { df: 'printf "%s\\n" head "fs 9 9 1000000 0% /"\n' }],
    [
      'a disk that becomes full',
      { mmdebstrap: 'echo "tar: write error: No space left on device" >&2; exit 1\n' },
    ],
    [
      'a wrong signature',
      { mmdebstrap: 'echo "The following signatures were invalid: BADSIG 1234" >&2; exit 1\n' },
    ],
    ['no mirror', { mmdebstrap: 'echo "E: Failed to fetch http://mirror/ Could not connect" >&2; exit 1\n' }],
    ['a failure of another kind', { mmdebstrap: 'echo "E: something else" >&2; exit 1\n' }],
  ])('with %s is told, and leaves nothing', (_, tools) => {
    const { status, said, left } = build(tools)
    expect(status).not.toBe(0)
    expect(said?.replaceAll(/\/\S+|\b976\b/g, '…')).toMatchSnapshot()
    expect(left.filter((name) => name !== '.lock')).toEqual([])
  })

  it('says whether it could, and what that takes', () => {
    const check = (tools: Partial<Record<keyof typeof TOOLS, string>>) => {
      const words = [SCRIPT, '--check', 'debian-13', 'trixie']
      return spawnSync('sh', words, { encoding: 'utf8', env: environmentWith(tools) })
    }
    expect(check({})).toMatchObject({ status: 0, stdout: '', stderr: '' })
    expect(check({ uname: 'echo Darwin\n' }).status).toBe(3)
    expect(check({ chroot: 'exit 1\n' })).toMatchObject({
      status: 3,
      stderr: 'mmdebstrap may not chroot here\n',
    })
  })

  it('that is killed leaves nothing, and the next one clears away what a power cut has left', async () => {
    const folder = folderWith()
    mkdirSync(join(folder, '.building'))
    writeFileSync(join(folder, '.building/root.tar'), 'half of it')
    const env = environmentWith({ mmdebstrap: `touch "${folder}/fetching"; exec tail -f /dev/null\n` })
    const child = spawn('sh', [SCRIPT, 'debian-13', 'trixie', 'libvirt', folder], { env, detached: true })
    await expect.poll(() => existsSync(join(folder, 'fetching')), { timeout: 30_000 }).toBe(true)
    expect(readdirSync(join(folder, '.building'))).toEqual(['said'])
    const ended = new Promise((done) => child.once('exit', done))
    process.kill(-(child.pid ?? 0), 'SIGTERM')
    expect(await ended).toBe(130)
    expect(readdirSync(folder).sort()).toEqual(['.lock', 'fetching'])
  })
})
