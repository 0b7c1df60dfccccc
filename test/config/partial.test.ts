import { describe, expect, it } from 'vitest'
import { partialConfig, WrongSetting } from '../../src/config/partial.ts'
import { crossProblems } from '../../src/resolve/resolve-lab.ts'

/** What settings say against each other, as far as they are right each by itself. */
function problemsOf(input: unknown): string[] {
  const rest = partialConfig(input)
  if (rest === undefined) throw new Error('nothing of it is right')
  return crossProblems(rest, { provider: 'docker', architecture: 'amd64', cpus: 2, memoryMb: 8000 })
    .map(({ path }) => path)
    .sort()
}

describe('of a config with wrong settings, the others', () => {
  it.each([
    [{ master: { memory: 1, address: '10.9.9.9' } }, ['master.address']],
    [{ nmae: 'x', slaves: [{ name: 'master' }] }, ['slaves[0].name']],
    [
      { backup: { retention: 'x', user: 'postgres' }, master: { name: 'all' } },
      ['backup.user', 'master.name'],
    ],
    [{ slaves: [{ slot: 'a' }, { slot: 'a', cpus: 0 }] }, ['slaves[1].slot']],
    [{ backup: { retention: 7 }, slaves: [{ name: 'all' }] }, ['slaves[0].name']],
    [{ os: 'debian-12', postgres: { version: 17, locale: 'x' } }, ['postgres.version']],
  ])('are held against each other: %j', (input, paths) => {
    expect(problemsOf(input)).toEqual(paths)
  })

  it.each([
    [{ network: { subnet: '10.1.0.0/33' }, master: { address: '10.1.0.5' } }],
    [{ os: 'centos', postgres: { version: 15 } }],
    [{ provider: 'xen', master: { ssh: { host: 'db1' } } }],
    [{ slaves: [{ name: 'A' }, { name: 'slave' }] }],
  ])('are not blamed for what follows from a wrong one: %j', (input) => {
    expect(problemsOf(input)).toEqual([])
  })

  it('can be read, a wrong one cannot', () => {
    const rest = partialConfig({ master: { memory: 'x', cpus: 2 }, slaves: [{}, 7] })
    expect(rest?.master.cpus).toBe(2)
    expect(rest?.slaves).toHaveLength(2)
    expect(() => rest?.master.memory).toThrow(WrongSetting)
    expect(() => rest?.slaves[1]).toThrow(WrongSetting)
  })

  it.each([[undefined], ['x'], [null]])('are none where it is no object: %j', (input) => {
    expect(partialConfig(input)).toBeUndefined()
  })
})
