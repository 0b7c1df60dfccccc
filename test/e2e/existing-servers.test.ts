import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { servePackages } from './repository.ts'
import { must, nodeImage, PlainServers } from './servers.ts'
import { changedCounts, spawn, TestLab } from './support.ts'

/*
 * Servers that Vagrant never made: plain containers on a network of their own, with host names and a login of their
 * own, the backup host in another subnet and behind a jump host. PostgreSQL comes from a signed repository laid out like PGDG's, made here
 * from the distribution's own packages; its postgresql-15 carries a version of its own, so that it shows where it
 * came from.
 */
const GATEWAY = '10.97.90.1'
const PORT = 8990
const SERVERS = {
  db1: '10.97.90.11',
  db2: '10.97.90.12',
  vault: '10.97.88.13',
  bastion: '10.97.90.14',
  gate: '10.97.88.14',
} as const
const NETWORK = '10.97.88.0/22'
const servers = new PlainServers('pg-lab-test-servers', SERVERS)
const REPOSITORY = `http://${GATEWAY}:${PORT}`

/** How the servers are reached, each as an object's text; as the section `ssh` says where it is empty. */
const JUMP = { pg1: '', pg2: '', barman: `jump: 'admin@${SERVERS.bastion}'` }

const config = (key: string, version: number, ways = JUMP) => `
export default {
  name: 'shop',
  provider: 'ssh',
  os: 'debian-12',
  ssh: { user: 'admin', key: 'keys/id', knownHosts: 'keys/known_hosts' },
  master: { name: 'pg1', address: '${SERVERS.db1}', ssh: { ${ways.pg1} } },
  slaves: [{ name: 'pg2', address: '${SERVERS.db2}', ssh: { ${ways.pg2} } }],
  backup: { name: 'barman', address: '${SERVERS.vault}', ssh: { ${ways.barman} } },
  postgres: { version: ${version}, repository: { url: '${REPOSITORY}', key: '${REPOSITORY}/${key}' } },
}
`
const lab = TestLab.create('servers', config('key.asc', 15))
const write = (key: string, version: number) => lab.configure(config(key, version))
const repository = join(lab.directory, '..', 'repository')
let server: ReturnType<typeof servePackages> | undefined
let image = ''
let agent = ''

/** Its postgresql-15 has a version of its own. */
const FETCH = `apt-get download postgresql-15 postgresql-client-15 postgresql-common postgresql-client-common libpq5
    apt-get download barman python3-barman barman-cli
    dpkg-deb -R postgresql-15_*.deb /tmp/again && rm postgresql-15_*.deb
    sed -i 's/^Version: .*/&+school1/' /tmp/again/DEBIAN/control && dpkg-deb -b -Znone /tmp/again .`

beforeAll(() => {
  image = nodeImage()
  servers.start(image, NETWORK, GATEWAY)
  servers.letIn(lab)
  const place = { address: GATEWAY, port: PORT }
  server = servePackages({ folder: repository, release: 'bookworm', image, fetch: FETCH, ...place })
})

afterAll(() => {
  server?.kill()
  if (agent !== '') spawn('kill', [agent])
  servers.remove()
  lab.remove()
})

it('reaches nobody whose host key it does not know', () => {
  const known = join(lab.directory, 'keys', 'known_hosts')
  const keys = spawn('cat', [known]).stdout
  writeFileSync(known, keys.replaceAll(SERVERS.db2, '10.97.90.99'))
  const { status, stderr } = lab.run('up')
  expect(status).toBe(3)
  expect(stderr).toContain('Host key verification failed')
  expect(stderr).toContain('compare the fingerprint')
  writeFileSync(known, keys)
})

it('says beforehand what is empty, and touches nobody else’s PostgreSQL', () => {
  expect(lab.must('plan').stdout).toContain('nothing of PostgreSQL or Barman is there')
  const theirs = '/var/lib/postgresql/13/main'
  must(
    'docker',
    'exec',
    servers.container('db2'),
    'sh',
    '-c',
    `mkdir -p ${theirs} && echo 13 >${theirs}/PG_VERSION`,
  )
  const refused = lab.run('up')
  expect(refused.status).toBe(2)
  expect(refused.stderr).toContain(`a cluster of PostgreSQL 13 in ${theirs}`)
  expect(refused.stderr).toContain('--take-over shop')
  const { stdout } = spawn('ansible-playbook', ['provisioning/site.yml'], { cwd: lab.directory })
  expect(stdout).toContain('pg2 is not empty')
  expect(spawn('docker', ['exec', servers.container('db1'), 'ls', '/etc/pg-lab-owner']).status).not.toBe(0)
  must('docker', 'exec', servers.container('db2'), 'rm', '-r', '/var/lib/postgresql')
})

it('refuses a repository that another key has signed', () => {
  write('stranger.asc', 15)
  const { status, stderr } = lab.run('up')
  expect(status).toBe(3)
  expect(stderr).toContain('Check postgres.repository in cluster.config.ts')
})

it('refuses a version that the repository does not carry', () => {
  write('key.asc', 16)
  const { status, stderr } = lab.run('up')
  expect(status).toBe(3)
  expect(stderr).toContain('postgresql-16')
  expect(stderr).toContain('Check postgres.version and postgres.repository')
})

it('comes up verified, with the packages of that repository', () => {
  write('key.asc', 15)
  expect(lab.must('up').stdout).toContain('The lab is up and verified')
  expect(lab.ssh('pg1', 'dpkg', '--status', 'postgresql-15').stdout).toMatch(/^Version: .*\+school1$/m)
  expect(existsSync(join(lab.directory, 'Vagrantfile'))).toBe(false)
})

