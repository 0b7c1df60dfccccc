import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { newLab } from '../../src/create/new-lab.ts'
import { presetOf } from '../../src/create/presets.ts'
import { readCode } from '../../src/grade/code.ts'
import type { Judged } from '../../src/grade/criteria/criterion.ts'
import { CRITERIA } from '../../src/grade/criteria/index.ts'
import type { StaticId } from '../../src/grade/grade-words.ts'
import { readHistory } from '../../src/grade/history.ts'
import { defaultRubric, GRADE_WORDS } from '../../src/grade/rubric.ts'
import { secretsIn } from '../../src/grade/secrets-in.ts'
import { gradeSubmission } from '../../src/grade/sheet.ts'
import { readSubmission } from '../../src/grade/submission.ts'
import { filesDigest, sha256 } from '../../src/report/report.ts'
import { createRunner } from '../../src/tools/process/run.ts'
import type { Runner } from '../../src/tools/runner.ts'
import { scriptedRunner } from '../doctor/computer.ts'
import { folderWith } from '../tools/helpers.ts'

const { run } = scriptedRunner({})

async function judge(id: StaticId, files: Record<string, string>, runner = run): Promise<Judged> {
  const submission = readSubmission(folderWith(files))
  const history = await readHistory(submission.folder, runner)
  return CRITERIA[id].judge({
    submission,
    history,
    code: readCode(submission),
    words: GRADE_WORDS.en,
    run: runner,
  })
}

const outcome = async (id: StaticId, files: Record<string, string>) => (await judge(id, files)).outcome

describe('a lab that create-pg-lab has made', () => {
  test.each(['homework', 'cascade', 'sync'] as const)('has no fault: %s', async (preset) => {
    const slaves = presetOf(preset).slaves.default
    const { starter, generated } = await newLab(
      {
        name: 'lab',
        preset,
        provider: 'docker',
        os: 'debian-12',
        postgres: undefined,
        slaves,
        language: 'en',
      },
      'yaml',
      { host: { provider: 'docker', architecture: 'amd64' }, subnet: '192.168.11.0/24' },
    )
    const files = [...starter, ...generated].map(({ path, content }) => [path, content])
    const folder = folderWith(Object.fromEntries(files))
    const { sheet } = await gradeSubmission({ name: 'lab', folder }, defaultRubric('en'), createRunner())
    expect(
      sheet.marks.flatMap(({ id, outcome: one, seen }) => (one === 'failed' ? [[id, seen]] : [])),
    ).toEqual([])
    expect(sheet.of).toBe(90)
  })
})

describe('the slot', () => {
  const MADE = "SELECT pg_create_physical_replication_slot('slave');"
  test.each([
    ['a setting', { 'a.sql': MADE, 'a.conf': "primary_slot_name = 'slave'" }, 'met'],
    ['a setting in YAML', { 'a.sql': MADE, 'a.yml': 'conf:\n  primary_slot_name: slave' }, 'met'],
    ['ALTER SYSTEM', { 'a.sql': `${MADE}\nALTER SYSTEM SET primary_slot_name TO 'slave';` }, 'met'],
    [
      'a module',
      { 'a.sql': MADE, 'a.yml': '- postgresql_set: { name: primary_slot_name, value: slave }' },
      'met',
    ],
    ['pg_basebackup -R -S', { 'a.sh': `psql -c "${MADE}"\npg_basebackup -h a -D d -R -S slave` }, 'met'],
    ['pg_basebackup -R -C -S', { 'a.sh': 'pg_basebackup -h a -D d -RP -C --slot=slave' }, 'met'],
    [
      'words of argv',
      {
        'a.sql': MADE,
        'a.yml': '- command:\n    argv:\n      - pg_basebackup\n      - -R\n      - --slot=slave',
      },
      'met',
    ],
    [
      'pg_basebackup -S alone, which is over with the copy',
      { 'a.sh': `psql -c "${MADE}"\npg_basebackup -h a -D d -S slave` },
      'failed',
    ],
    ['a comment', { 'a.sql': MADE, 'a.conf': "# primary_slot_name = 'slave'" }, 'failed'],
    ['nothing', { 'a.sql': MADE, 'a.conf': "primary_slot_name = ''" }, 'failed'],
    ['another name', { 'a.sql': MADE, 'a.conf': "primary_slot_name = 'replica'" }, 'failed'],
    ['the README', { 'a.sql': MADE, 'README.md': "primary_slot_name = 'slave'" }, 'failed'],
    ['a slot that nobody makes', { 'a.conf': "primary_slot_name = 'slave'" }, 'failed'],
    [
      'a variable with one value',
      { 'a.sql': MADE, 'v.yml': 'slot: slave', 'a.j2': "primary_slot_name = '{{ slot }}'" },
      'met',
    ],
    [
      'a variable with another value',
      { 'a.sql': MADE, 'v.yml': 'slot: other', 'a.j2': "primary_slot_name = '{{ slot }}'" },
      'failed',
    ],
  ])('by %s: %o', async (_, files, expected) => {
    expect(await outcome('slot', files)).toBe(expected)
  })
})

