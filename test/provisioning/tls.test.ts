import { execFile } from 'node:child_process'
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { folderWith } from '../tools/helpers.ts'
import { python } from './readers.ts'

interface Files {
  readonly ca: string
  readonly certificate: string
  readonly key: string
}

const ask = (folder: string, name = 'master', address = '10.0.0.1'): Files =>
  JSON.parse(python('make-certificates.py', [folder], `${JSON.stringify([name, address])}\n`))

const DAY_MS = 86_400_000
const daysLeft = (certificate: X509Certificate) =>
  Math.round((Date.parse(certificate.validTo) - Date.now()) / DAY_MS)

/** As it will be a year before the end. */
function age(folder: string, name: string): void {
  const file = join(folder, `${name}.json`)
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), renew_after: 1 }))
}

describe('the certificates of a lab', () => {
  test('are good for a server’s name and its address, and signed by the lab’s authority', () => {
    const { ca, certificate, key } = ask(folderWith())
    const [authority, own] = [new X509Certificate(ca), new X509Certificate(certificate)]
    expect(own.verify(authority.publicKey)).toBe(true)
    expect(own.checkIssued(authority)).toBe(true)
    expect(own.checkPrivateKey(createPrivateKey(key))).toBe(true)
    expect(own.checkHost('master')).toBe('master')
    expect(own.checkIP('10.0.0.1')).toBe('10.0.0.1')
    expect(own.checkIP('10.0.0.2')).toBeUndefined()
    expect(own.subjectAltName).toContain('DNS:10.0.0.1') // libpq before 15 compares the address as text
    expect([authority.ca, own.ca]).toEqual([true, false])
    expect([daysLeft(authority), daysLeft(own)]).toEqual([3650, 730])
    expect(Date.parse(own.validFrom)).toBeLessThan(Date.now() - DAY_MS / 2)
  })

  test('are made once, in files that only their owner reads', () => {
    const folder = join(folderWith(), 'tls')
    const first = ask(folder)
    expect(ask(folder)).toEqual(first)
    expect(ask(folder, 'slave', '10.0.0.2').ca).toBe(first.ca)
    for (const name of readdirSync(folder))
      expect([name, statSync(join(folder, name)).mode & 0o077]).toEqual([name, 0])
    expect(statSync(folder).mode & 0o777).toBe(0o700)
  })

  test('are made again for another address, and before they end; the authority keeps its key', () => {
    const folder = folderWith()
    const first = ask(folder)
    const moved = ask(folder, 'master', '10.0.0.9')
    expect(new X509Certificate(moved.certificate).checkIP('10.0.0.9')).toBe('10.0.0.9')
    age(folder, 'server-master')
    expect(ask(folder, 'master', '10.0.0.9').certificate).not.toBe(moved.certificate)
    const before = ask(folder, 'master', '10.0.0.9')
    age(folder, 'ca')
    const after = ask(folder, 'master', '10.0.0.9')
    expect(after.ca).not.toBe(first.ca)
    expect(after.certificate).toBe(before.certificate)
    expect(new X509Certificate(after.certificate).verify(new X509Certificate(after.ca).publicKey)).toBe(true)
  })

  test('have one authority, whoever asks at the same time', async () => {
    const folder = folderWith()
    const script = join(import.meta.dirname, 'make-certificates.py')
    const asking = ['a', 'b', 'c'].map(async (name) => {
      const child = promisify(execFile)('/usr/bin/python3', ['-B', script, folder])
      child.child.stdin?.end(`${JSON.stringify([name, '10.0.0.1'])}\n`)
      return JSON.parse((await child).stdout).ca
    })
    expect(new Set(await Promise.all(asking)).size).toBe(1)
  })
})
