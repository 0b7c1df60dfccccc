import type { Lab } from '../lab.ts'
import type { Belongings } from '../observe/belongings.ts'

/** Whether the lab would have to adopt what somebody else has made. */
export function isForeign({ name }: Lab, { owner, found }: Belongings): boolean {
  return owner !== name && (owner !== '' || found.length > 0)
}

/** `it belongs to the lab shop: a cluster of PostgreSQL 15 in …`. */
export function belongingsText({ owner, found }: Belongings): string {
  const whose = owner === '' ? 'this lab has not made what is there' : `it belongs to the lab ${owner}`
  return [whose, ...(found.length > 0 ? [found.join('; ')] : [])].join(': ')
}