describe('recovery.conf', () => {
  test.each([
    ['of 11 is right', { 'recovery.conf': '', 'v.yml': 'postgresql_version: 11' }, 'met'],
    ['of 12 is a fault', { 'recovery.conf': '', 'v.yml': 'postgresql_version: 12' }, 'failed'],
    [
      'made by a shell is one',
      { 'a.sh': 'apt install postgresql-15\necho x > /data/recovery.conf' },
      'failed',
    ],
    [
      'that is removed is none',
      { 'a.yml': 'pg_version: 15\nt: { file: { path: /d/recovery.conf, state: absent } }' },
      'met',
    ],
    ['of nobody knows what is left open', { 'recovery.conf': '' }, 'unasked'],
  ])('%s: %o', async (_, files, expected) => {
    expect(await outcome('recoveryConf', files)).toBe(expected)
  })
})

describe('trust', () => {
  test.each([
    ['for the network', { 'pg_hba.conf': 'host all all 0.0.0.0/0 trust' }, 'failed'],
    [
      'for the computer itself, over the network',
      { 'pg_hba.conf': 'host all all 127.0.0.1/32 trust' },
      'failed',
    ],
    ['behind a template', { 'a.j2': '{{ host }} replication r {{ ip }}/32 trust' }, 'failed'],
    [
      'in a module',
      { 'a.yml': '- postgresql_pg_hba: { contype: host, users: all, method: trust }' },
      'failed',
    ],
    ['by sed', { 'a.sh': "sed -i 's/peer/trust/' /etc/postgresql/15/main/pg_hba.conf" }, 'failed'],
    ['by initdb', { 'a.sh': 'initdb --auth-host=trust -D x' }, 'failed'],
    ['on the socket', { 'pg_hba.conf': 'local all postgres trust' }, 'met'],
    ['in a comment', { 'pg_hba.conf': '# host all all all trust' }, 'met'],
    ['as a word', { 'a.yml': 'msg: trust me, host all is well' }, 'met'],
  ])('%s: %o', async (_, files, expected) => {
    expect(await outcome('trust', files)).toBe(expected)
  })
})