it('changes nothing the second time, nor by Ansible alone', () => {
  expect(changedCounts(lab.upAnew().stdout)).toEqual({ pg1: 0, pg2: 0, barman: 0 })
  const alone = spawn('ansible-playbook', ['provisioning/site.yml'], { cwd: lab.directory })
  expect(alone.status).toBe(0)
  expect(alone.stdout.match(/changed=0/g)).toHaveLength(3)
})

/** From now on a server lets its login in by this line of authorized_keys alone. */
function letInBy(server: string, line: string): void {
  const script = 'echo "$1" >~admin/.ssh/authorized_keys'
  must('docker', 'exec', servers.container(server), 'sh', '-c', script, 'sh', line)
}

it('reaches them through several jumps, by a command, with a certificate and by an agent', () => {
  const keys = join(lab.directory, 'keys')
  const make = (name: string) => must('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', join(keys, name))
  for (const name of ['authority', 'signed', 'held']) make(name)
  must(
    'ssh-keygen',
    '-q',
    '-s',
    join(keys, 'authority'),
    '-I',
    'admin',
    '-n',
    'admin',
    join(keys, 'signed.pub'),
  )
  // Each server lets in by its own way alone: the lab's key is taken off both.
  const lines = { db1: 'cert-authority ', db2: '' }
  for (const [name, key] of [
    ['db1', 'authority'],
    ['db2', 'held'],
  ] as const) {
    letInBy(name, lines[name] + readFileSync(join(keys, `${key}.pub`), 'utf8').trim())
  }
  const started = must('ssh-agent', '-s', '-a', join(keys, 'agent')).stdout
  agent = /SSH_AGENT_PID=(\d+)/.exec(started)?.[1] ?? ''
  must('env', `SSH_AUTH_SOCK=${join(keys, 'agent')}`, 'ssh-add', '-q', join(keys, 'held'))
  rmSync(join(keys, 'held'))
  const command = `ssh -i keys/id -o UserKnownHostsFile=keys/known_hosts -W %h:%p admin@${SERVERS.gate}`
  lab.configure(
    config('key.asc', 15, {
      pg1: "key: 'keys/signed', certificate: 'keys/signed-cert.pub'",
      pg2: `key: 'keys/held.pub', agent: 'keys/agent', proxyCommand: '${command}'`,
      barman: `jump: 'admin@${SERVERS.bastion},admin@${SERVERS.gate}'`,
    }),
  )
  expect(changedCounts(lab.upAnew().stdout)).toEqual({ pg1: 0, pg2: 0, barman: 0 })
  const [from] = lab.spawn('ssh', '-F', '.pg-lab/ssh_config', 'barman', 'echo $SSH_CLIENT').stdout.split(' ')
  expect(from).toBe(SERVERS.gate)
  // The rest goes on by the lab's own key.
  for (const name of ['db1', 'db2']) {
    letInBy(name, readFileSync(join(keys, 'id.pub'), 'utf8').trim())
  }
  write('key.asc', 15)
})

it('lives through a drill where it is named', () => {
  const refused = lab.run('drill', 'slave-outage')
  expect(refused.status).toBe(2)
  expect(refused.stderr).toContain('npx create-pg-lab drill slave-outage --on shop')
  expect(lab.must('drill', 'slave-outage', '--on', 'shop').stdout).toContain('The lab is as it was')
})

it('neither stops nor deletes servers that it has not made', () => {
  for (const verb of [['halt'], ['destroy', '--yes']]) {
    const { status, stderr } = lab.run(...verb)
    expect(status).toBe(2)
    expect(stderr).toContain('pg-lab neither stops nor deletes them')
  }
})

it('takes over what somebody else made where it is told to, and keeps the data', () => {
  lab.sql('pg1', 'CREATE TABLE kept AS SELECT 42 AS answer')
  for (const name of ['db1', 'db2', 'vault']) {
    must('docker', 'exec', servers.container(name), 'rm', '/etc/pg-lab-owner')
  }
  const theirs = "echo 'work_mem = 7MB' >>/etc/postgresql/15/main/postgresql.conf"
  must('docker', 'exec', servers.container('db1'), 'sh', '-c', theirs)
  for (const options of [[], ['--take-over', 'rival']]) expect(lab.run('up', ...options).status).toBe(2)
  expect(lab.must('up', '--take-over', 'shop').stdout).toContain('The lab is up and verified')
  expect(lab.sql('pg2', 'SELECT answer FROM kept')).toBe('42')
  const conf = '/etc/postgresql/15/main/postgresql.conf'
  const has7MB = (file: string) => lab.ssh('pg1', 'sudo', 'grep', '-c', '7MB', file).stdout
  expect(has7MB(conf)).toBe('0\n')
  expect(has7MB(`${conf}.before-pg-lab`)).toBe('1\n')
  expect(changedCounts(lab.upAnew().stdout)).toEqual({ pg1: 0, pg2: 0, barman: 0 })
})

it('leaves alone the servers of another lab', () => {
  const other = config('key.asc', 15).replace("name: 'shop'", "name: 'rival'")
  lab.configure(other)
  const { status, stderr } = lab.run('plan')
  expect(status).toBe(2)
  expect(stderr + lab.run('plan').stdout).toContain('it belongs to the lab shop')
})
