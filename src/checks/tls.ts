import { X509Certificate } from 'node:crypto'
import type { Finding } from '../finding.ts'
import { certificatePaths } from '../guest-paths.ts'
import { type Lab, type LabNode, postgresNodes } from '../lab.ts'
import { barmanConfig } from '../postgres/barman.ts'
import { toSender, VERIFY } from '../postgres/conninfo.ts'
import { psqlEvidence } from '../postgres/evidence.ts'
import { type Link, linksOf } from '../postgres/topology.ts'
import { shellWord } from '../tools/process/quote.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { type Check, lookAt, lookAtBackup, lookAtEach, type Seen, withPrimary } from './support/check.ts'

/** The playbook makes a new certificate a year before the old one ends. */
const LEAST_DAYS = 14
const DAY_MS = 86_400_000

interface TlsRow {
  /** PEM; `null` where the server has no such file. */
  readonly certificate: string | null
  readonly primary_conninfo: string
  /** Who streams from here, and the version of TLS, or `null`. */
  readonly senders: readonly { readonly name: string; readonly version: string | null }[]
}

const SQL = `SELECT pg_read_file(current_setting('ssl_cert_file'), 0, 100000, true) AS certificate,
  current_setting('primary_conninfo') AS primary_conninfo,
  (SELECT coalesce(json_agg(json_build_object('name', application_name, 'version', version)), '[]')
     FROM pg_stat_replication JOIN pg_stat_ssl USING (pid)) AS senders`

const PROVISION = 'Make them again: npx create-pg-lab provision'

export const tls: Check = {
  id: 'tls',
  title: 'All traffic is encrypted, and every client checks the server',
  async run(lab, guest) {
    if (!lab.postgres.tls) return []
    const findings = await Promise.all([
      lookAtEach('tls', postgresNodes(lab), (node) => lookAtServer(node, guest)),
      lookAtBackup('tls', lab, async (backup) => {
        const { config } = await barmanConfig(guest, backup)
        return ['conninfo', 'streaming_conninfo'].map((name) => seeClient(name, String(config[name])))
      }),
      lab.slaves.length === 0 ? [] : lookAtLinks(lab, guest),
    ])
    return findings.flat()
  },
}

function lookAtLinks(lab: Lab, guest: Guest): Promise<Finding[]> {
  return withPrimary('tls', lab, guest, async (primary) => {
    const links = linksOf(lab, primary).map((link) =>
      lookAt('tls', link.node, () => seeLogins(lab, link, guest)),
    )
    return (await Promise.all(links)).flat()
  })
}

async function lookAtServer(node: LabNode, guest: Guest): Promise<readonly Seen[]> {
  const rows = await guest.rows<TlsRow>(node, SQL)
  return rows.flatMap((row) => [
    seeCertificate(node, row),
    { ...seeSenders(row), ...psqlEvidence(SQL, rows) },
    ...(row.primary_conninfo === '' ? [] : [seeClient('primary_conninfo', row.primary_conninfo)]),
  ])
}

function seeCertificate({ address }: LabNode, { certificate }: TlsRow): Seen {
  const what = 'certificate'
  const expected = `for ${address}, good for ${LEAST_DAYS} days and more`
  const hint = `A client that checks the server refuses it. ${PROVISION}`
  if (certificate === null) return { what, expected, observed: 'none', ok: false, hint }
  const { validTo, isFor } = read(certificate, address)
  const days = Math.floor((Date.parse(validTo) - Date.now()) / DAY_MS)
  const ok = isFor && days >= LEAST_DAYS
  return {
    what,
    expected,
    observed: ok ? expected : `${isFor ? '' : 'not '}for ${address}, good until ${validTo}`,
    ok,
    hint,
  }
}

function read(pem: string, address: string): { readonly validTo: string; readonly isFor: boolean } {
  try {
    const certificate = new X509Certificate(pem)
    return { validTo: certificate.validTo, isFor: certificate.checkIP(address) !== undefined }
  } catch {
    return { validTo: 'never: it cannot be read', isFor: false }
  }
}

function seeSenders({ senders }: TlsRow): Seen {
  const plain = senders.filter(({ version }) => version === null).map(({ name }) => name)
  return {
    what: 'WAL that leaves unencrypted',
    expected: 'none',
    observed: plain.length === 0 ? 'none' : `to ${plain.join(', ')}`,
    ok: plain.length === 0,
    hint: `The connection is older than the certificates, or pg_hba.conf lets it in without TLS. ${PROVISION}`,
  }
}

/** What a client of the lab says to libpq. */
function seeClient(what: string, conninfo: string): Seen {
  const [mode = 'sslmode is left out'] = /\bsslmode=\S+/.exec(conninfo) ?? []
  return {
    what: `${what}, who is believed to be the server`,
    expected: VERIFY,
    observed: mode,
    ok: mode === VERIFY,
    hint: `Anyone could intercept the connection. ${PROVISION}`,
  }
}

/** What has to fail, each with the right password and for this reason: whoever is asked for a password was let in. */
const ATTEMPTS = [
  {
    what: 'a connection without TLS to',
    options: () => 'sslmode=disable',
    reason: /pg_hba\.conf/, // the other words are in the server's language
    hint: `pg_hba.conf there has lines that are not hostssl. ${PROVISION}`,
  },
  {
    what: 'a certificate signed by another authority, shown as that of',
    options: () => `${VERIFY} sslrootcert=${certificatePaths().certificate}`,
    reason: /certificate verify failed/,
    hint: 'libpq here does not check the server: look for PGSSLMODE in the environment.',
  },
]

/** First that the right way works: else a server that lets in nobody would seem to refuse the wrong ones. */
async function seeLogins(lab: Lab, { node, upstream }: Link, guest: Guest): Promise<readonly Seen[]> {
  const login = async (options?: string) => {
    const argv = ['psql', '-X', '-w', '-q', '-c', 'IDENTIFY_SYSTEM', toSender(lab, upstream, options)]
    const { exitCode, stderr } = await guest.shell(node, argv, { as: 'postgres' })
    return {
      isIn: exitCode === 0,
      said: stderr.trim(),
      command: `sudo -u postgres ${argv.map(shellWord).join(' ')}`,
    }
  }
  const [right, ...wrong] = await Promise.all([login(), ...ATTEMPTS.map(({ options }) => login(options()))])
  return [
    {
      what: `a connection with TLS to ${upstream.name}`,
      expected: 'let in',
      observed: right.isIn ? 'let in' : reasonOf(right.said),
      ok: right.isIn,
      hint: `Password, certificate or pg_hba.conf are not what they should be. ${PROVISION}`,
      command: right.command,
      output: right.said,
    },
    ...ATTEMPTS.map(({ what, reason, hint }, at) => {
      const { isIn = false, said = '', command } = wrong[at] ?? {}
      const isRefused = !isIn && reason.test(said)
      return {
        what: `${what} ${upstream.name}`,
        expected: 'refused',
        observed: isRefused ? 'refused' : isIn ? 'let in' : `not refused for that: ${reasonOf(said)}`,
        ok: isRefused,
        hint,
        command,
        output: said,
      }
    }),
  ]
}

/** `psql: error: connection to server at "…" failed: fe_sendauth: no password supplied` → its end. */
function reasonOf(said: string): string {
  const line = said.split('\n').find((text) => /(FATAL|failed|error): /.test(text)) ?? said
  return line.replace(/^.*(FATAL|failed|error): +/, '') || 'no reason was given'
}
