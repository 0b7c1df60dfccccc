import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appliedFiles } from '../../src/generate/applied-files.ts'
import type { LabNode } from '../../src/lab.ts'
import { markText, readHostState } from '../../src/observe/host-state.ts'
import { nameOfApplied } from '../../src/plan/nothing-to-apply.ts'
import { changedCounts, failures, TestLab } from './support.ts'

const CONFIG = `import { defineCluster } from 'create-pg-lab'
export default defineCluster({
  name: 'again', provider: 'docker', os: 'debian-12', network: { subnet: '10.97.63.0/24' },
})
`
const SCRIPT = readFileSync('provisioning/support/mark/host-state.sh', 'utf8')
const ROLES: Readonly<Record<string, LabNode['role']>> = {
  master: 'master',
  slave: 'slave',
  backup: 'backup',
}

const lab = TestLab.create('again', CONFIG)
let first = ''

beforeAll(() => {
  first = lab.must('up', '--install').stdout
}, 1_200_000)
afterAll(() => lab.remove())

interface Plan {
  readonly items: readonly unknown[]
  readonly ansible: { readonly why?: string; readonly agoMs?: number }
}

const plan = () => JSON.parse(lab.run('plan', '--json').stdout) as Plan

/** Runs a script on a node, as root. */
function on(node: string, script: string): string {
  const { status, stdout, stderr } = lab.ssh(node, 'sudo', 'bash', '-euc', script)
  if (status !== 0) throw new Error(`${script}: ${stderr}`)
  return stdout
}

/** Marks hosts as they are now, as a run does that ends well. */
async function markAnew(nodes: readonly string[] = Object.keys(ROLES)): Promise<void> {
  const applied = await appliedFiles(lab.directory)
  if (!applied) throw new Error('the files cannot be read')
  for (const node of nodes) {
    const role = ROLES[node] ?? 'slave'
    const server = role === 'backup' ? '' : '/usr/lib/postgresql/15/bin/psql otus dz'
    const state = readHostState(lab.ask(node, SCRIPT, `sh -s look ${server}`), { role })
    if ('doubt' in state) throw new Error(`${node}: ${state.doubt}`)
    const mark = { applied: nameOfApplied(applied), atMs: Date.now(), state: state.lines }
    lab.ask(node, markText(mark), 'cat >/etc/pg-lab-applied')
  }
}

test('the second run applies nothing, proves everything, and says so', () => {
  expect(changedCounts(first)).toHaveProperty('master')
  expect(plan()).toEqual({ ok: true, items: [], ansible: { agoMs: expect.any(Number) }, warnings: [] })
  const { stdout } = lab.must('up')
  expect(stdout).toContain('↓ Provision · nothing to apply')
  expect(stdout).toMatch(/✔ Verify · \d+ checks passed/)
  expect(stdout).toMatch(/Nothing to apply: the servers hold what the last run applied, .* ago\./)
  expect(changedCounts(stdout)).toEqual({})
})

test('the mark is for root alone, and has no password and no hash of one', () => {
  for (const node of Object.keys(ROLES)) {
    expect(on(node, 'stat -c "%a %U" /etc/pg-lab-applied').trim()).toBe('600 root')
    const mark = on(node, 'cat /etc/pg-lab-applied')
    for (const secret of Object.values(lab.secrets())) expect(mark).not.toContain(secret)
    expect(mark).not.toMatch(/SCRAM-SHA-256/)
  }
})

test('provision always runs Ansible, which changes nothing; then up does, and marks again', () => {
  expect(changedCounts(lab.must('provision').stdout)).toEqual({ master: 0, slave: 0, backup: 0 })
  expect(plan().ansible.why).toMatch(/^no run that ended well has left its mark on /)
  expect(changedCounts(lab.must('up').stdout)).toEqual({ master: 0, slave: 0, backup: 0 })
  expect(plan().ansible).toHaveProperty('agoMs')
})

test('a check that fails has Ansible run after all', () => {
  on('slave', "sudo -u postgres psql -qc 'SELECT pg_wal_replay_pause()'")
  const { stdout } = lab.run('up')
  expect(stdout).toContain('↓ Provision · nothing to apply')
  expect(stdout).toMatch(/\d+ of \d+ checks failed: Ansible runs after all/)
  expect(stdout).toMatch(/✔ Provision › master · changed=\d/)
  on('slave', "sudo -u postgres psql -qc 'SELECT pg_wal_replay_resume()'")
})

const CONF = '/etc/postgresql/15/main'
const DATA = '/var/lib/postgresql/15/main'
const DROP_IN = '/etc/systemd/system/postgresql@15-main.service.d'

