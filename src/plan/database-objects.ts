import type { Former } from '../generate/write/last-written.ts'
import type { Lab, LabNode } from '../lab.ts'
import type { ServerSight } from '../observe/server-settings.ts'
import { usersOf } from '../passwords.ts'
import type { PlanAction, PlanItem } from './plan-item.ts'

/** What happens to users, the demo database and its table. Nothing of a database is ever removed. */
export function objectItems(
  lab: Lab,
  former: Former,
  primary: LabNode,
  server: ServerSight,
): readonly PlanItem[] {
  const item = (action: PlanAction, text: string): PlanItem => ({
    kind: 'server',
    node: primary.name,
    action,
    text,
  })
  const left = leftObjects(lab, former, server)
  return [
    ...usersOf(lab)
      .filter((user) => !server.roles.includes(user))
      .map((user) => item('add', `user ${user}`)),
    ...newPlaces(lab, server).map((text) => item('add', text)),
    ...newOwners(lab, server).map((text) => item('change', text)),
    ...(left.length === 0
      ? []
      : [item('keep', `${left.join(', ')}: no longer in the config, and for you to drop`)]),
  ]
}

function newPlaces({ database }: Lab, { databases, tableOwner }: ServerSight): readonly string[] {
  const { name, table } = database
  if (databases[name] === undefined) return [`database ${name} with the empty table ${table}`]
  return tableOwner === undefined ? [`the empty table ${table} in the database ${name}`] : []
}

function newOwners({ database }: Lab, { databases, tableOwner }: ServerSight): readonly string[] {
  const { name, table, owner } = database
  const owners = [
    [`database ${name}`, databases[name]],
    [`table ${table}`, tableOwner],
  ] as const
  return owners
    .filter(([, now]) => now !== undefined && now !== owner)
    .map(([what, now]) => `owner of the ${what} ${now} → ${owner}`)
}

/** What an earlier config had made, and this one does not name. */
function leftObjects(lab: Lab, former: Former, { roles, databases }: ServerSight): readonly string[] {
  const { name, table } = lab.database
  const users = former.users.filter((user) => roles.includes(user) && !usersOf(lab).includes(user))
  const isOtherDatabase = former.database !== name && databases[former.database] !== undefined
  const isOtherTable = former.database === name && former.table !== table
  return [
    ...users.map((user) => `user ${user}`),
    ...(isOtherDatabase ? [`database ${former.database}`] : []),
    ...(isOtherTable ? [`table ${former.table}`] : []),
  ]
}
