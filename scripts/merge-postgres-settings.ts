/**
 * Puts what each major says of its settings (scripts/postgres-settings.sh, a line of JSON a major) together: a setting has one
 * entry as long as it stays the same. Prints src/catalog/postgres-settings.json.
 */
import { readFileSync } from 'node:fs'

type Facts = Readonly<Record<string, unknown>>

interface Major {
  readonly major: number
  readonly settings: readonly (Facts & { readonly name: string })[]
}

const majors: Major[] = readFileSync(0, 'utf8')
  .split('\n')
  .filter(Boolean)
  .map((line) => JSON.parse(line))
  .sort((one: Major, other: Major) => one.major - other.major)

const entries = new Map<string, { from: number; to: number; facts: string }[]>()
majors.forEach(({ major, settings }, at) => {
  const before = majors[at - 1]?.major
  for (const { name, ...facts } of settings) {
    const key = name.toLowerCase()
    const spans = entries.get(key) ?? []
    const last = spans.at(-1)
    const text = JSON.stringify(facts)
    // One that both its neighbours have came with a minor release that this major's archive does not have yet.
    const lacking = majors[at - 2]?.major
    const isNext = last && (last.to === before || last.to === lacking)
    if (isNext && last.facts === text) last.to = major
    else spans.push({ from: major, to: major, facts: text })
    entries.set(key, spans)
  }
})

const lines = [...entries]
  .sort(([one], [other]) => (one < other ? -1 : 1))
  .map(([name, spans]) => {
    const told = spans.map(({ from, to, facts }) => `{"from":${from},"to":${to},${facts.slice(1)}`)
    return `${JSON.stringify(name)}:[${told.join(',')}]`
  })
const asked = majors.map(({ major }) => major).join(',')
console.log(`{"asked":[${asked}],"settings":{\n${lines.join(',\n')}\n}}`)