/** One thing done to a host: what is done, and what makes it as it was, as root or by SQL on the master. */
interface Disturbance {
  readonly node?: 'master' | 'slave' | 'backup'
  readonly script?: string
  readonly sql?: string
  readonly database?: string
  readonly undo?: string
  readonly undoSql?: string
  /** The mark names it, or else a check does: `check node: what`. */
  readonly why?: RegExp
  readonly verify?: RegExp
}

const swap = (file: string, script: string): Pick<Disturbance, 'script' | 'undo'> => ({
  script: `cp -a ${file} /root/kept && { ${script}; }`,
  undo: `rm -f ${file}; cp -a /root/kept ${file}`,
})

const DISTURBANCES: Readonly<Record<string, Disturbance>> = {
  'pg_hba.conf edited': { ...swap(`${CONF}/pg_hba.conf`, `echo '# x' >>${CONF}/pg_hba.conf`), why: /pg_hba/ },
  'pg_ident.conf edited': {
    ...swap(`${CONF}/pg_ident.conf`, `echo '# x' >>${CONF}/pg_ident.conf`),
    why: /ident/,
  },
  'a file edited, and set back with its time': {
    script: `cp -p ${CONF}/postgresql.conf /root/kept; echo >>${CONF}/postgresql.conf; cat /root/kept >${CONF}/postgresql.conf; touch -r /root/kept ${CONF}/postgresql.conf`,
    why: /postgresql\.conf/,
  },
  'the mode of a file': {
    script: `chmod 0644 ${CONF}/postgresql.conf`,
    undo: `chmod 0640 ${CONF}/postgresql.conf`,
    why: /postgresql\.conf/,
  },
  'the owner of a file': {
    script: `chown root ${CONF}/pg_ident.conf`,
    undo: `chown postgres ${CONF}/pg_ident.conf`,
    why: /ident/,
  },
  'the mode of a folder': { script: 'chmod 0777 /etc/pg-lab', undo: 'chmod 0755 /etc/pg-lab', why: /pg-lab/ },
  'a file more beside them': {
    script: `echo 'work_mem = 5MB' >${CONF}/x.conf`,
    undo: `rm ${CONF}/x.conf`,
    why: /x\.conf/,
  },
  'ALTER SYSTEM': {
    sql: "ALTER SYSTEM SET work_mem = '9MB'",
    undoSql: 'ALTER SYSTEM RESET work_mem',
    why: /postgresql\.auto\.conf/,
  },
  'ALTER DATABASE': {
    sql: "ALTER DATABASE otus SET work_mem = '9MB'",
    undoSql: 'ALTER DATABASE otus RESET work_mem',
    why: /settings of a role|work_mem/,
  },
  'ALTER ROLE ALL': {
    sql: "ALTER ROLE ALL SET work_mem = '9MB'",
    undoSql: 'ALTER ROLE ALL RESET work_mem',
    why: /settings of a role|work_mem/,
  },
  'a setting that waits for a restart': {
    script: `sed -i 's/^max_wal_senders.*/max_wal_senders = 12/' ${CONF}/postgresql.conf; systemctl reload postgresql@15-main`,
    undo: `sed -i 's/^max_wal_senders.*/max_wal_senders = 10/' ${CONF}/postgresql.conf; systemctl reload postgresql@15-main`,
    why: /max_wal_senders|postgresql\.conf/,
  },
  'a slot more': {
    sql: "SELECT pg_create_physical_replication_slot('x')",
    undoSql: "SELECT pg_drop_replication_slot('x')",
    why: /slot x/,
  },
  'a slot dropped': {
    node: 'slave',
    script: 'systemctl stop postgresql@15-main',
    sql: "SELECT pg_drop_replication_slot('slave_slot')",
    undoSql: "SELECT pg_create_physical_replication_slot('slave_slot', true)",
    undo: 'systemctl start postgresql@15-main',
    why: /slave_slot|PostgreSQL does not answer/,
  },
  'a role dropped': {
    sql: 'DROP OWNED BY replica_rewind; DROP ROLE replica_rewind',
    undoSql: 'CREATE ROLE replica_rewind LOGIN',
    why: /replica_rewind/,
  },
  'a role that may more': {
    sql: 'ALTER ROLE student CREATEDB',
    undoSql: 'ALTER ROLE student NOCREATEDB',
    why: /role "student"/,
  },
  'a password changed on the server': { sql: "ALTER ROLE student PASSWORD 'another'", why: /role "student"/ },
  'a membership revoked': {
    sql: 'REVOKE pg_read_all_settings FROM barman',
    undoSql: 'GRANT pg_read_all_settings TO barman',
    why: /membership/,
  },
  'a right to a function revoked': {
    sql: 'REVOKE EXECUTE ON FUNCTION pg_create_restore_point(text) FROM barman',
    undoSql: 'GRANT EXECUTE ON FUNCTION pg_create_restore_point(text) TO barman',
    why: /privileges functions/,
  },
  'the owner of the table': {
    sql: 'ALTER TABLE public.dz OWNER TO postgres',
    undoSql: 'ALTER TABLE public.dz OWNER TO student',
    database: 'otus',
    why: /dz|table/,
  },
  'everybody may make tables': {
    sql: 'GRANT CREATE ON SCHEMA public TO public',
    undoSql: 'REVOKE CREATE ON SCHEMA public FROM public',
    database: 'otus',
    why: /schema public/,
  },
  'a database nobody may enter': {
    sql: 'REVOKE CONNECT ON DATABASE otus FROM public',
    undoSql: 'GRANT CONNECT ON DATABASE otus TO public',
    why: /database "otus"/,
  },
  'a service stopped': {
    node: 'slave',
    script: 'systemctl stop postgresql@15-main',
    undo: 'systemctl start postgresql@15-main',
    why: /slave: PostgreSQL does not answer/,
  },
  'a service disabled': {
    script: 'systemctl disable postgresql@15-main postgresql 2>/dev/null',
    undo: 'systemctl enable postgresql@15-main postgresql 2>/dev/null',
    why: /postgresql/,
  },
  'a service masked until the next boot': {
    node: 'slave',
    script: 'systemctl mask --runtime postgresql@15-main 2>/dev/null',
    undo: 'systemctl unmask --runtime postgresql@15-main 2>/dev/null',
    why: /run\/systemd/,
  },
  'an override of the unit': {
    script: `echo '[Service]' >${DROP_IN}/x.conf`,
    undo: `rm ${DROP_IN}/x.conf; systemctl daemon-reload`,
    why: /x\.conf/,
  },
  'the guard removed': {
    ...swap('/usr/sbin/pg-lab-guard', 'rm /usr/sbin/pg-lab-guard'),
    why: /pg-lab-guard/,
  },
  'a certificate replaced': {
    ...swap('/etc/pg-lab/server.crt', 'cat /etc/pg-lab/ca.crt >/etc/pg-lab/server.crt'),
    why: /server\.crt/,
  },
  'a passfile changed': {
    node: 'slave',
    ...swap('/var/lib/postgresql/.pgpass', "echo 'x:5432:*:x:x' >>/var/lib/postgresql/.pgpass"),
    why: /\.pgpass/,
  },
  "Barman's passfile removed": {
    node: 'backup',
    ...swap('/var/lib/barman/.pgpass', 'rm /var/lib/barman/.pgpass'),
    why: /\.pgpass/,
  },
  'cron without its file': {
    node: 'backup',
    ...swap('/etc/cron.d/barman', 'rm /etc/cron.d/barman'),
    why: /cron\.d\/barman/,
  },
  'a schedule of somebody': {
    node: 'backup',
    script: "echo '* * * * * true' >/var/spool/cron/crontabs/barman",
    undo: 'rm /var/spool/cron/crontabs/barman',
    why: /crontabs/,
  },
  "Barman's configuration edited": {
    node: 'backup',
    ...swap('/etc/barman.conf', 'echo "; x" >>/etc/barman.conf'),
    why: /barman\.conf/,
  },
  'cron stopped': {
    node: 'backup',
    script: 'systemctl stop cron',
    undo: 'systemctl start cron',
    why: /unit cron\.service/,
  },
  'a package held': {
    script: 'apt-mark hold postgresql-15',
    undo: 'apt-mark unhold postgresql-15',
    why: /dpkg\/status/,
  },
  'a package of another version': {
    script: `mkdir -p /root/acl/DEBIAN; printf 'Package: acl\\nVersion: 99\\nArchitecture: all\\nMaintainer: x\\nDescription: x\\n' >/root/acl/DEBIAN/control; dpkg-deb -b /root/acl /root/acl.deb >/dev/null; dpkg -i --force-all /root/acl.deb >/dev/null`,
    why: /dpkg\/status/,
  },
  'a package removed': { node: 'slave', script: 'dpkg -r --force-all acl >/dev/null', why: /dpkg\/status/ },
  'a source of packages more': {
    script: 'echo >/etc/apt/sources.list.d/x.list',
    undo: 'rm /etc/apt/sources.list.d/x.list',
    why: /sources\.list\.d/,
  },
  'a locale removed': {
    ...swap('/usr/lib/locale/C.utf8/LC_TIME', 'rm /usr/lib/locale/C.utf8/LC_TIME'),
    why: /locale/,
  },
  'another time zone': {
    ...swap('/etc/localtime', 'ln -sf /usr/share/zoneinfo/UCT /etc/localtime'),
    why: /localtime/,
  },
  'another machine': {
    ...swap('/etc/machine-id', 'tr 0-8 1-9 </root/kept >/etc/machine-id'),
    why: /machine-id/,
  },
  'other names of hosts': {
    script: "echo '10.0.0.1 x' >>/etc/hosts",
    undo: 'grep -v 10.0.0.1 /etc/hosts >/root/hosts; cat /root/hosts >/etc/hosts',
    why: /\/etc\/hosts/,
  },
  'standby.signal removed': {
    node: 'slave',
    ...swap(`${DATA}/standby.signal`, `rm ${DATA}/standby.signal`),
    why: /standby\.signal/,
  },
  'a tablespace that leads elsewhere': {
    script: `ln -s /tmp ${DATA}/pg_tblspc/99999`,
    undo: `rm ${DATA}/pg_tblspc/99999`,
    why: /pg_tblspc/,
  },
  'the mark removed': { script: 'rm /etc/pg-lab-applied', why: /mark on master/ },
  'a mark that was cut off': {
    script: 'head -c 2000 /etc/pg-lab-applied >/root/kept; cat /root/kept >/etc/pg-lab-applied',
    why: /mark on master|not whole/,
  },
  'a mark nobody knows the format of': {
    script: `sed -i '1s/"format":1/"format":2/' /etc/pg-lab-applied`,
    why: /mark on master/,
  },
  'the replay paused': {
    node: 'slave',
    script: "sudo -u postgres psql -qc 'SELECT pg_wal_replay_pause()'",
    undo: "sudo -u postgres psql -qc 'SELECT pg_wal_replay_resume()'",
    verify: /standby slave: replay/,
  },
  'a folder Barman cannot write to': {
    node: 'backup',
    script: 'chown root: ~barman/master/base && chmod go-w ~barman/master/base',
    undo: 'chown barman: ~barman/master/base && chmod ug+w ~barman/master/base',
    verify: /folders backup: folders of Barman/,
  },
  'a superuser more': { sql: 'CREATE ROLE boss SUPERUSER', undoSql: 'DROP ROLE boss', why: /role "boss"/ },
}

