import { describe, expect, test } from 'vitest'
import { OS_NAMES } from '../../src/catalog/names.ts'
import { OPERATING_SYSTEMS, osCarrying, RETIRED_OS } from '../../src/catalog/os.ts'

describe.each(OS_NAMES)('%s', (name) => {
  const os = OPERATING_SYSTEMS[name]

  test('is its own row', () => expect(os.name).toBe(name))

  test('pins every box, by a version or by an address', () => {
    for (const box of Object.values(os.boxes)) {
      expect(box.version ?? box.url).toBeTruthy()
      expect(box.name).not.toMatch(/^generic\//)
      expect(box.architectures).not.toHaveLength(0)
    }
  })

  test('has a docker image only where a node image can be built', () => {
    expect(os.dockerImage !== undefined).toBe(os.family === 'Debian')
  })
})

test('retired systems name a replacement that exists', () => {
  for (const { replacement } of Object.values(RETIRED_OS)) expect(OS_NAMES).toContain(replacement)
})

test('a PostgreSQL version leads to the system that carries it', () => {
  expect(osCarrying(17)?.name).toBe('debian-13')
  expect(osCarrying(18)?.name).toBe('debian-14')
  expect(osCarrying(19)).toBeUndefined()
})
