import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type BoxedLab, findBox } from '../../src/doctor/box-source.ts'
import { box as rule } from '../../src/doctor/rules/box.ts'
import { packageRoot } from '../../src/package-root.ts'
import type { StoredBox } from '../../src/tools/vagrant/boxes.ts'
import { testLab } from '../support/lab.ts'
import { computer } from './computer.ts'

const BENTO = { name: 'bento/debian-12', version: '202510.26.0', url: undefined }
const CHECK = `sh ${join(packageRoot(), 'provisioning/support/box/build.sh')} --check debian-12 bookworm`

function lab(overrides: Partial<BoxedLab> = {}): BoxedLab {
  const { box: _, ...rest } = testLab({ provider: 'virtualbox', ownBox: 'pg-lab/debian-12' })
  return { ...rest, box: BENTO, ...overrides }
}

function stored(name: string, overrides: Partial<StoredBox> = {}): StoredBox {
  const box = { name, version: '202510.26.0', provider: 'virtualbox', folder: '/b', architecture: 'amd64' }
  return { ...box, builtFrom: name.startsWith('pg-lab/') ? 'c0ffee' : undefined, ...overrides }
}

describe('the box of a lab', () => {
  const OWN = stored('pg-lab/debian-12', { version: '20261201.0900.hc0ffee' })

  test('is the named one, where it is here in the named version', async () => {
    const { host } = computer({}, { boxes: [stored('bento/debian-12'), OWN], registry: true })
    expect(await findBox(host, lab())).toMatchObject({ from: 'here', box: { name: 'bento/debian-12' } })
    const other = computer({}, { boxes: [stored('bento/debian-12', { version: '1' })], registry: true })
    expect(await findBox(other.host, lab())).toMatchObject({ from: 'address' })
  })

  test('is the one that was made here, before anybody is asked', async () => {
    const { host } = computer({}, { boxes: [OWN], registry: true })
    expect(await findBox(host, lab())).toEqual({ from: 'here', box: OWN })
    const forAnother = computer({}, { boxes: [{ ...OWN, provider: 'libvirt' }], registry: true })
    expect(await findBox(forAnother.host, lab())).toMatchObject({ from: 'address' })
  })

  test('is not one that has our name and that somebody else made', async () => {
    const { host } = computer({}, { boxes: [{ ...OWN, builtFrom: undefined }] })
    expect(await findBox(host, lab())).toMatchObject({ from: 'stranger' })
    expect(await rule.look(host, { provider: 'virtualbox', lab: lab() })).toMatchObject({
      ok: false,
      remedy: 'vagrant box remove pg-lab/debian-12 --provider virtualbox --all',
    })
  })

  test('comes from the address of the config, else from its box server, else from the registry', async () => {
    const asked: string[] = []
    const addressOf = async (overrides: Partial<BoxedLab>) => {
      const { host } = computer({}, { registry: true })
      const listening = { ...host, reachesRegistry: async (url: string) => asked.push(url) > 0 }
      await findBox(listening, lab(overrides))
    }
    await addressOf({ box: { ...BENTO, url: 'http://school.example/debian-12/metadata.json' } })
    await addressOf({ mirrors: { packages: undefined, vagrant: 'http://boxes.example', docker: undefined } })
    await addressOf({})
    expect(asked).toEqual([
      'http://school.example/debian-12/metadata.json',
      'http://boxes.example/bento/debian-12',
      'https://vagrantcloud.com/bento/debian-12',
    ])
  })

  test('in a shared folder is looked for there', async () => {
    const url = 'file:///srv/boxes/debian-12/metadata.json'
    const there = computer({}, { files: ['/srv/boxes/debian-12/metadata.json'] })
    expect(await findBox(there.host, lab({ box: { ...BENTO, url } }))).toMatchObject({ from: 'address' })
    const gone = computer({ [CHECK]: '' })
    expect(await findBox(gone.host, lab({ box: { ...BENTO, url } }))).toMatchObject({
      from: 'packages',
      silent: url,
    })
  })

  test('is made here, where nobody has it and it can be made', async () => {
    const { host } = computer({ [CHECK]: '' })
    expect(await findBox(host, lab())).toEqual({
      from: 'packages',
      own: 'pg-lab/debian-12',
      silent: 'vagrantcloud.com',
    })
    expect(await rule.look(host, { provider: 'virtualbox', lab: lab() })).toMatchInlineSnapshot(`
      {
        "ok": true,
        "seen": "pg-lab/debian-12 can be made here",
        "warning": "vagrantcloud.com has no bento/debian-12 for us: up makes one from the packages of the system, once, in minutes.",
      }
    `)
  })

  test.each([
    [1, 'qemu-img is not installed'],
    [2, 'mmdebstrap may not make namespaces here: only root can make a box'],
    [3, 'boxes are made on amd64 only, and this computer is aarch64'],
  ])('that nobody has and that cannot be made is a problem: %i', async (exitCode, stderr) => {
    const { host } = computer({ [CHECK]: { exitCode, stderr: `${stderr}\n` } })
    expect(await rule.look(host, { provider: 'virtualbox', lab: lab() })).toMatchSnapshot()
  })

  test('that the config names is never replaced', async () => {
    const { host } = computer({ [CHECK]: '' }, { boxes: [OWN] })
    const named = lab({ box: { ...BENTO, name: 'school/debian' }, ownBox: undefined })
    expect(await findBox(host, named)).toMatchObject({ from: 'nowhere', silent: 'vagrantcloud.com' })
  })
})
