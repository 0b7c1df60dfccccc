import { X509Certificate } from 'node:crypto'
import { CERTIFICATE } from '../catalog/certificates.ts'
import { type Lab, type LabNode, postgresNodes } from '../lab.ts'
import { barmanConfig } from '../tools/barman.ts'
import { type Link, linksOf } from '../tools/cluster.ts'
import { toServer, VERIFY } from '../tools/conninfo.ts'
import type { Guest } from '../tools/contracts.ts'
import { psqlEvidence } from '../tools/evidence.ts'
import { type Check, lookAt, lookAtBackup, lookAtEach, type Seen, withPrimary } from './check.ts'

/** The playbook makes a new certificate a year before the old one ends. */
const LEAST_DAYS = 14
const DAY_MS = 86_400_000

interface ServerRow {
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
  title: 'Everything goes over the network encrypted, between servers that know each other',
  async run(lab, guest) {
    if (!lab.postgres.tls) return []
    const findings = await Promise.all([
      lookAtEach('tls', postgresNodes(lab), (node) => lookAtServer(node, guest)),
      lookAtBackup('tls', lab, async (backup) => {
        const { config } = await barmanConfig(guest, backup)
        return ['conninfo', 'streaming_conninfo'].map((name) => seeClient(name, String(config[name])))
      }),
      withPrimary('tls', lab, guest, async (primary) => {
        const links = linksOf(lab, primary).map((link) =>
          lookAt('tls', link.node, () => seeRefusals(lab, link, guest)),
        )
        return (await Promise.all(links)).flat()
      }),
    ])
    return findings.flat()
  },
}

async function lookAtServer(node: LabNode, guest: Guest): Promise<readonly Seen[]> {
  const rows = await guest.rows<ServerRow>(node, SQL)
  return rows.flatMap((row) => [
    seeCertificate(node, row),
    { ...seeSenders(row), ...psqlEvidence(SQL, rows) },
    ...(row.primary_conninfo === '' ? [] : [seeClient('primary_conninfo', row.primary_conninfo)]),
  ])
}

function seeCertificate({ address }: LabNode, { certificate }: ServerRow): Seen {
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

function seeSenders({ senders }: ServerRow): Seen {
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
    hint: `Anybody could put himself between. ${PROVISION}`,
  }
}

/** What has to fail, each with the right password: without TLS, and with an authority that is not the lab's. */
const ATTEMPTS = [
  {
    what: 'a connection without TLS to',
    options: 'sslmode=disable',
    hint: `pg_hba.conf there has lines that are not hostssl. ${PROVISION}`,
  },
  {
    what: 'a certificate another authority signed, as if it were',
    options: `${VERIFY} sslrootcert=${CERTIFICATE}`,
    hint: 'libpq here does not check the server: look for PGSSLMODE in the environment.',
  },
]

function seeRefusals(lab: Lab, { node, upstream }: Link, guest: Guest): Promise<readonly Seen[]> {
  return Promise.all(
    ATTEMPTS.map(async ({ what, options, hint }) => {
      const conninfo = `${toServer(lab, upstream, options)} dbname=postgres`
      const argv = ['psql', '-X', '-w', '-q', '-c', '', conninfo]
      const { exitCode } = await guest.shell(node, argv, { as: 'postgres' })
      return {
        what: `${what} ${upstream.name}`,
        expected: 'refused',
        observed: exitCode === 0 ? 'let in' : 'refused',
        ok: exitCode !== 0,
        hint,
      }
    }),
  )
}
