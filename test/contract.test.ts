import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { ansibleVars } from '../src/generate/render/ansible-vars.ts'
import { testBackup, testLab } from './support/lab.ts'

const ROLES = 'provisioning/roles'

const declared = new Set(
  readdirSync(ROLES).flatMap((role) => {
    const specs = parse(readFileSync(`${ROLES}/${role}/meta/argument_specs.yml`, 'utf8'))
    return Object.keys(specs.argument_specs.main.options)
  }),
)

test('the variables we write are the options the roles declare', () => {
  expect(
    Object.keys(
      ansibleVars(
        testLab({
          backup: testBackup({
            synchronous: true,
            from: 'slave',
            incremental: { schedule: '30 * * * *', maximumAgeHours: 3 },
          }),
        }),
      ),
    ).sort(),
  ).toEqual([...declared].sort())
})

test('no role has a default of its own: defaults live in the schema', () => {
  const withDefaults = readdirSync(ROLES, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(^|\/)defaults\//.test(name),
  )
  expect(withDefaults).toEqual([])
})

test('nothing we say sends npx to a package that is not ours: docs/decisions/06', () => {
  const places = ['src', 'templates', 'provisioning'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}/${entry.name}`),
  )
  expect(places.filter((file) => /npx[ ',]+pg-lab/.test(readFileSync(file, 'utf8')))).toEqual([])
})
