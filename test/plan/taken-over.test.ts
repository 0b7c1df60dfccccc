import { expect, test } from 'vitest'
import type { Lab } from '../../src/lab.ts'
import { serverItems } from '../../src/plan/server-items.ts'
import { testLab } from '../support/lab.ts'
import { surveyOf } from './scene.ts'

const lab = testLab()
const AUTO = 'postgresql.auto.conf'

const slotsOf = (...names: readonly string[]) =>
  names.map((slot_name) => ({ slot_name, slot_type: 'physical', active: true, follower: 'walreceiver' }))

/** A pair of somebody else's: what `pg_basebackup -R` and ALTER SYSTEM have written, and another initdb. */
async function itemsOf(owner: string, changes: Partial<Lab['replication']> = {}) {
  const server = { ...lab, replication: { ...lab.replication, ...changes } }
  const seen = await surveyOf(lab, lab, {
    server: (sight, { name }) => ({
      ...sight,
      checksums: false,
      locale: 'ru_RU.KOI8-R',
      lines: [
        ...sight.lines,
        { file: AUTO, name: 'primary_conninfo', value: 'user=rep' },
        { file: AUTO, name: 'max_parallel_workers', value: '3' },
      ],
      settings: sight.settings.map((one) =>
        one.name === 'primary_slot_name' && name === 'slave' ? { ...one, setting: 'theirs' } : one,
      ),
      slots: name === 'slave' ? sight.slots : [...sight.slots, ...slotsOf('theirs', 'others')],
    }),
  })
  const belongings = new Map(['master', 'slave'].map((name) => [name, { owner, found: ['a cluster'] }]))
  const items = serverItems({ ...server, provider: 'ssh' }, { ...seen, belongings, takesOver: true })
  return items.map(({ node, action, text }) => `${action} ${node}: ${text}`)
}

const KEPT = [
  'keep master: checksums are off there, and the config asks for on: that was chosen when the cluster was made',
  'keep master: the locale is ru_RU.KOI8-R there, and the config asks for C.UTF-8: that was chosen when the cluster was made',
]

test('a pair that is taken over: what wins over the lab goes, what initdb chose stays, the old slot is removed', async () => {
  const taken = `primary_conninfo taken out of ${AUTO}, of which a copy is kept`
  expect(await itemsOf('')).toEqual([
    `reload master: ${taken}`,
    ...KEPT,
    `reload slave: ${taken}`,
    'remove master: slot theirs: nobody follows through it now',
  ])
})

test('servers that are the lab’s already: their owner’s ALTER SYSTEM is his', async () => {
  expect(await itemsOf(lab.name)).toEqual([])
})

test('a slot that the config leaves to others is nobody’s to remove', async () => {
  expect((await itemsOf('', { otherSlots: ['theirs'] })).filter((text) => text.startsWith('remove'))).toEqual(
    [],
  )
})
