import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { runChecks } from '../../src/checks/index.ts'
import { recordedLab, type Script, scriptedGuest } from './scripted-guest.ts'

const lab = recordedLab()
const encrypted = recordedLab({ postgres: { ...lab.postgres, tls: true } })

/** A certificate for one address, as openssl makes it. */
function certificate(address: string, days: number): string {
  const args = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    '/dev/null',
  ]
  const about = ['-subj', '/CN=test', '-addext', `subjectAltName=IP:${address}`, '-days', String(days)]
  return execFileSync('openssl', [...args, ...about], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

const ADDRESSES = { master: '192.168.11.150', slave: '192.168.11.151' }
const own = { master: certificate(ADDRESSES.master, 730), slave: certificate(ADDRESSES.slave, 730) }
const senders = ['slave', 'barman_receive_wal'].map((name) => ({ name, version: 'TLSv1.3' }))
const conninfo =
  'host=192.168.11.150 port=5432 user=replica sslmode=verify-full sslrootcert=/etc/pg-lab/ca.crt'

const serverRow = (node: 'master' | 'slave', different: object = {}) => ({
  of: 'ssl_cert_file',
  node,
  rows: [
    {
      certificate: own[node],
      primary_conninfo: node === 'slave' ? conninfo : '',
      senders: node === 'master' ? senders : [],
      ...different,
    },
  ],
})
const barman = (text: string) => ({
  of: 'show-server',
  stdout: JSON.stringify({ master: { conninfo: text, streaming_conninfo: text } }),
})
const refused = (of: string) => ({ of, exitCode: 2, stderr: 'FATAL:  no pg_hba.conf entry, no encryption' })

const HEALTHY: Required<Pick<Script, 'rows' | 'shell'>> = {
  rows: [serverRow('master'), serverRow('slave')],
  shell: [
    barman(conninfo),
    refused('sslmode=disable'),
    {
      of: 'sslrootcert=/etc/pg-lab/server.crt',
      exitCode: 2,
      stderr:
        'psql: error: connection to server at "192.168.11.150" failed: SSL error: certificate verify failed',
    },
    { of: 'sslrootcert=/etc/pg-lab/ca.crt', exitCode: 0 },
  ],
}
const NO_PASSWORD = 'psql: error: connection to server failed: fe_sendauth: no password supplied'

async function failed(script: Script): Promise<string[]> {
  const rows = [...(script.rows ?? []), ...HEALTHY.rows]
  const shell = [...(script.shell ?? []), ...HEALTHY.shell]
  const findings = await runChecks(encrypted, scriptedGuest({ rows, shell }), { only: ['tls'] })
  expect(findings.length).toBeGreaterThan(6)
  return findings.filter(({ ok }) => !ok).map(({ node, what, observed }) => `${node} ${what}: ${observed}`)
}

it('finds nothing wrong where everything is encrypted', async () => {
  expect(await failed({})).toEqual([])
})

it('has nothing to look at where the config wants none', async () => {
  expect(await runChecks(lab, scriptedGuest(), { only: ['tls'] })).toEqual([])
})

it.each<[string, Script, string[]]>([
  [
    'a certificate for another server',
    { rows: [serverRow('slave', { certificate: own.master })] },
    ['slave certificate: not for 192.168.11.151, good until'],
  ],
  [
    'a certificate that ends soon',
    { rows: [serverRow('master', { certificate: certificate(ADDRESSES.master, 13) })] },
    ['master certificate: for 192.168.11.150, good until'],
  ],
  ['no certificate', { rows: [serverRow('master', { certificate: null })] }, ['master certificate: none']],
  [
    'a standby that streams unencrypted',
    { rows: [serverRow('master', { senders: [{ name: 'slave', version: null }] })] },
    ['master WAL that leaves unencrypted: to slave'],
  ],
  [
    'a standby that believes everybody',
    { rows: [serverRow('slave', { primary_conninfo: conninfo.replace('verify-full', 'require') })] },
    ['slave primary_conninfo, who is believed to be the server: sslmode=require'],
  ],
  [
    'a Barman that believes everybody',
    { shell: [barman('host=192.168.11.150 user=barman')] },
    [
      'backup conninfo, who is believed to be the server: sslmode is left out',
      'backup streaming_conninfo, who is believed to be the server: sslmode is left out',
    ],
  ],
  [
    'a server that lets in without TLS',
    { shell: [{ of: 'sslmode=disable', exitCode: 0 }] },
    ['slave a connection without TLS to master: let in'],
  ],
  [
    'a server that lets in without TLS whom it only asks for the password',
    { shell: [{ of: 'sslmode=disable', exitCode: 2, stderr: NO_PASSWORD }] },
    ['slave a connection without TLS to master: not refused for that: fe_sendauth: no password supplied'],
  ],
  [
    'a server that lets in nobody',
    { shell: [{ of: 'psql', exitCode: 2, stderr: NO_PASSWORD }] },
    [
      'slave a connection with TLS to master: fe_sendauth: no password supplied',
      'slave a connection without TLS to master: not refused for that: fe_sendauth: no password supplied',
      'slave a certificate signed by another authority, shown as that of master: not refused for that: fe_sendauth: no password supplied',
    ],
  ],
  [
    'a libpq that does not check the server',
    { shell: [{ of: 'sslrootcert=/etc/pg-lab/server.crt', exitCode: 0 }] },
    ['slave a certificate signed by another authority, shown as that of master: let in'],
  ],
])('finds %s', async (_, script, found) => {
  const seen = await failed(script)
  expect(seen).toEqual(found.map((text) => expect.stringContaining(text)))
})
