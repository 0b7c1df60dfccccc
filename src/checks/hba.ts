import { type Lab, type LabNode, postgresNodes } from '../lab.ts'
import type { Guest } from '../tools/contracts.ts'
import { psqlEvidence } from '../tools/evidence.ts'
import { type Check, lookAtEach, type Seen } from './check.ts'
import { contains, prefixOf } from './network.ts'

/** One line of pg_hba.conf as the server reads it. */
interface Rule {
  readonly line_number: number
  /** `local`, `host`, `hostssl`, … */
  readonly type: string | null
  readonly database: readonly string[] | null
  readonly user_name: readonly string[] | null
  readonly address: string | null
  readonly netmask: string | null
  readonly auth_method: string | null
  readonly error: string | null
}

const SQL = `SELECT line_number, type, database, user_name, address, netmask, auth_method, error
  FROM pg_hba_file_rules ORDER BY line_number`

/** Words in place of an address that stay on the server itself. */
const OWN_ADDRESSES = ['samehost', '127.0.0.1', '::1']

const PROVISION = 'Write pg_hba.conf again: npx create-pg-lab provision'

export const hba: Check = {
  id: 'hba',
  title: 'pg_hba.conf lets in exactly whom it should',
  run: (lab, guest) => lookAtEach('hba', postgresNodes(lab), (node) => look(lab, node, guest)),
}

async function look(lab: Lab, node: LabNode, guest: Guest): Promise<readonly Seen[]> {
  const rules = await guest.rows<Rule>(node, SQL)
  const errors = rules.filter(({ error }) => error !== null)
  const trusting = rules.filter(({ auth_method }) => auth_method === 'trust')
  const passwords = rules.filter(({ auth_method }) => ['password', 'md5'].includes(auth_method ?? ''))
  const foreign = rules.filter((rule) => !isInside(lab, rule))
  const evidence = psqlEvidence(SQL, rules)
  return [
    seeNone('errors', errors, `The server keeps its old rules until it can read the file. ${PROVISION}`),
    seeNone(
      'lines with trust',
      trusting,
      `Whoever reaches the server is let in without a password. ${PROVISION}`,
    ),
    seeNone('lines with a weaker password method than SCRAM', passwords, `Use scram-sha-256. ${PROVISION}`),
    ...(lab.postgres.tls ? [seePlain(rules)] : []),
    seeNone('addresses outside the lab', foreign, `The lab lets in its own hosts only. ${PROVISION}`),
    seeReplication(lab, rules),
    seeRewind(lab, rules),
  ].map((seen) => ({ ...seen, ...evidence }))
}

function seeNone(what: string, bad: readonly Rule[], hint: string): Seen {
  return {
    what,
    expected: 'none',
    observed: bad.map(describe).join('; ') || 'none',
    ok: bad.length === 0,
    hint,
  }
}

function seePlain(rules: readonly Rule[]): Seen {
  const plain = rules.filter(({ type }) => type === 'host' || type === 'hostnossl')
  return seeNone('lines that let in without TLS', plain, `Rows and WAL can be read on the way. ${PROVISION}`)
}

function describe(rule: Rule): string {
  if (rule.error !== null) return `line ${rule.line_number}: ${rule.error}`
  const words = [
    rule.type,
    rule.database?.join(','),
    rule.user_name?.join(','),
    where(rule),
    rule.auth_method,
  ]
  return `line ${rule.line_number}: ${words.filter(Boolean).join(' ')}`
}

function where({ address, netmask }: Rule): string {
  if (address === null) return ''
  return netmask === null ? address : `${address}/${prefixOf(netmask)}`
}

function isInside({ network }: Lab, { type, address, netmask, auth_method, error }: Rule): boolean {
  if (error !== null || type === 'local' || address === null || auth_method === 'reject') return true
  if (OWN_ADDRESSES.includes(address)) return true
  return netmask !== null && contains(network.subnet, address, prefixOf(netmask))
}

/** Who may stream, from where. A promoted server must let in the same ones, so each server has all lines. */
function seeReplication(lab: Lab, rules: readonly Rule[]): Seen {
  const wanted = [
    ...postgresNodes(lab).map(({ address }) => `${lab.replication.user}@${address}/32`),
    ...(lab.backup ? [`${lab.backup.streamingUser}@${lab.backup.address}/32`] : []),
  ]
  const given = rules.filter((rule) => isRemote(rule, 'replication')).flatMap(clientsOf)
  const missing = wanted.filter((line) => !given.includes(line))
  const surplus = [...new Set(given.filter((line) => !wanted.includes(line)))]
  const faults = [
    ...missing.map((line) => `no line for ${line}`),
    ...surplus.map((line) => `a line for ${line}`),
  ]
  return {
    what: 'lines for replication',
    expected: wanted.join(', '),
    observed: faults.length === 0 ? wanted.join(', ') : faults.join('; '),
    ok: faults.length === 0,
    hint: PROVISION,
  }
}

/** Any server may have to be rewound after a failover, and reads the new primary's files for that. */
function seeRewind(lab: Lab, rules: readonly Rule[]): Seen {
  const wanted = postgresNodes(lab).map(({ address }) => `${lab.replication.user}@${address}/32`)
  const given = rules.filter((rule) => isRemote(rule, 'postgres')).flatMap(clientsOf)
  const missing = wanted.filter((line) => !given.includes(line))
  return {
    what: 'lines for pg_rewind',
    expected: wanted.join(', '),
    observed:
      missing.length === 0 ? wanted.join(', ') : missing.map((line) => `no line for ${line}`).join('; '),
    ok: missing.length === 0,
    hint: PROVISION,
  }
}

function clientsOf(rule: Rule): readonly string[] {
  return (rule.user_name ?? []).map((user) => `${user}@${where(rule)}`)
}

function isRemote({ type, database, address, auth_method, error }: Rule, wanted: string): boolean {
  return (
    error === null &&
    type !== 'local' &&
    auth_method !== 'reject' &&
    (database ?? []).includes(wanted) &&
    !OWN_ADDRESSES.includes(address ?? '')
  )
}
