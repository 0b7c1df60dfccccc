import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { must, nodeImage, PlainServers, serve } from './servers.ts'
import { changedCounts, failures, spawn, TestLab } from './support.ts'

/*
 * RHEL's family without its packages, which nobody may redistribute here: containers of Debian that say they are Rocky
 * Linux, with dnf, firewalld and a signed repository laid out like postgresql.org's. Its packages hold Debian's
 * programs in PGDG's places, with PGDG's unit. What this cannot show: SELinux, and the real packages.
 */
const GATEWAY = '10.97.91.1'
const PORT = 8991
const REPOSITORY = `http://${GATEWAY}:${PORT}`
const SERVERS = { pg1: '10.97.91.11', pg2: '10.97.91.12', vault: '10.97.91.13' } as const
const IMAGE = 'pg-lab-test/red-hat'
const servers = new PlainServers('pg-lab-test-red-hat', SERVERS)

const config = (key: string, version = 15) => `
export default {
  name: 'hat',
  provider: 'ssh',
  os: 'rocky-9',
  network: { subnet: '10.97.91.0/24' },
  ssh: { user: 'admin', key: 'keys/id', knownHosts: 'keys/known_hosts' },
  master: { name: 'pg1', address: '${SERVERS.pg1}' },
  slaves: [{ name: 'pg2', address: '${SERVERS.pg2}' }],
  backup: { name: 'vault', address: '${SERVERS.vault}' },
  postgres: { version: ${version}, repository: { url: '${REPOSITORY}', key: '${REPOSITORY}/${key}' } },
}
`
const lab = TestLab.create('red-hat', config('stranger.asc'))
let server: ReturnType<typeof serve> | undefined

beforeAll(() => {
  const context = resolve('test/e2e/red-hat')
  must('docker', 'build', '--quiet', '--tag', IMAGE, '--build-arg', `BASE_IMAGE=${nodeImage()}`, context)
  const repository = join(lab.directory, '..', 'repository')
  const shelf = must('docker', 'create', IMAGE).stdout.trim()
  must('docker', 'cp', `${shelf}:/repo`, repository)
  must('docker', 'rm', shelf)
  servers.start(IMAGE, '10.97.91.0/24', GATEWAY, ['--cap-add=NET_ADMIN'])
  servers.letIn(lab)
  server = serve(repository, GATEWAY, PORT)
})

afterAll(() => {
  server?.kill()
  servers.remove()
  lab.remove()
})

it('refuses packages that another key has signed', () => {
  const { status, stderr } = lab.run('up')
  expect(status).toBe(3)
  expect(stderr).toContain('Check postgres.repository in cluster.config.ts')
})

it('refuses a version that the repository does not carry', () => {
  lab.configure(config('key.asc', 16))
  const { status, stderr } = lab.run('up')
  expect(status).toBe(3)
  expect(stderr).toContain('Check postgres.version and postgres.repository')
  lab.configure(config('key.asc'))
})

it('comes up verified in the places of RHEL', () => {
  expect(lab.must('up').stdout).toContain('The lab is up and verified')
  expect(lab.sql('pg2', "SELECT setting FROM pg_settings WHERE name = 'config_file'")).toBe(
    '/var/lib/pgsql/15/data/postgresql.conf',
  )
  expect(lab.ssh('pg1', 'systemctl', 'is-enabled', 'postgresql-15').stdout.trim()).toBe('enabled')
  expect(lab.ssh('pg1', 'cat', '/etc/dnf/modules.d/postgresql.module').stdout).toContain('state=disabled')
})

it('opens the firewall for the hosts of the lab, and for nobody else', () => {
  const reaches = (from: string, to: string) =>
    spawn(from === 'here' ? 'timeout' : 'docker', [
      ...(from === 'here' ? [] : ['exec', servers.container(from), 'timeout']),
      ...['3', 'bash', '-c', `</dev/tcp/${to}/5432`],
    ]).status === 0
  expect([reaches('pg2', SERVERS.pg1), reaches('vault', SERVERS.pg1), reaches('here', SERVERS.pg1)]).toEqual([
    true,
    true,
    false,
  ])
  const lasting = lab.ssh('pg1', 'sudo', 'firewall-cmd', '--permanent', '--list-rich-rules').stdout
  expect(lasting.trim().split('\n')).toHaveLength(3)
})

it('changes nothing the second time', () => {
  expect(changedCounts(lab.upAnew().stdout)).toEqual({ pg1: 0, pg2: 0, vault: 0 })
})

it('fails over and takes the old master back', () => {
  lab.must('drill', 'failover', '--how', 'process', '--on', 'hat')
  expect(failures(lab.verify().failed)).toEqual([])
})

it('restores a backup', () => {
  expect(failures(lab.verify('--only', 'restore').failed)).toEqual([])
})
