import { can } from '../catalog/providers/index.ts'
import { type Lab, type LabNode, nodesOf, postgresNodes } from '../lab.ts'
import { psqlEvidence } from '../postgres/evidence.ts'
import { hbaLines, othersLines } from '../postgres/hba-lines.ts'
import { isWithin, prefixOf } from '../resolve/addresses.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { type Check, lookAtEach, type Seen } from './support/check.ts'

/** One line of pg_hba.conf as the server reads it. */
interface HbaRule {
  readonly line_number: number
  /** `local`, `host`, `hostssl`, … */
  readonly type: string | null
  readonly database: readonly string[] | null
  readonly user_name: readonly string[] | null
  readonly address: string | null
  readonly netmask: string | null
  readonly auth_method: string | null
  /** `clientcert=verify-full`, `map=lab`, … */
  readonly options: readonly string[] | null
  readonly error: string | null
}

/** In the order in which the server tries them. */
const SQL = `SELECT line_number, type, database, user_name, address, netmask, auth_method, options, error
  FROM pg_hba_file_rules`

/** A file may say one thing, and the server still act by what it read before. */
const READ_SQL = `SELECT (pg_stat_file(current_setting('hba_file'))).modification <= pg_conf_load_time() AS is_read`

/** Words in place of an address that stay on the server itself. */
const OWN_ADDRESSES = ['samehost', '127.0.0.1', '::1']

const PROVISION = 'Write pg_hba.conf again: npx create-pg-lab provision'

export const hba: Check = {
  id: 'hba',
  title: 'pg_hba.conf admits exactly the right clients',
  run: (lab, guest) => lookAtEach('hba', postgresNodes(lab), (node) => lookAtHba(lab, node, guest)),
}

async function lookAtHba(lab: Lab, node: LabNode, guest: Guest): Promise<readonly Seen[]> {
  const [rules, [file]] = await Promise.all([
    guest.rows<HbaRule>(node, SQL),
    guest.rows<{ is_read: boolean }>(node, READ_SQL),
  ])
  const errors = rules.filter(({ error }) => error !== null)
  const trusting = rules.filter(({ auth_method }) => auth_method === 'trust')
  const passwords = rules.filter(({ auth_method }) => ['password', 'md5'].includes(auth_method ?? ''))
  const allowed = othersLines(lab)
  const foreign = rules.filter((rule) => !isInside(lab, rule) && !allowed.includes(asText(rule)))
  const evidence = psqlEvidence(SQL, rules)
  const seen = [
    seeNone('errors', errors, `The server keeps its old rules until it can read the file. ${PROVISION}`),
    seeNone(
      'lines with trust',
      trusting,
      `Anyone who reaches the server gets in without a password. ${PROVISION}`,
    ),
    seeNone('lines with a weaker password method than SCRAM', passwords, `Use scram-sha-256. ${PROVISION}`),
    ...(lab.postgres.tls ? [seePlain(rules)] : []),
    seeNone(
      'addresses outside the lab',
      foreign,
      `The lab admits its own hosts and those that postgres.hba names. ${PROVISION}`,
    ),
    seeLines(lab, rules),
  ]
  return [...seen.map((one) => ({ ...one, ...evidence })), seeRead(file?.is_read === true)]
}

function seeNone(what: string, bad: readonly HbaRule[], hint: string): Seen {
  return {
    what,
    expected: 'none',
    observed: bad.map(describe).join('; ') || 'none',
    ok: bad.length === 0,
    hint,
  }
}

function seePlain(rules: readonly HbaRule[]): Seen {
  const plain = rules.filter(
    ({ type, auth_method }) => ['host', 'hostnossl'].includes(type ?? '') && auth_method !== 'reject',
  )
  return seeNone('lines that let in without TLS', plain, `Rows and WAL can be read in transit. ${PROVISION}`)
}

function describe(rule: HbaRule): string {
  if (rule.error !== null) return `line ${rule.line_number}: ${rule.error}`
  const words = [
    rule.type,
    rule.database?.join(','),
    rule.user_name?.join(','),
    where(rule),
    rule.auth_method,
    ...(rule.options ?? []),
  ]
  return `line ${rule.line_number}: ${words.filter(Boolean).join(' ')}`
}

function where({ address, netmask }: HbaRule): string {
  if (address === null) return ''
  return netmask === null ? address : `${address}/${prefixOf(netmask)}`
}

function isInside(lab: Lab, { type, address, netmask, auth_method, error }: HbaRule): boolean {
  if (error !== null || type === 'local' || address === null || auth_method === 'reject') return true
  if (OWN_ADDRESSES.includes(address)) return true
  if (netmask === null) return false
  // Existing servers share no network that is the lab's.
  const networks = can(lab).makeMachines
    ? [lab.network.subnet]
    : nodesOf(lab).map((node) => `${node.address}/32`)
  return networks.some((network) => isWithin(network, address, prefixOf(netmask)))
}

/**
 * The whole file, for a line too many lets in somebody, and the first that fits decides. A promoted server must let in
 * the same ones, so each server has all lines.
 */
function seeLines(lab: Lab, rules: readonly HbaRule[]): Seen {
  const wanted = hbaLines(lab)
  const given = rules.filter(({ error }) => error === null).map(asText)
  const missing = wanted.filter((line) => !given.includes(line))
  const surplus = rules.filter((rule, at) => {
    if (rule.error !== null) return false
    const line = asText(rule)
    return !wanted.includes(line) || rules.slice(0, at).some((one) => asText(one) === line)
  })
  const faults = [...missing.map((line) => `no line ${line}`), ...surplus.map(describe)]
  const isInOrder = faults.length > 0 || wanted.every((line, at) => line === given[at])
  const expected = `the ${wanted.length} lines of the config, in their order`
  return {
    what: 'lines',
    expected,
    observed: [...faults, ...(isInOrder ? [] : ['another order'])].join('; ') || expected,
    ok: faults.length === 0 && isInOrder,
    hint: PROVISION,
  }
}

function seeRead(isRead: boolean): Seen {
  const hint = 'Until it reads the file the old lines are in force: npx create-pg-lab provision'
  const told = { command: psqlEvidence(READ_SQL, []).command, hint }
  return {
    what: 'the file',
    expected: 'read since it was written',
    observed: isRead ? 'read since it was written' : 'written after the server read it',
    ok: isRead,
    ...told,
  }
}

/** The words of a line with one blank between them. */
function asText({ type, database, user_name, address, netmask, auth_method, options }: HbaRule): string {
  const words = [type, database?.join(','), user_name?.join(','), address, netmask, auth_method]
  return [...words, ...(options ?? [])].filter(Boolean).join(' ')
}
