import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { removeMachines, withGoneMachines } from '../../src/operations/remove-machines.ts'
import type { Runner } from '../../src/tools/runner.ts'
import type { Guest } from '../../src/tools/ssh/guest-contract.ts'
import { testLab, testSlave } from '../support/lab.ts'
import { folderWith } from '../tools/helpers.ts'

/** Everything that is done, in its order, and what the Vagrantfile said meanwhile. */
function place(lab = testLab()) {
  const done: string[] = []
  const directory = folderWith({ Vagrantfile: '' })
  let vagrantfile = ''
  const run: Runner = async ({ file, args, env }) => {
    done.push([file, ...args].join(' '))
    expect(env).toMatchObject({ VAGRANT_CWD: directory, VAGRANT_VAGRANTFILE: '.pg-lab/Vagrantfile.gone' })
    vagrantfile = readFileSync(join(directory, '.pg-lab/Vagrantfile.gone'), 'utf8')
    return { exitCode: 0, stdout: '', stderr: '', durationMs: 1 }
  }
  const guest: Guest = {
    shell: () => Promise.reject(new Error('nothing is run in a machine')),
    rows: () => Promise.reject(new Error('nothing is asked')),
    execute: async ({ name }, sql) => {
      const slots = [...sql.matchAll(/drop_replication_slot\(slot_name\).*\n.*slot_name = ('\w+')/g)]
      done.push(`${name}: drop ${slots.map(([, slot]) => slot).join(' ')}`)
    },
  }
  return { directory, done, text: () => vagrantfile, place: { lab, guest, run, directory, logFile: 'log' } }
}

const gone = [{ name: 'slave2', slot: 'slave2_slot' }]

test('a machine is stopped, then nothing keeps WAL for it, and only then is it deleted', async () => {
  const { done, directory, text, place: where } = place()
  await removeMachines(where, gone, { agreed: ['slave2'], note: (step) => done.push(`· ${step}`) })
  expect(done).toEqual([
    '· stopping slave2',
    'vagrant halt --machine-readable slave2',
    '· dropping their slots',
    "master: drop 'slave2_slot'",
    "slave: drop 'slave2_slot'",
    '· deleting slave2',
    'vagrant destroy --force --machine-readable slave2',
  ])
  expect(text()).toMatchInlineSnapshot(`
    "# Machine-made: lets Vagrant stop and delete machines that the config no longer has.
    load File.join(__dir__, "..", "Vagrantfile")
    Vagrant.configure("2") do |config|
      config.vm.define "slave2" do |machine|
        machine.vm.provider("docker") { |v| v.image = "scratch" }
      end
    end
    "
  `)
  expect(existsSync(join(directory, '.pg-lab/Vagrantfile.gone'))).toBe(false)
})

test('one that may not be deleted stays, stopped', async () => {
  const { done, place: where } = place()
  await removeMachines(where, gone, { agreed: [], note: () => {} })
  expect(done).toEqual([
    'vagrant halt --machine-readable slave2',
    "master: drop 'slave2_slot'",
    "slave: drop 'slave2_slot'",
  ])
})

test('a slot that another machine uses now, and one nobody knows, are left alone', async () => {
  const heir = testLab({ slaves: [testSlave({ name: 'heir', slot: 'slave2_slot' })] })
  for (const [lab, slot] of [
    [heir, 'slave2_slot'],
    [testLab(), 'barman'],
    [testLab(), undefined],
  ] as const) {
    const { done, place: where } = place(lab)
    await removeMachines(where, [{ name: 'slave2', slot }], { agreed: [], note: () => {} })
    expect(done).toEqual(['vagrant halt --machine-readable slave2'])
  }
})

test('a virtual machine needs no image, and a name is only a name', async () => {
  const { text, place: where } = place(testLab({ provider: 'virtualbox' }))
  await withGoneMachines(where, ['x"#{exit}'], (vagrant) => vagrant.halt())
  expect(text()).toContain('config.vm.define "x\\"\\#{exit}"\n')
})
