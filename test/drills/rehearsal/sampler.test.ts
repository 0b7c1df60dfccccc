import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSampler } from '../../../src/drills/rehearsal/sampler.ts'
import { until } from '../../../src/drills/rehearsal/wait.ts'
import { testLab } from '../../support/lab.ts'
import { realPostgres } from '../../support/real-postgres.ts'

const server = realPostgres()

beforeAll(() => {
  server.create()
  server.start()
  server.sql(
    ...['barman', 'slave_slot'].map((slot) => `SELECT pg_create_physical_replication_slot('${slot}', true)`),
  )
})
afterAll(() => {
  server.stop()
  server.remove()
})

test('a server is asked again and again in one session, each answer one line', {
  timeout: 30_000,
}, async () => {
  const lab = testLab({ slaves: [] })
  const sampler = startSampler(lab, server.guest)
  const answers = () => sampler.samples().flatMap(({ answer }) => answer ?? [])
  await until('three answers', () => answers().length >= 3, 20_000).finally(sampler.stop)
  expect(answers()[0]).toMatchObject({
    in_recovery: false,
    senders: [],
    slots: [
      { slot_name: 'barman', active: false },
      { slot_name: 'slave_slot', retained: expect.any(Number) },
    ],
  })
})
