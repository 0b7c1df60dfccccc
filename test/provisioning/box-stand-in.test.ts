import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderWith } from '../tools/helpers.ts'

const OWN = 'boxes/pg-lab-VAGRANTSLASH-debian-13/20261201.0900.h1/libvirt/metadata.json'
const OURS = '{"provider":"libvirt","made_by":"create-pg-lab"}'
const NAMED = 'boxes/bento-VAGRANTSLASH-debian-13/9.0/libvirt/metadata.json'

/** In place of the build: it says what it was asked for, and makes what one makes. */
const BUILD = `echo "$*" >>"$4/asked"
echo box >"$4/$1-$3.box"; echo catalogue >"$4/$1-$3.json"
`

interface Case {
  readonly store?: Record<string, string>
  readonly vm?: readonly (string | null)[]
  readonly words?: readonly string[]
  readonly made?: readonly string[]
  readonly build?: string
  readonly server: string
}

/** What a Vagrantfile that was read twice has told Vagrant, in a lab of its own. */
function standIn({ store = {}, vm = ['bento/debian-13', '9.0', null], words = ['up'], ...rest }: Case) {
  const home = folderWith(store)
  mkdirSync(join(home, 'pg-lab'))
  const lab = folderWith({ 'provisioning/support/box/build.sh': rest.build ?? BUILD })
  cpSync('provisioning/support/box/vagrant.rb', join(lab, 'provisioning/support/box/vagrant.rb'))
  for (const name of rest.made ?? []) {
    mkdirSync(join(lab, `.vagrant/machines/${name}/libvirt`), { recursive: true })
    writeFileSync(join(lab, `.vagrant/machines/${name}/libvirt/id`), 'c0ffee')
  }
  const input = JSON.stringify({ home, words, vm, script: join(lab, 'provisioning/support/box/vagrant.rb') })
  const { status, stdout, stderr } = spawnSync('ruby', [resolve('test/provisioning/box-stand-in.rb')], {
    input,
    encoding: 'utf8',
    env: { ...process.env, VAGRANT_SERVER_URL: rest.server, http_proxy: '', no_proxy: '*' },
    timeout: 60_000,
  })
  const asked = join(home, 'pg-lab/asked')
  const told = stdout.trim().split('\n').at(-1) ?? ''
  return {
    home,
    status,
    stderr,
    vm: told.startsWith('[') ? JSON.parse(told) : undefined,
    builds: existsSync(asked) ? readFileSync(asked, 'utf8').trim().split('\n') : [],
  }
}

/** Nobody listens at port 1 of this computer. */
const GONE = 'http://127.0.0.1:1'

describe('the Vagrantfile takes', () => {
  const silent = createServer() // takes every connection, and says nothing
  let silentServer = ''
  beforeAll(async () => {
    await new Promise<void>((done) => silent.listen(0, '127.0.0.1', done))
    silentServer = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`
  })
  afterAll(() => silent.close())

  it('the named box that is here', () => {
    const { vm, builds } = standIn({ store: { [NAMED]: '{}', [OWN]: OURS }, server: GONE })
    expect(vm).toEqual(['bento/debian-13', '9.0', null])
    expect(builds).toEqual([])
  })

  it('the one that was made here, whatever is pinned of the other', () => {
    const { vm, builds } = standIn({ store: { [OWN]: OURS }, server: GONE })
    expect(vm).toEqual(['pg-lab/debian-13', null, null])
    expect(builds).toEqual([])
  })

  it('one that is made now, once, where the box server is gone', () => {
    const { vm, builds, home, stderr } = standIn({ server: GONE })
    const catalogue = join(home, 'pg-lab/debian-13-libvirt.json')
    expect(vm).toEqual(['pg-lab/debian-13', null, `file://${catalogue}`])
    expect(builds).toEqual([`debian-13 trixie libvirt ${join(home, 'pg-lab')}`])
    expect(stderr.trim()).toBe(
      'box: http://127.0.0.1:1/bento/debian-13 does not answer; pg-lab/debian-13 is made here',
    )
    expect(existsSync(catalogue)).toBe(false) // Vagrant has it by then
  })

  it('one that is made now, within seconds, where the box server takes the question and never answers', () => {
    const startMs = Date.now()
    expect(standIn({ server: silentServer }).builds).toHaveLength(1)
    expect(Date.now() - startMs).toBeLessThan(15_000)
  })

  it('no other for a look, or for machines that are there', () => {
    expect(standIn({ words: ['status'], server: GONE })).toMatchObject({ builds: [], stderr: '' })
    expect(standIn({ made: ['master', 'slave'], server: GONE }).builds).toEqual([])
    expect(standIn({ made: ['master'], server: GONE }).builds).toHaveLength(1)
  })

  it('no box of our name that somebody else made', () => {
    const { status, stderr } = standIn({ store: { [OWN]: '{"provider":"libvirt"}' }, server: GONE })
    expect(status).toBe(1)
    expect(stderr.trim()).toBe(
      'The box pg-lab/debian-13 that is here was not made by create-pg-lab. To have one that is: vagrant box remove pg-lab/debian-13 --provider libvirt --all',
    )
  })

  it('nothing where the build fails', () => {
    const { status, stderr } = standIn({ build: 'exit 1\n', server: GONE })
    expect(status).toBe(1)
    expect(stderr).toContain('The box pg-lab/debian-13 could not be made.')
  })
})
