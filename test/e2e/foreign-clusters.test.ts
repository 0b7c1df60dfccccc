import { afterAll, beforeAll, expect, it } from 'vitest'
import { must, nodeImage, PlainServers } from './servers.ts'
import { spawn, TestLab } from './support.ts'

/* A server with a PostgreSQL that somebody else made, in every shape such a thing is found in: it is refused, and nothing of it changes. */
const SUBNET = '10.97.92.0/24'
const ADDRESS = '10.97.92.11'
const servers = new PlainServers('pg-lab-test-foreign', { db: ADDRESS })

const config = (postgres: string) => `
export default {
  name: 'foreign',
  provider: 'ssh',
  os: 'debian-12',
  network: { subnet: '${SUBNET}' },
  ssh: { user: 'admin', key: 'keys/id', knownHosts: 'keys/known_hosts' },
  master: { name: 'db', address: '${ADDRESS}' },
  slaves: [],
  backup: false,
  postgres: ${postgres},
}
`
const lab = TestLab.create('foreign', config('{}'))

const root = (script: string) =>
  must('docker', 'exec', servers.container('db'), 'sh', '-ec', script).stdout.trim()

const CONF = '/etc/postgresql/15/main/postgresql.conf'
const DATA = '/var/lib/postgresql/15/main'
const STOP = 'pg_ctlcluster 15 main stop'
/** The data lies on another disk. */
const MOVE = `mkdir -p /srv/disk && mv ${DATA} /srv/disk/theirs && sed -i "s|^data_directory.*|data_directory = '/srv/disk/theirs'|" ${CONF}`
/** Not only its clusters: their package brings services, which are somebody's as well. */
const NO_PACKAGES = 'DEBIAN_FRONTEND=noninteractive apt-get purge -qq -y "postgresql*" >/dev/null 2>&1'

/** Every file of theirs with its owner, mode, time and content, as one sum; what lies where something would be added; the packages. */
const traces = (writes = '/none') => `
  find /etc/postgresql /etc/postgresql-common /var/lib/postgresql /srv /etc/systemd /etc/sudoers.d /etc/cron.d -type f \\
    ! -path '*/pg_stat*' ! -name postmaster.pid ! -path '*/pg_wal/*' ! -path '${writes}/*' 2>/dev/null | sort |
    while read -r file; do stat -c '%n %U %a %Y' "$file"; sha256sum <"$file"; done | sha256sum
  ls -A /etc /etc/postgresql-common /var/lib/postgresql 2>/dev/null || true
  dpkg-query -W`

interface Shape {
  readonly what: string
  /** Run in the container, where one cluster of PostgreSQL 15 runs that has a table \`theirs\`. */
  readonly make: string
  readonly postgres?: string
  /** A data directory into which their server writes all the time, and how psql gets to that. */
  readonly running?: { readonly data: string; readonly psql: string }
  readonly found: readonly string[]
}

const SHAPES: readonly Shape[] = [
  {
    what: 'stopped',
    make: STOP,
    found: [
      `a configuration of PostgreSQL in /etc/postgresql/15/main`,
      `a cluster of PostgreSQL 15 in ${DATA}`,
    ],
  },
  {
    what: 'stopped, its data moved to another disk',
    make: `${STOP}; ${MOVE}`,
    found: ['a cluster of PostgreSQL 15 in /srv/disk/theirs'],
  },
  {
    what: 'running on another port, its data moved',
    make: `${STOP}; ${MOVE}; sed -i 's/^port.*/port = 5544/' ${CONF}; pg_ctlcluster 15 main start`,
    running: { data: '/srv/disk/theirs', psql: 'su postgres -c "psql -p 5544 -Atc \'TABLE theirs\'"' },
    found: ['a server of PostgreSQL 15 that runs in /srv/disk/theirs'],
  },
  {
    what: 'only a configuration, whose disk is not there today',
    make: `${STOP}; rm -r ${DATA}; echo "# theirs" >>${CONF}`,
    found: ['a configuration of PostgreSQL in /etc/postgresql/15/main'],
  },
  {
    what: 'of another major than the config asks for',
    make: STOP,
    postgres: "{ version: 16, repository: { url: 'http://10.97.92.1:9', key: 'http://10.97.92.1:9/key' } }",
    found: [`a cluster of PostgreSQL 15 in ${DATA}`],
  },
  {
    what: 'built by hand, run by another user from a service of their own',
    make: `${STOP}; mv ${DATA} /srv/app; rm -r /etc/postgresql; useradd -r app; chown -R app: /srv/app
      printf '[Service]\\nUser=app\\nExecStart=/usr/lib/postgresql/15/bin/postgres -D /srv/app -p 6000 -k /tmp -c hba_file=/srv/app/hba\\n' >/etc/systemd/system/app-db.service
      echo 'local all all trust' >/srv/app/hba; chown app: /srv/app/hba; touch /srv/app/postgresql.conf
      systemctl daemon-reload; systemctl start app-db; timeout 30 sh -c 'until pg_isready -q -h /tmp -p 6000; do sleep 0.2; done'`,
    running: { data: '/srv/app', psql: "psql -h /tmp -p 6000 -U postgres -d postgres -Atc 'TABLE theirs'" },
    found: ['the service app-db.service', 'a server of PostgreSQL 15 that runs in /srv/app'],
  },
  {
    what: 'only data, without a package, where no configuration leads',
    make: `${STOP}; mkdir -p /srv/old; mv ${DATA} /srv/old/db; rm -r /etc/postgresql; ${NO_PACKAGES}`,
    found: ['a cluster of PostgreSQL 15 in /srv/old/db'],
  },
]

let pristine = ''

beforeAll(() => {
  const image = nodeImage()
  servers.start(image, SUBNET, '10.97.92.1')
  root(`apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y postgresql >/dev/null 2>&1
    su postgres -c "psql -qc 'CREATE TABLE theirs AS SELECT 42 AS answer'"; ${STOP}`)
  pristine = must('docker', 'commit', servers.container('db')).stdout.trim()
})

afterAll(() => {
  servers.remove()
  spawn('docker', ['image', 'rm', pristine])
  lab.remove()
})

it.each(SHAPES)('$what: refused, and nothing is changed', ({ make, found, postgres = '{}', running }) => {
  servers.start(pristine, SUBNET, '10.97.92.1')
  root(`pg_ctlcluster 15 main start 2>/dev/null || [ $? -eq 2 ]; ${make}`)
  spawn('rm', ['-r', `${lab.directory}/keys`])
  servers.letIn(lab)
  lab.configure(config(postgres))
  lab.must('generate')
  const before = root(traces(running?.data))

  const planned = lab.run('plan')
  expect(planned.status).toBe(2)
  for (const args of [['up'], ['up', '--yes'], ['provision']]) {
    const { status, stdout, stderr } = lab.run(...args)
    const said = `${args.join(' ')} ended with ${status}\n${stdout}\n${stderr}`
    for (const words of [...found, '--take-over foreign', 'ended with 2']) expect(said).toContain(words)
  }
  const bare = spawn('ansible-playbook', ['provisioning/site.yml'], { cwd: lab.directory })
  expect(bare.status).not.toBe(0)
  for (const finding of found) expect(bare.stdout.replaceAll(/\s+/g, ' ')).toContain(finding)
  expect(root(traces(running?.data))).toBe(before)
  if (running) expect(root(running.psql)).toBe('42')
})
