import { type Code, modulesIn, textAt } from '../code.ts'
import { byFaults, type Criterion } from './criterion.ts'
import { findAll } from './places.ts'

interface NamedSlot {
  readonly name: string
  readonly place: string
}

const COMMAND = "grep -rnE 'primary_slot_name|physical_replication_slot|postgresql_slot|--?(S|slot)\\b' ."

const MADE_BY_SQL =
  /pg_create_physical_replication_slot\s*\(\s*(?:slot_name\s*=>\s*)?\\?['"]?([^'",)\\\s]*(?:\{\{[^}]*\}\})?)/g

/** `primary_slot_name = 'slave'`, `primary_slot_name: slave`, `ALTER SYSTEM SET primary_slot_name TO 'slave'`. */
const USED =
  /\bprimary_slot_name["']?[ \t]*(?:=|:|\bTO\b)[ \t]*(\{\{.*?\}\}|\\?'[^'\n]*'|"[^"\n]*"|[^\s'"#;,}]*)/gi

/** To the end of what belongs to it, over the lines of a folded or continued command, or of a list. */
const CLONE = /\bpg_basebackup\b(?=((?:[^\n]*\n){0,30}[^\n]*))/g

/** The standby has a slot, and streams through it. */
export const slot: Criterion = {
  id: 'slot',
  judge({ code, words: { seen } }) {
    const made = madeIn(code)
    const named = usedIn(code)
    const used = named.filter(({ name }) => name !== '')
    const empty = named.find(({ name }) => name === '')
    const names = (slots: readonly NamedSlot[]) => [...new Set(slots.map(({ name }) => name))].join(', ')
    const faults = [
      ...(made.length === 0 ? [seen.slotNotMade] : []),
      ...(used.length === 0 ? [empty ? seen.slotEmpty(empty.place) : seen.slotNotUsed(names(made))] : []),
      ...(areOthers(used, made) ? [seen.slotsDiffer(names(used), names(made))] : []),
    ]
    return byFaults(faults, {
      seen: [
        ...made
          .filter(hasName)
          .slice(0, 1)
          .map(({ name, place }) => seen.slotMade(name, place)),
        ...used.slice(0, 1).map(({ name, place }) => seen.slotUsed(name, place)),
      ],
      command: COMMAND,
    })
  },
}

/** Else it comes from a formula, such as `format('%L', …)`. */
function hasName({ name }: NamedSlot): boolean {
  return /^[\w{]/.test(name)
}

/** Every name is known, and none is in both. */
function areOthers(used: readonly NamedSlot[], made: readonly NamedSlot[]): boolean {
  const isKnown = ({ name }: NamedSlot) => /^[a-z0-9_]+$/.test(name)
  return (
    used.length > 0 &&
    made.length > 0 &&
    [...used, ...made].every(isKnown) &&
    !used.some(({ name }) => made.some((one) => one.name === name))
  )
}

function madeIn(code: Code): readonly NamedSlot[] {
  const byModule = code.maps.flatMap((map) =>
    modulesIn(map, 'postgresql_slot')
      .filter((module) => textAt(module, 'state') !== 'absent' && textAt(module, 'slot_type') !== 'logical')
      .map((module) => ({ name: code.value(textAt(module, 'name', 'slot_name')), place: map.path })),
  )
  const bySql = findAll(code, MADE_BY_SQL).map(({ place, groups: [, name = ''] }) => ({
    name: code.value(unquoted(name)),
    place,
  }))
  const byClone = clonesIn(code).filter(({ words }) =>
    words.some((word) => /^(-[A-Za-z]*C|--create-slot)$/.test(word)),
  )
  return [...byModule, ...bySql, ...byClone.flatMap(slotOfClone)]
}

function usedIn(code: Code): readonly NamedSlot[] {
  const bySetting = findAll(code, USED).map(({ place, groups: [, name = ''] }) => ({
    name: code.value(unquoted(name)),
    place,
  }))
  const byModule = code.maps.flatMap(({ path, members }) =>
    ['name', 'option', 'parameter', 'key'].some((key) => members[key] === 'primary_slot_name')
      ? [{ name: code.value(textAt(members, 'value', 'setting')), place: path }]
      : [],
  )
  const byClone = clonesIn(code).filter(({ words }) =>
    words.some((word) => /^(-[A-Za-z]*R[A-Za-z]*|--write-recovery-conf)$/.test(word)),
  )
  return [...bySetting, ...byModule, ...byClone.flatMap(slotOfClone)]
}

interface Clone {
  readonly place: string
  readonly words: readonly string[]
}

/** Calls of pg_basebackup, each with its words as far as they may reach. */
function clonesIn(code: Code): readonly Clone[] {
  return findAll(code, CLONE).map(({ place, groups: [, text = ''] }) => {
    const [call = ''] = text.split(
      /\n[ \t]*\n|\n[ \t]*-[ \t]+name:|\n[ \t]*(?:when|become|args|register|changed_when|creates):/,
    )
    const words = call
      .replace(/\{\{[^}]*\}\}/g, (template) => template.replaceAll(/\s/g, ''))
      .split(/[\s"',[\]\\]+/)
    return { place, words: words.filter((word) => word !== '-' && word !== '') }
  })
}

/** `-S slave`, `-Sslave`, `--slot slave`, `--slot=slave` */
function slotOfClone({ place, words }: Clone): readonly NamedSlot[] {
  for (const [at, word] of words.entries()) {
    if (/^(-[A-Za-z]{0,4}S|--slot)$/.test(word)) return [{ name: words[at + 1] ?? '', place }]
    const [, name] = /^(?:-S|--slot=)(.+)$/.exec(word) ?? []
    if (name !== undefined) return [{ name, place }]
  }
  return []
}

function unquoted(text: string): string {
  return text.replace(/^\\?['"]|\\?['"]$/g, '').trim()
}
