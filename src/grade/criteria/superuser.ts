import { type Code, textAt } from '../code.ts'
import { byFaults, type Criterion } from './criterion.ts'
import { findAll } from './places.ts'

/** Roles of these names, or of variables so called, are there for backup or replication. */
const SERVES = /barman|backup|repl|stream|stand_?by|slave/i

const BY_SQL = /\b(?:CREATE|ALTER)\s+(?:ROLE|USER)\s+("?[^\s;]*(?:\{\{[^}]*\}\})?"?)([^;]*)/gi
const BY_PROGRAM = /\bcreateuser\b([^\n]*)/g
const IS_SUPERUSER = /(?<![A-Z])SUPERUSER\b/i
/** primary_conninfo, and Barman's conninfo and streaming_conninfo. */
const AS_POSTGRES = /conninfo["']?\s*[=:].*\buser\s*=\s*\\?['"]?postgres\b/

/** Backup and replication have the rights they need, and no more. */
export const superuser: Criterion = {
  id: 'superuser',
  judge({ code, words: { seen } }) {
    const faults = [
      ...bySql(code).map(([place, role]) => seen.superuser(place, role)),
      ...byModule(code).map(([place, role]) => seen.superuser(place, role)),
      ...code.lines
        .filter(({ text }) => AS_POSTGRES.test(text))
        .map(({ path, number }) => seen.logsInAsPostgres(`${path}:${number}`)),
    ]
    return byFaults([...new Set(faults)], {
      seen: [seen.noSuperuser],
      command: "grep -rniE 'superuser|createuser|conninfo.*user=postgres' .",
    })
  },
}

type PlacedRole = readonly [place: string, role: string]

function bySql(code: Code): readonly PlacedRole[] {
  const bySentence = findAll(code, BY_SQL).flatMap(({ place, groups: [, role = '', rest = ''] }) => {
    const [sentence = ''] = rest.split(/\n[ \t]*\n|\n[ \t]*-[ \t]/)
    return IS_SUPERUSER.test(sentence) && SERVES.test(role) ? [[place, role] as const] : []
  })
  const byProgram = findAll(code, BY_PROGRAM).flatMap(({ place, groups: [, rest = ''] }) => {
    const isOne = /(^|\s)(-[a-zA-Z]*s[a-zA-Z]*|--superuser)(\s|$)/.test(rest)
    const [role] = rest.split(/\s+/).filter((word) => SERVES.test(word) && !word.startsWith('-'))
    return isOne && role ? [[place, role] as const] : []
  })
  return [...bySentence, ...byProgram]
}

/** `postgresql_user: { name: barman, role_attr_flags: SUPERUSER }`, and lists of such. */
function byModule({ maps }: Code): readonly PlacedRole[] {
  return maps.flatMap(({ path, members }) => {
    const flags = textAt(members, 'role_attr_flags', 'role_attrs', 'flags', 'attributes')
    const role = textAt(members, 'name', 'user', 'role')
    return IS_SUPERUSER.test(flags) && SERVES.test(role) ? [[path, role] as const] : []
  })
}
