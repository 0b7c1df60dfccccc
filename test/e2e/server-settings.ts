import { settingFacts, settingsOf } from '../../src/catalog/setting-facts.ts'
import type { TestLab } from './support.ts'

const QUERY = `SELECT json_agg(json_strip_nulls(json_build_object('name', lower(name), 'type', vartype, 'unit', unit,
  'context', context, 'min', min_val, 'max', max_val, 'values', enumvals)))
  FROM pg_settings WHERE name NOT LIKE '%.%'`

/** Names of the settings of which the catalog says something else than a server of this major. */
export function settingsToldOtherwise(lab: TestLab, node: string, major: number): string[] {
  const rows = JSON.parse(lab.sql(node, QUERY)) as ({ name: string } & Record<string, unknown>)[]
  const there = new Map(rows.map(({ name, ...facts }) => [name, JSON.stringify(facts)]))
  return [...new Set([...there.keys(), ...settingsOf(major)])].filter((name) => {
    const { default: _, ...facts } = Object(settingFacts(name, major))
    const { from: _from, to: _to, ...told } = facts
    return there.get(name) !== JSON.stringify(told)
  })
}