describe('a superuser', () => {
  test.each([
    ['by SQL', { 'a.sql': 'CREATE ROLE barman SUPERUSER LOGIN;' }, 'failed'],
    ['by createuser', { 'a.sh': 'createuser -s -P barman' }, 'failed'],
    [
      'by a module',
      {
        'a.yml': '- postgresql_user: { name: "{{ replication_user }}", role_attr_flags: "LOGIN,SUPERUSER" }',
      },
      'failed',
    ],
    ['that is there anyway', { 'b.conf': 'conninfo = host=a user=postgres dbname=postgres' }, 'failed'],
    ['by whom the slave comes', { 'b.conf': "primary_conninfo = 'user=postgres host=a'" }, 'failed'],
    ['it is not', { 'a.sql': 'CREATE ROLE barman NOSUPERUSER LOGIN;' }, 'met'],
    ['another role is', { 'a.sql': 'CREATE ROLE admin SUPERUSER; CREATE ROLE barman LOGIN;' }, 'met'],
  ])('%s: %o', async (_, files, expected) => {
    expect(await outcome('superuser', files)).toBe(expected)
  })
})

describe('a secret', () => {
  const KEY = `-----BEGIN OPENSSH PRIVATE KEY-----\n${'b3BlbnNzaC1rZXktdjEAAAAA'.repeat(3)}\n-----END`
  test.each([
    ['id_rsa', KEY],
    ['a.yml', 'replica_password: hunter2'],
    ['a.yml', '  password: "hunter2"'],
    ['a.sql', "CREATE ROLE a PASSWORD 'hunter2'"],
    ['a.j2', "primary_conninfo = 'host=a user=r password=hunter2'"],
    ['a.sh', 'PGPASSWORD=hunter2 pg_basebackup -h a'],
    ['a.yml', 'environment:\n  PGPASSWORD: hunter2'],
    ['.pgpass', '192.168.11.150:5432:*:replica:hunter2'],
    ['.env', 'DB_PASSWORD=hunter2'],
    ['hosts.ini', 'db ansible_host=1.2.3.4 ansible_become_pass=hunter2'],
  ])('is seen in %s: %s', (path, text) => {
    expect(secretsIn(path, text)).toHaveLength(1)
  })

  test.each([
    ['a.yml', 'password: "{{ vault_password }}"'],
    ['a.yml', 'password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3131'],
    ['a.yml', "password: \"{{ lookup('password', 'x') }}\""],
    ['a.yml', 'password_encryption: scram-sha-256'],
    ['a.yml', '# password: hunter2'],
    ['a.yml', 'password:\n  type: str'],
    ['a.yml', 'update_password: on_create'],
    ['a.j2', "password='{{ x }}' host=a"],
    ['a.j2', '{{ a }}:5432:*:b:{{ c }}'],
    ['a.sh', 'export PGPASSWORD=$1'],
    ['README.md', 'password: hunter2'],
    ['hosts.ini', 'db ansible_user=vagrant ansible_password=vagrant'],
    ['a.rb', '-----BEGIN RSA PRIVATE KEY-----'],
  ])('is not invented in %s: %s', (path, text) => {
    expect(secretsIn(path, text)).toEqual([])
  })
})

describe('a report', () => {
  const given = JSON.parse(readFileSync('docs/example-report/en/report.json', 'utf8'))
  const CONFIG = 'export default {}\n'
  const ROLE = '- hosts: all\n'
  const provenance = {
    config: { file: 'cluster.config.ts', sha256: sha256(CONFIG) },
    roles: { sha256: filesDigest([{ name: 'site.yml', sha256: sha256(ROLE) }]) },
    edits: [],
  }
  const handIn = (report: object) => ({
    'cluster.config.ts': CONFIG,
    'provisioning/site.yml': ROLE,
    'report/report.json': JSON.stringify({ ...given, provenance, ...report }),
  })

  test('belongs to the repository it was made in', async () => {
    expect(await judge('report', handIn({}))).toMatchObject({
      outcome: 'met',
      seen: ['of 2026-11-30 21:48:03 UTC, cluster 7714073036127383996'],
    })
  })

  test.each([
    [
      'another config',
      { provenance: { ...provenance, config: given.provenance.config } },
      ['cluster.config.ts is another one than the report was made with'],
    ],
    [
      'other roles',
      { provenance: { ...provenance, roles: given.provenance.roles } },
      ['the roles are others than the report was made with'],
    ],
    [
      'another day',
      { at: '2026-12-01T08:00:00.000Z' },
      ['master does not show the row of this report', 'slave does not show the row of this report'],
    ],
    ['no cluster', { checks: [] }, ['it names no system identifier']],
    [
      'two clusters',
      {
        checks: [
          {
            findings: [
              { what: 'system identifier', observed: '1' },
              { what: 'system identifier', observed: '2' },
            ],
          },
        ],
      },
      ['the servers are of several clusters: 1, 2'],
    ],
    ['anything', { schema: 'x' }, ['report/report.json is no report of create-pg-lab']],
    [
      'nonsense',
      { checks: 5, evidence: [null, { steps: 'x' }], provenance: null, at: null },
      expect.anything(),
    ],
  ])('of %s does not', async (_, report, seen) => {
    expect(await judge('report', handIn(report))).toMatchObject({ outcome: 'failed', seen })
  })

  test('need not be there', async () => {
    expect(await outcome('report', {})).toBe('unasked')
  })
})

