import type { Lab } from '../lab.ts'
import type { ServerSight } from '../observe/server-settings.ts'
import { hbaLines, hbaType } from '../postgres/hba-lines.ts'

/** How pg_hba.conf of a running server changes: `pg_hba.conf lets in replica from 10.0.0.13`. */
export function hbaChanges(lab: Lab, { hba }: ServerSight): readonly string[] {
  const wanted = hbaLines(lab)
  const type = hbaType(lab)
  const given = hba.map((line) => (wanted.includes(line) ? line : line.replace(/^host(ssl)? /, `${type} `)))
  const missing = wanted.filter((line) => !given.includes(line))
  const surplus = given.filter((line) => !wanted.includes(line))
  const isOtherType = given.some((line, at) => line !== hba[at])
  return [
    ...(isOtherType ? [`pg_hba.conf lets in ${lab.postgres.tls ? 'only with' : 'also without'} TLS`] : []),
    ...describeClients('pg_hba.conf lets in', missing.filter(letsIn)),
    ...describeClients('pg_hba.conf keeps out', missing.filter(keepsOut)),
    ...describeClients('pg_hba.conf no longer lets in', surplus.filter(letsIn)),
    ...describeClients('pg_hba.conf no longer keeps out', surplus.filter(keepsOut)),
  ]
}

const keepsOut = (line: string) => / reject( |$)/.test(line)
const letsIn = (line: string) => !keepsOut(line)

function describeClients(words: string, lines: readonly string[]): readonly string[] {
  const addresses = new Map<string, string[]>()
  for (const line of lines) {
    const [type, , user = '', address = ''] = line.split(' ')
    if (type === 'local') addresses.set(`${user} locally`, [])
    else addresses.set(user, [...new Set([...(addresses.get(user) ?? []), address])])
  }
  if (addresses.size === 0) return []
  const who = [...addresses].map(([user, from]) =>
    from.length === 0 ? user : `${user} from ${from.join(', ')}`,
  )
  return [`${words} ${who.join(', ')}`]
}
