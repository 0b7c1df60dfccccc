import { type Code, textAt } from '../code.ts'
import { byFaults, type Criterion } from './criterion.ts'

/** A line of pg_hba.conf for the network, with a template in any of its fields. */
const LINE = /(?:\bhost(?:no)?(?:ssl|gssenc)?|^\s*\{\{[^}]*\}\})\s+\S+\s+\S+.*\btrust\b/
/** A shell that rewrites the file. */
const REWRITTEN = /\btrust\b.*\bpg_hba|\bpg_hba\b.*\btrust\b/
/** initdb, pg_createcluster */
const BY_DEFAULT = /--auth(?:-host)?[= ]trust\b|\s-A\s*trust\b/

/** Nobody is let in over the network without proof. */
export const trust: Criterion = {
  id: 'trust',
  judge({ code, words: { seen } }) {
    const lines = code.lines.filter(({ text }) => [LINE, REWRITTEN, BY_DEFAULT].some((one) => one.test(text)))
    const faults = [
      ...lines.map(({ path, number, text }) => seen.trust(`${path}:${number}`, text.trim())),
      ...byModule(code).map(([path, entry]) => seen.trust(path, entry)),
    ]
    return byFaults(faults, { seen: [seen.noTrust], command: "grep -rnw 'trust' ." })
  },
}

/** `{ contype: host, databases: all, users: all, source: 0.0.0.0/0, method: trust }`, in a module or a list. */
function byModule({ maps }: Code): readonly (readonly [path: string, entry: string])[] {
  return maps.flatMap(({ path, members }) => {
    const type = textAt(members, 'contype', 'type', 'connection_type')
    const isTrust = textAt(members, 'method', 'auth_method', 'auth') === 'trust'
    return isTrust && type !== 'local' ? [[path, JSON.stringify(members)] as const] : []
  })
}
