import { expect, test } from 'vitest'
import { showClosing } from '../../src/commands/steps/up-summary.ts'
import type { Lab } from '../../src/lab.ts'
import { connectionsOf } from '../../src/postgres/connections.ts'
import { testLab } from '../support/lab.ts'

/** The lines with the URIs, and what stands under them before the password. */
function connections(changes: Partial<Lab>, system: string): string[] {
  const lab = testLab({ ...changes, postgres: { ...testLab().postgres, tls: true } })
  const told = showClosing(
    lab,
    {
      recap: {},
      applying: { why: 'new' },
      durationMs: 1000,
      connections: connectionsOf(lab, system),
      authority: '/l/ca.crt',
    } as unknown as Parameters<typeof showClosing>[1],
    (_style, text) => text,
  )
  const lines = told.split('\n').slice(3)
  return lines.slice(
    0,
    lines.findIndex((line) => line.includes('The password of')),
  )
}

const AT_THEIR_ADDRESSES = [
  '  master  postgresql://student@192.168.11.150:5432/otus?sslmode=verify-full&sslrootcert=/l/ca.crt',
  '  slave   postgresql://student@192.168.11.151:5432/otus?sslmode=verify-full&sslrootcert=/l/ca.crt',
]

const THROUGH_SSH = [
  '  master  postgresql://student@localhost:15432/otus?sslmode=verify-ca&sslrootcert=/l/ca.crt',
  '  slave   postgresql://student@localhost:15433/otus?sslmode=verify-ca&sslrootcert=/l/ca.crt',
  '  They lead there while this runs: ssh -F .pg-lab/ssh_config -S none -N -L 15432:192.168.11.150:5432 -L 15433:192.168.11.151:5432 master',
]

const network = (mode: 'host-only' | 'internal') => ({ network: { ...testLab().network, mode } })

test.each([
  ['docker', 'host-only', 'linux', AT_THEIR_ADDRESSES],
  ['docker', 'host-only', 'darwin', THROUGH_SSH],
  ['docker', 'host-only', 'win32', THROUGH_SSH],
  ['virtualbox', 'internal', 'linux', THROUGH_SSH],
  ['virtualbox', 'internal', 'darwin', THROUGH_SSH],
  ['virtualbox', 'host-only', 'win32', AT_THEIR_ADDRESSES],
  ['libvirt', 'host-only', 'linux', AT_THEIR_ADDRESSES],
] as const)('%s, %s, seen from %s: the URIs work as they are printed', (provider, mode, system, expected) => {
  expect(connections({ provider, ...network(mode) }, system)).toEqual(expected)
})