test('what was edited in generated files is shown, and no fault', async () => {
  const files = {
    '.pg-lab/base/Vagrantfile': 'a\n',
    Vagrantfile: 'b\n',
    '.pg-lab/base/x.yml': 'x\n',
    'x.yml': 'x\r\n',
  }
  expect(await judge('edits', files)).toMatchObject({ outcome: 'met', seen: ['edited: Vagrantfile'] })
})

test('without Ruby nobody is blamed', async () => {
  expect(await judge('vagrantfile', { Vagrantfile: 'x' })).toMatchObject({ outcome: 'unasked' })
})

describe('ansible-lint', () => {
  const given = async (text: string, told = '') => {
    let copied = ''
    const runner: Runner = async ({ file, cwd = '' }) => {
      expect(file).toBe('ansible-lint')
      copied = readFileSync(`${cwd}/site.yml`, 'utf8')
      expect(existsSync(`${cwd}/library/evil.py`)).toBe(false)
      return { exitCode: 2, stdout: told, stderr: '', durationMs: 1 }
    }
    const files = { 'site.yml': text, 'library/evil.py': 'x', '.ansible-lint': 'rulesdir: [library]' }
    const { outcome: one, seen } = await judge('lint', files, runner)
    return { one, seen, copied }
  }

  test('gets no template', async () => {
    const text = '- hosts: "{{ lookup(\'pipe\', \'touch /hit\') }}"\n  x: "{% if a %}b{% endif %}"\n'
    expect((await given(text)).copied).toBe('- hosts: "{{ graded }}"\n  x: "b"\n')
  })

  test.each([
    "- hosts: \"\\x7b{ lookup('pipe', 'x') }}\"\n",
    "- hosts: \"{\\\n  { lookup('pipe', 'x') }}\"\n",
  ])('is not started where one is hidden: %s', async (text) => {
    expect(await given(text)).toMatchObject({ one: 'unasked', copied: '' })
  })

  test('is believed in what does not hang on this computer', async () => {
    const told = 'site.yml:4: command-instead-of-shell\nsite.yml:1: syntax-check[unknown-module]\n'
    expect(await given('- hosts: all\n', told)).toMatchObject({
      one: 'failed',
      seen: ['site.yml:4: command-instead-of-shell'],
    })
    expect(await given('- hosts: all\n')).toMatchObject({ one: 'met', seen: ['no finding'] })
  })

  test('itself finds what is there, and runs nothing', async () => {
    const hit = `${folderWith()}/hit`
    const text = `- hosts: all\n  tasks:\n    - shell: echo x\n      when: lookup('pipe', 'touch ${hit}')\n`
    const { outcome: one, seen } = await judge('lint', { 'site.yml': text }, createRunner())
    expect(existsSync(hit)).toBe(false)
    expect([one, seen.some((line) => line.includes('command-instead-of-shell'))]).toEqual(['failed', true])
  })
})