describe('what was done to a host is seen by the mark, or found by a check', () => {
  beforeAll(() => markAnew())

  test.each(Object.entries(DISTURBANCES))('%s', async (_name, one) => {
    const { node = 'master', database = 'postgres' } = one
    const query = (sql: string) =>
      on(
        'master',
        `cd /; echo ${JSON.stringify(sql)} | runuser -u postgres -- psql -qXv ON_ERROR_STOP=1 -d ${database}`,
      )
    if (one.script) on(node, one.script)
    if (one.sql) query(one.sql)
    try {
      const { ansible } = plan()
      if (one.why) expect(ansible.why).toMatch(one.why)
      else {
        expect(ansible).toHaveProperty('agoMs')
        expect(failures(lab.verify().failed).join('\n')).toMatch(one.verify ?? /never/)
      }
    } finally {
      if (one.undoSql) query(one.undoSql)
      if (one.undo) on(node, one.undo)
      await markAnew(one.sql ? ['master', node] : [node])
    }
  })

  test('and what was undone is seen no more, once it is marked', () => {
    expect(plan().ansible).toHaveProperty('agoMs')
  })
})

describe('what was changed on this computer is seen', () => {
  const inLab = (path: string) => join(lab.directory, path)

  test.each([
    ['a role edited by hand', 'provisioning/roles/backup/tasks/main.yml', /^files in provisioning/],
    ['a variable', 'provisioning/group_vars/all/00-cluster.yml', /^files in provisioning/],
    ['how Ansible is set up', 'ansible.cfg', /^files in provisioning/],
    ['a password', '.pg-lab/secrets/student', /^passwords or keys/],
  ])('%s', async (_name, path, why) => {
    await markAnew()
    const was = readFileSync(inLab(path))
    appendFileSync(inLab(path), '\n')
    try {
      expect(plan().ansible.why).toMatch(why)
    } finally {
      writeFileSync(inLab(path), was)
    }
  })

  test('the config', async () => {
    await markAnew()
    lab.configure(
      CONFIG.replace("name: 'again'", "name: 'again', postgres: { settings: { work_mem: '7MB' } }"),
    )
    expect(plan().ansible.why).toMatch(/work_mem/)
    lab.configure(CONFIG)
    expect(plan().ansible).toHaveProperty('agoMs')
  })
})

test('a machine that was made again gets all of it', async () => {
  await markAnew()
  lab.spawn('vagrant', 'destroy', '-f', 'slave')
  expect(plan().ansible.why).toMatch(/^slave: /)
})
