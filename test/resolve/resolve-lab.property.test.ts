import fc from 'fast-check'
import { expect, test } from 'vitest'
import { problemsOf } from '../../src/config/problems.ts'
import { type ClusterConfig, parseConfig } from '../../src/config/schema.ts'
import { UserError } from '../../src/errors.ts'
import { type Lab, nodesOf } from '../../src/lab.ts'
import { addressNumber, parseSubnet, whyNotAddress } from '../../src/resolve/addresses.ts'
import { resolveLab } from '../../src/resolve/resolve-lab.ts'

/** Optional keys of a record, each left out now and then. */
function some<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) {
  return fc.record(model, { requiredKeys: [] })
}

/** Text of a few letters: collisions are wanted. Some reach the longest length. */
function word(letters: string, maxLength: number) {
  const unit = fc.constantFrom(...letters)
  return fc.oneof(fc.string({ unit, maxLength: 3 }), fc.string({ unit, minLength: maxLength - 1, maxLength }))
}

const hostName = word('ab1-', 61).map((middle) => `a${middle}z`)
const slot = word('ab1_', 62).map((rest) => `a${rest}`)
const subnet = fc
  .tuple(fc.constantFrom('10.20', '192.168', '172.20'), fc.nat(255), fc.integer({ min: 24, max: 27 }))
  .map(([start, third, prefix]) => `${start}.${third}.0/${prefix}`)

/** Configs the schema takes; names may collide, addresses are chosen from a few so that they do. */
const config: fc.Arbitrary<ClusterConfig> = subnet.chain((cidr) => {
  const stem = cidr.slice(0, cidr.lastIndexOf('.'))
  const address = fc.nat(31).map((last) => `${stem}.${last}`)
  const machine = { name: hostName, address }
  return some<ClusterConfig>({
    network: fc.constant({ subnet: cidr }),
    master: some(machine),
    slaves: fc.array(some({ ...machine, slot }), { maxLength: 8 }),
    backup: fc.oneof(fc.constant(false as const), some(machine)),
  }).map((made) => ({ ...made, network: { subnet: cidr } }))
})

function resolved(input: ClusterConfig): Lab | undefined {
  const result = parseConfig(input)
  if ('issues' in result) throw new Error(JSON.stringify(result.issues[0]?.message))
  try {
    return resolveLab(result.config, { provider: 'docker', architecture: 'amd64' })
  } catch (error) {
    if (error instanceof UserError && error.problems.length) return undefined
    throw error
  }
}

function expectSound(lab: Lab): void {
  const nodes = nodesOf(lab)
  const bounds = parseSubnet(lab.network.subnet)
  expect(new Set(nodes.map(({ name }) => name)).size).toBe(nodes.length)
  expect(new Set(nodes.map(({ address }) => address)).size).toBe(nodes.length)
  for (const { address } of nodes) expect(whyNotAddress(bounds, addressNumber(address))).toBeUndefined()
  const slots = [...lab.slaves, ...(lab.backup ? [lab.backup] : [])].map(({ slot }) => slot)
  expect(new Set(slots).size).toBe(slots.length)
  for (const slot of slots) expect(slot).toMatch(/^[a-z0-9_]{1,63}$/)
}

test('a config is refused with its problems, or becomes a sound lab', () => {
  let sound = 0
  fc.assert(
    fc.property(config, (input) => {
      const lab = resolved(input)
      if (!lab) return
      sound += 1
      expectSound(lab)
    }),
    { numRuns: 600 },
  )
  expect(sound).toBeGreaterThan(60)
})

test('a slave added at the end moves no machine and changes no slot', () => {
  fc.assert(
    fc.property(config, (input) => {
      const before = resolved(input)
      const after = resolved({ ...input, slaves: [...(input.slaves ?? [{}]), {}] })
      if (!before || !after) return
      expect(after.master).toEqual(before.master)
      expect(after.backup).toEqual(before.backup)
      expect(after.slaves.slice(0, -1)).toEqual(before.slaves)
    }),
    { numRuns: 600 },
  )
})

test('any value at all is a config or a list of problems', () => {
  const keys = [
    'name',
    'os',
    'slaves',
    'backup',
    'postgres',
    'settings',
    'repository',
    'memory',
    'x',
    '__proto__',
  ]
  const leaf = fc.constantFrom<unknown>(
    null,
    undefined,
    0,
    -1,
    Number.NaN,
    '',
    'a',
    true,
    Symbol('s'),
    1n,
    new Date(0),
    () => 1,
  )
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 3 }),
      fc.array(tie('value'), { maxLength: 2 }),
    ),
  }))
  fc.assert(
    fc.property(value, (input) => {
      const result = parseConfig(input)
      if ('issues' in result) expect(problemsOf(input, result.issues)).not.toHaveLength(0)
    }),
    { numRuns: 1000 },
  )
})
