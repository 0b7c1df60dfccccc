import { describe, expect, it } from 'vitest'
import { connectionsOf, connectionUris, passwordsText, servicesText } from '../../src/postgres/connections.ts'
import { testLab } from '../support/lab.ts'

const lab = testLab({ postgres: { ...testLab().postgres, tls: true } })
const connections = connectionsOf(lab, 'linux')

describe('a URI', () => {
  it('has no TLS where the lab has none, and a folder with any letters', () => {
    const plain = { ...lab, postgres: { ...lab.postgres, tls: false } }
    expect(connectionUris(plain, connections, '/l/ca.crt')[0]).toEqual([
      'master',
      'postgresql://student@192.168.11.150:5432/otus',
    ])
    const [[, uri = ''] = []] = connectionUris(lab, connections, '/home/Маша & co/ca.crt')
    expect(new URL(uri).searchParams.get('sslrootcert')).toBe('/home/Маша & co/ca.crt')
  })
})

describe('a service', () => {
  it('has all that a client needs', () => {
    const files = { authority: '/l/ca.crt', passwords: '/l/pgpass' }
    expect(servicesText(lab, connections, files)).toBe(`[master]
host=192.168.11.150
port=5432
dbname=otus
user=student
passfile=/l/pgpass
sslmode=verify-full
sslrootcert=/l/ca.crt

[slave]
host=192.168.11.151
port=5432
dbname=otus
user=student
passfile=/l/pgpass
sslmode=verify-full
sslrootcert=/l/ca.crt
`)
  })

  it('finds a password with what pgpass takes for its own signs', () => {
    const [line] = passwordsText(lab, connections, 'a:b\\c').split('\n')
    expect(line).toBe('192.168.11.150:5432:otus:student:a\\:b\\\\c')
  })
})
