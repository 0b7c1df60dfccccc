import { expect, test } from 'vitest'
import { examine } from '../../../src/doctor/index.ts'
import { testLab } from '../../support/lab.ts'
import { BASICS, computer } from '../computer.ts'

const lab = { ...testLab(), postgres: { ...testLab().postgres, tls: true } }

async function python(path: string, exitCode: number, of = lab) {
  const said = `ansible-playbook [core 2.14.18]\n  python version = 3.11.2 (main, Apr 28) [GCC 12.2.0] (${path})\n`
  const { host } = computer({
    ...BASICS,
    'ansible-playbook --version': said,
    [`${path} -c import cryptography`]: { exitCode },
  })
  const diagnoses = await examine(host, { provider: 'docker', lab: of })
  return diagnoses.find(({ rule }) => rule.id === 'control-python')?.sighting
}

test('the module that certificates are made with is missed before a run, not in it', async () => {
  expect(await python('/usr/bin/python3', 0)).toEqual({ ok: true, seen: 'has cryptography' })
  expect(await python('/usr/bin/python3', 1)).toMatchObject({
    ok: false,
    remedy: 'sudo apt-get install python3-cryptography',
  })
  expect(await python('/opt/ansible/bin/python3', 1)).toMatchObject({
    ok: false,
    remedy: '/opt/ansible/bin/python3 -m pip install cryptography',
  })
})

test('a lab without TLS, or with Ansible in a guest, needs none', async () => {
  const plain = { ...lab, postgres: { ...lab.postgres, tls: false } }
  expect(await python('/usr/bin/python3', 1, plain)).toBeUndefined()
  expect(await python('/usr/bin/python3', 1, { ...lab, runner: 'guest' })).toBeUndefined()
})
