import { describe, expect, it } from 'vitest'
import { drawFaults } from '../../src/exam/draw.ts'
import { inflictFaults } from '../../src/exam/inflict.ts'
import { type OpenExam, readExam, sealExam } from '../../src/exam/seal.ts'
import { fakeGuest, PRIMARY, standby } from '../support/fake-lab.ts'
import { folderWith } from '../tools/helpers.ts'
import { faultsOfLab, labOfAll } from './lab.ts'

/** Machines that do as they are told, until somebody pulls the plug before an act of this number. */
function machines(plug = Number.POSITIVE_INFINITY) {
  const acts: string[] = []
  const act = (what: string) => {
    if (acts.length >= plug) throw new Error('killed')
    acts.push(what)
  }
  const guest = fakeGuest(
    { master: PRIMARY, slave: standby() },
    {
      rows: (_node, sql) => [{ file: '/x', segment: '000000010000000000000001', sql }],
      execute: async ({ name }, sql) => act(`${name}: ${sql}`),
      shell: async ({ name }, argv, options) => {
        act(`${name}: ${options?.stdin ?? argv.join(' ')}`)
        const stdout = '{"master": {"wals_directory": "/w"}}'
        return { exitCode: 0, stdout, stderr: '', durationMs: 1 }
      },
    },
  )
  return { guest, acts }
}

const faults = faultsOfLab(labOfAll()).filter(({ id }) => id !== 'wal-segment-missing')

describe('setting an exam', () => {
  it('tells neither the lists of processes nor the logs of sudo what it does', async () => {
    const { guest } = machines()
    for (const fault of faults) {
      const told: string[] = []
      await fault.inflict({
        ...guest,
        shell: (node, argv, options) => {
          told.push(argv.join(' '))
          return guest.shell(node, argv, options)
        },
      })
      expect(told.filter((words) => words !== 'bash -e -s')).toEqual([])
    }
  })

  it.each(Array.from({ length: 5 }, (_, seed) => seed))(
    'goes on wherever it is killed, with what was begun known before it is done: seed %i',
    async (seed) => {
      const drawn = drawFaults(seed, 3, faults)
      const whole = machines()
      await inflictFaults(drawn, 0, whole.guest, () => {})
      for (let plug = 0; plug < whole.acts.length; plug += 1) {
        const place = { directory: folderWith(), env: { XDG_STATE_HOME: folderWith() } }
        const state: OpenExam = {
          ...{ seed, count: 3, minutes: 60, primary: 'master', drawn: drawn.map(({ id }) => id) },
          ...{ begun: 0, startedMs: undefined, rows: [], hints: {} },
        }
        const seal = (begun: number) => sealExam(place, { ...state, begun })
        const first = machines(plug)
        await expect(inflictFaults(drawn, 0, first.guest, seal)).rejects.toThrow('killed')
        const begun = readExam(place)?.begun ?? 0
        expect(begun).toBeGreaterThan(0)
        const second = machines()
        await inflictFaults(drawn, begun, second.guest, seal)
        const withoutPasswords = (acts: readonly string[]) =>
          new Set(acts.map((text) => text.replace(/PASSWORD '.*'/, 'PASSWORD')))
        expect(withoutPasswords([...first.acts, ...second.acts])).toEqual(withoutPasswords(whole.acts))
        expect(readExam(place)?.begun).toBe(3)
      }
    },
  )
})
