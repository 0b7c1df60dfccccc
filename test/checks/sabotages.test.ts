import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { runChecks } from '../../src/checks/index.ts'
import { testBackup } from '../support/lab.ts'
import { hbaRules, recordedLab, type Script, scriptedGuest } from './scripted-guest.ts'

/** What is done to the lab, as the servers then answered, and how it must be found. */
interface Sabotage {
  readonly name: string
  readonly script: Script
  /** The checks that must fail; those of `run` are asked. */
  readonly run: readonly string[]
  /** `check node what: observed` of each failed finding. */
  readonly found: readonly string[]
  /** A part of the first hint. */
  readonly remedy: string
}

const SLOTS = 'pg_replication_slots s WHERE'
const SENDERS = 'r.usename AS "user"'
const RECEIVER = "s.name = 'recovery_min_apply_delay'"
const ROLES = 'pg_authid'

const barmanSlot = {
  slot_name: 'barman',
  slot_type: 'physical',
  active: true,
  wal_status: 'reserved',
  retained: '1 kB',
}
const slaveSlot = { ...barmanSlot, slot_name: 'slave_slot' }
const barmanSender = {
  application_name: 'barman_receive_wal',
  user: 'barman_streaming',
  client_addr: '192.168.11.152',
  state: 'streaming',
  slot_name: 'barman',
}
const slaveSender = {
  application_name: 'slave',
  user: 'replica',
  client_addr: '192.168.11.151',
  state: 'streaming',
  slot_name: 'slave_slot',
}
const receiver = {
  in_recovery: true,
  read_only: 'on',
  paused: false,
  status: 'streaming',
  slot_name: 'slave_slot',
  sender_host: '192.168.11.150',
  delay_ms: '0',
  delay: '0',
}
/** What the files of Barman say so many seconds after the one backup of the recording ended. */
const catalogue = (ageS: number, ...lines: readonly string[]) =>
  [
    'catalogue:',
    `now ${1795367349 + ageS}`,
    'base/20261122T170901/backup.info:status=DONE',
    ...lines,
    '',
  ].join('\n')

const rules = hbaRules()
const [trusting] = hbaRules(['host all all 0.0.0.0 0.0.0.0 trust'])
/** What pg_hba.conf of the master says, and what is found. */
const hbaOf = (rows: readonly object[], found: readonly string[], name: string) => ({
  name,
  script: { rows: [{ of: 'pg_hba_file_rules', node: 'master', rows }] },
  run: ['hba'],
  found: found.map((text) => `hba master ${text}`),
  remedy: 'npx create-pg-lab provision',
})
const wholeSubnet = (type: string) => hbaRules([`${type} all all 192.168.11.0 255.255.255.0 scram-sha-256`])
const barmanRole = {
  role: 'barman',
  attributes: ['LOGIN'],
  member_of: ['pg_checkpoint', 'pg_read_all_settings', 'pg_read_all_stats'],
  may_execute: [
    'pg_backup_start(text,boolean)',
    'pg_backup_stop(boolean)',
    'pg_create_restore_point(text)',
    'pg_switch_wal()',
  ],
  password: 'SCRAM',
}
const streams = (role: string) => ({
  role,
  attributes: ['LOGIN', 'REPLICATION'],
  member_of: [],
  may_execute: [],
  password: 'SCRAM',
})

const SABOTAGES: readonly Sabotage[] = [
  {
    name: 'the slot of the slave dropped',
    script: { rows: [{ of: SLOTS, node: 'master', rows: [barmanSlot] }] },
    run: ['slots'],
    found: ['slots master slot slave_slot of slave: missing'],
    remedy: 'npx create-pg-lab provision',
  },
  {
    name: 'the slot unused',
    script: {
      rows: [
        { of: SLOTS, node: 'master', rows: [barmanSlot, { ...slaveSlot, active: false }] },
        { of: RECEIVER, rows: [{ ...receiver, slot_name: null }] },
      ],
    },
    run: ['slots', 'standby'],
    found: [
      'slots master slot slave_slot of slave: physical, inactive, WAL reserved',
      'standby slave walreceiver: streaming from 192.168.11.150 without a slot',
    ],
    remedy: 'npx create-pg-lab up',
  },
  {
    name: 'a slot whose WAL is lost',
    script: {
      rows: [
        {
          of: SLOTS,
          node: 'master',
          rows: [barmanSlot, { ...slaveSlot, active: false, wal_status: 'lost' }],
        },
      ],
    },
    run: ['slots'],
    found: ['slots master slot slave_slot of slave: physical, inactive, WAL lost'],
    remedy: 'npx create-pg-lab reinit slave',
  },
  {
    name: 'a slot whose WAL is about to be lost',
    script: {
      rows: [{ of: SLOTS, node: 'master', rows: [{ ...barmanSlot, wal_status: 'unreserved' }, slaveSlot] }],
    },
    run: ['slots'],
    found: ['slots master slot barman of backup: physical, active, WAL unreserved'],
    remedy: 'goes at the next checkpoint',
  },
  {
    name: 'a forgotten slot, on the master and on the slave',
    script: {
      rows: [
        {
          of: SLOTS,
          node: 'master',
          rows: [barmanSlot, slaveSlot, { ...slaveSlot, slot_name: 'old', active: false }],
        },
        { of: SLOTS, node: 'slave', rows: [{ ...slaveSlot, slot_name: 'old2', active: false }] },
      ],
    },
    run: ['slots'],
    found: [
      'slots master slot old: physical, inactive, WAL reserved, holds back 1 kB',
      'slots slave slot old2: physical, inactive, WAL reserved, holds back 1 kB',
    ],
    remedy: `pg_drop_replication_slot('old')`,
  },
  {
    name: 'a slot that the old primary has kept',
    script: {
      rows: [{ of: SLOTS, node: 'slave', rows: [{ ...barmanSlot, active: false }] }],
    },
    run: ['slots'],
    found: ['slots slave slot barman: physical, inactive, WAL reserved, holds back 1 kB'],
    remedy: 'npx create-pg-lab up',
  },
  {
    name: 'another application name',
    script: {
      rows: [{ of: SENDERS, rows: [barmanSender, { ...slaveSender, application_name: 'walreceiver' }] }],
    },
    run: ['replication'],
    found: [
      'replication master walreceiver of slave: walreceiver, user replica, from 192.168.11.151, streaming',
    ],
    remedy: 'cluster_name',
  },
  {
    name: 'a stranger that streams',
    script: {
      rows: [{ of: SENDERS, rows: [barmanSender, slaveSender, { ...slaveSender, client_addr: '10.0.0.9' }] }],
    },
    run: ['replication'],
    found: ['replication master a connection from 10.0.0.9: slave, user replica, streaming'],
    remedy: 'npx create-pg-lab verify --only hba',
  },
  {
    name: 'the password of replica changed',
    script: {
      rows: [{ of: RECEIVER, rows: [{ ...receiver, status: null, slot_name: null, sender_host: null }] }],
      shell: [
        {
          of: 'IDENTIFY_SYSTEM',
          exitCode: 2,
          stderr:
            'psql: error: connection to server at "192.168.11.150", port 5432 failed: FATAL:  password authentication failed for user "replica"\n' +
            'password retrieved from file "/var/lib/postgresql/.pgpass"\n',
        },
      ],
    },
    run: ['standby'],
    found: ['standby slave walreceiver: no walreceiver: password authentication failed for user "replica"'],
    remedy: 'does not let it in',
  },
  hbaOf(
    [
      ...rules,
      { ...trusting, line_number: 97 },
      { ...trusting, line_number: 98, error: 'invalid authentication method "foo"' },
    ],
    [
      'errors: line 98: invalid authentication method "foo"',
      'lines with trust: line 97: host all all 0.0.0.0/0 trust; line 98: invalid authentication method "foo"',
      'addresses outside the lab: line 97: host all all 0.0.0.0/0 trust',
      'lines: line 97: host all all 0.0.0.0/0 trust',
    ],
    'a line that trusts the network, and one that cannot be read',
  ),
  hbaOf(
    [...rules, ...wholeSubnet('hostssl')],
    ['lines: line 1: hostssl all all 192.168.11.0/24 scram-sha-256'],
    'a line that lets in the whole lab to everything, in SCRAM',
  ),
  hbaOf(
    [...rules.slice(0, 2), ...rules.slice(3), { ...rules[2], options: ['map=x'] }],
    [
      'lines: no line host replication replica 192.168.11.150 255.255.255.255 scram-sha-256; line 3: host replication replica 192.168.11.150/32 scram-sha-256 map=x',
    ],
    'a line with an option of its own',
  ),
  hbaOf([...rules.slice(1), ...rules.slice(0, 1)], ['lines: another order'], 'lines in another order'),
  hbaOf(
    [...hbaRules(['host all all 192.168.11.151 255.255.255.255 reject']), ...rules],
    ['lines: line 1: host all all 192.168.11.151/32 reject'],
    'a line that refuses whom a later one lets in',
  ),
  hbaOf(
    [...rules, ...rules.slice(-1)],
    [`lines: line ${rules.length}: host otus student 192.168.11.152/32 scram-sha-256`],
    'a line twice',
  ),
  {
    name: 'a pg_hba.conf that the server has not read',
    script: { rows: [{ of: "current_setting('hba_file')", node: 'master', rows: [{ is_read: false }] }] },
    run: ['hba'],
    found: ['hba master the file: written after the server read it'],
    remedy: 'npx create-pg-lab provision',
  },
  {
    name: 'barman a superuser with more grants, replica with an MD5 password',
    script: {
      rows: [
        {
          of: ROLES,
          rows: [
            {
              ...barmanRole,
              attributes: ['SUPERUSER', 'LOGIN'],
              member_of: [...barmanRole.member_of, 'pg_write_server_files'],
              may_execute: barmanRole.may_execute.slice(1),
            },
            { ...streams('replica'), password: 'MD5' },
            { ...streams('replica_rewind'), attributes: ['LOGIN'] },
            streams('barman_streaming'),
          ],
        },
        { of: 'WHERE rolsuper', rows: [{ role: 'barman' }] },
      ],
    },
    run: ['roles'],
    found: [
      'roles master password of replica: MD5',
      'roles master functions of replica_rewind: none',
      'roles master attributes of barman: SUPERUSER, LOGIN',
      'roles master memberships of barman: pg_checkpoint, pg_read_all_settings, pg_read_all_stats, pg_write_server_files',
      'roles master functions of barman: pg_backup_stop(boolean), pg_create_restore_point(text), pg_switch_wal()',
      'roles master superusers besides postgres: barman',
    ],
    remedy: 'npx create-pg-lab provision',
  },
  {
    name: 'receive-wal dead and cron stopped',
    script: {
      rows: [{ of: SENDERS, rows: [slaveSender] }],
      shell: [
        { of: 'systemctl', exitCode: 3, stdout: 'inactive\n' },
        { of: 'pgrep', exitCode: 1 },
        {
          of: 'json check',
          exitCode: 1,
          stdout:
            '{"master": {"postgresql": {"hint": "", "status": "OK"}, "receive_wal_running": {"hint": "See the Barman log file for more details", "status": "FAILED"}}}',
        },
      ],
    },
    run: ['replication', 'barman', 'cron'],
    found: [
      'replication master receive-wal of backup: no barman_receive_wal from 192.168.11.152',
      'barman backup receive wal running: FAILED (See the Barman log file for more details)',
      'cron backup service cron: inactive',
      'cron backup process receive-wal: none',
    ],
    remedy: 'sudo -u barman barman cron',
  },
  {
    name: 'barman cron run by the timer of the package and by a crontab',
    script: { shell: [{ of: 'is-active barman.timer', stdout: 'active\n' }] },
    run: ['cron'],
    found: [
      'cron backup barman cron every minute: barman.timer; * * * * * barman [ -x /usr/bin/barman ] && /usr/bin/barman -q cron',
    ],
    remedy: 'take the others out of the crontabs on backup',
  },
  {
    name: 'a walreceiver that does not get through (PostgreSQL 19)',
    script: {
      rows: [
        { of: RECEIVER, rows: [{ ...receiver, status: 'connecting', slot_name: null, sender_host: null }] },
      ],
      shell: [{ of: 'IDENTIFY_SYSTEM', exitCode: 2, stderr: 'psql: error: FATAL:  no pg_hba.conf entry' }],
    },
    run: ['standby'],
    found: ['standby slave walreceiver: a walreceiver that is connecting: no pg_hba.conf entry'],
    remedy: 'master does not let it in',
  },
  {
    name: 'Barman off its primary',
    script: {
      shell: [
        {
          of: 'replication-status',
          stdout: '{"_ERROR": ["Unable to connect to server master"], "master": {}}',
        },
      ],
    },
    run: ['barman-replication'],
    found: ['barman-replication backup replication-status: Unable to connect to server master'],
    remedy: 'npx create-pg-lab provision',
  },
  {
    name: 'Barman does not know the server',
    script: { shell: [{ of: 'json check', exitCode: 1, stdout: `{"_ERROR": ["Unknown server 'master'"]}` }] },
    run: ['barman'],
    found: [
      "barman backup backup answers: Barman says nothing about master (exit code 1): Unknown server 'master'",
    ],
    remedy: 'npx create-pg-lab provision',
  },
  {
    name: 'Barman is not installed',
    script: { shell: [{ of: 'list-backup', exitCode: 1, stderr: 'sudo: barman: command not found\n' }] },
    run: ['backups'],
    found: [
      'backups backup backup answers: Barman says nothing about master (exit code 1): sudo: barman: command not found',
    ],
    remedy: 'npx create-pg-lab provision',
  },
  {
    name: 'a folder of Barman not writable',
    script: { shell: [{ of: '-writable', stdout: '/var/lib/barman/master/base\n' }] },
    run: ['folders'],
    found: ['folders backup folders of Barman: not writable: /var/lib/barman/master/base'],
    remedy: 'sudo chown -R barman: ~barman',
  },
  {
    name: 'no backup, and one that still waits',
    script: {
      shell: [
        {
          of: 'list-backup',
          stdout: '{"master": [{"backup_id": "20261122T163004", "status": "WAITING_FOR_WALS"}]}',
        },
      ],
    },
    run: ['backups'],
    found: ['backups backup base backups that are DONE: 20261122T163004 WAITING_FOR_WALS'],
    remedy: 'sudo -u barman barman cron',
  },
  {
    name: 'backups that have stopped: the newest is a year old, and so is the WAL',
    script: {
      shell: [
        {
          of: 'echo catalogue:',
          stdout: catalogue(365 * 24 * 3600, 'wal 1795367350.1 000000010000000000000009'),
        },
      ],
    },
    run: ['backups'],
    found: [
      'backups backup age of the newest base backup: 365 d (20261122T170901)',
      'backups backup age of the newest archived WAL: 365 d (000000010000000000000009)',
    ],
    remedy: 'Take one now: npx create-pg-lab backup',
  },
  {
    name: 'a backup that was missed an hour ago, and no WAL at all',
    script: { shell: [{ of: 'echo catalogue:', stdout: catalogue(27 * 3600) }] },
    run: ['backups'],
    found: [
      'backups backup age of the newest base backup: 27 h (20261122T170901)',
      'backups backup age of the newest archived WAL: there is none',
    ],
    remedy: 'The schedule 0 3 * * * has missed one',
  },
  {
    name: 'a rehearsal of a restore that failed',
    script: {
      shell: [
        {
          of: 'echo catalogue:',
          stdout: catalogue(
            7200,
            'rehearsed {"at":"2026-11-22T18:09:09Z","backup":"20261122T170901","ok":false,"said":"files: damaged"}',
          ),
        },
      ],
    },
    run: ['rehearsal'],
    found: [
      'rehearsal backup last rehearsal of a restore: failed, 60 min ago, backup 20261122T170901: files: damaged',
    ],
    remedy: 'npx create-pg-lab verify --restore',
  },
  {
    name: 'WAL that does not arrive',
    script: {
      shell: [
        {
          of: 'archive-wal',
          exitCode: 1,
          stdout: 'Processing xlog segments from streaming for master\n\tno file found\n',
        },
      ],
    },
    run: ['wal'],
    found: ['wal backup WAL from a forced switch: 00000001000000000000000E has not arrived'],
    remedy: 'sudo -u barman barman archive-wal master',
  },
  {
    name: 'a segment deleted, and one that never came',
    script: {
      shell: [
        {
          of: 'list-files',
          stdout: [
            'there /w/0000000100000000/0000000100000000000000FE',
            'gone /w/0000000100000000/0000000100000000000000FF',
            'there /w/0000000100000001/000000010000000100000000',
            'there /w/0000000200000001/000000020000000100000000',
            'there /w/0000000200000001/000000020000000100000002.gz',
          ].join('\n'),
        },
      ],
    },
    run: ['continuity'],
    found: [
      'continuity backup WAL since the first backup: missing: 0000000100000000000000FF, between 000000020000000100000000 and 000000020000000100000002',
    ],
    remedy: 'barman delete master first',
  },
  {
    name: 'a new timeline whose first segments never came',
    script: {
      shell: [
        {
          of: 'list-files',
          stdout: [
            'there /w/0000000100000000/0000000100000000000000FE',
            'there /w/0000000100000000/0000000100000000000000FF',
            'newest /w/0000000100000000/0000000100000000000000FE',
            'filed 0000000100000000000000FE',
            'filed 0000000100000000000000FF',
            'filed 00000002.history',
            'filed 000000020000000100000000',
            'filed 00000003.history',
            'filed 000000030000000100000003',
            'left 1\t0/FF033A28\tno recovery target specified',
            'left 2\t1/1078350\tbefore 2026-11-26 12:13:32.110557+00',
          ].join('\n'),
        },
      ],
    },
    run: ['continuity'],
    found: [
      'continuity backup WAL from the newest backup to now: missing: 0000000200000000000000FF, 000000030000000100000001, 000000030000000100000002',
    ],
    remedy: 'npx create-pg-lab backup',
  },
  {
    name: 'another retention and schedule',
    script: {
      shell: [
        {
          of: 'show-server',
          stdout:
            '{"master": {"retention_policy": "REDUNDANCY 3", "minimum_redundancy": 0, "compression": "gzip"}}',
        },
        { of: 'grep -rhs', stdout: '# barman\n5 5 * * * barman /usr/bin/barman -q backup master\n' },
      ],
    },
    run: ['retention'],
    found: [
      'retention backup retention_policy: REDUNDANCY 3',
      'retention backup minimum_redundancy: 0',
      'retention backup compression: gzip',
      'retention backup schedule of the base backup: 5 5 * * * barman /usr/bin/barman -q backup master',
    ],
    remedy: 'npx create-pg-lab provision',
  },
  ...(
    [
      [
        'of a server whose name only begins as ours',
        ['0 3 * * * barman barman -q backup masterpiece'],
        'none',
      ],
      [
        'and a second one',
        ['0 3 * * * barman barman -q backup master', '* * * * * barman barman backup all'],
        '0 3 * * * barman barman -q backup master; * * * * * barman barman backup all',
      ],
    ] as const
  ).map(([what, lines, observed]) => ({
    name: `a job for the base backup ${what}`,
    script: { shell: [{ of: 'grep -rhs', stdout: lines.map((line) => `${line}\n`).join('') }] },
    run: ['retention'],
    found: [`retention backup schedule of the base backup: ${observed}`],
    remedy: what === 'and a second one' ? 'It is taken by 2 jobs' : 'npx create-pg-lab provision',
  })),
  {
    name: 'the standby paused',
    script: { rows: [{ of: RECEIVER, rows: [{ ...receiver, paused: true }] }] },
    run: ['standby'],
    found: ['standby slave replay: paused'],
    remedy: 'pg_wal_replay_resume()',
  },
  {
    name: 'the standby promoted behind our back',
    script: {
      rows: [
        {
          of: 'pg_ls_waldir()',
          node: 'slave',
          rows: [{ in_recovery: false, system_identifier: '7', timeline: 2 }],
        },
      ],
    },
    run: ['primary', 'standby'],
    found: [
      'primary master one primary: master, slave',
      'standby master one primary to ask: 2: master, slave',
    ],
    remedy: 'npx create-pg-lab rejoin master',
  },
  {
    name: 'a slave of another cluster',
    script: {
      rows: [
        {
          of: 'pg_ls_waldir()',
          node: 'slave',
          rows: [{ in_recovery: true, system_identifier: '7', timeline: 3 }],
        },
      ],
    },
    run: ['standby'],
    found: ['standby slave system identifier: 7', 'standby slave timeline: 3'],
    remedy: 'npx create-pg-lab reinit slave',
  },
  {
    name: 'lag',
    script: {
      rows: [
        {
          of: 'replay_bytes',
          rows: [{ application_name: 'slave', replay_bytes: 2 ** 25, receive_bytes: 0, seconds: 11 }],
        },
      ],
    },
    run: ['lag'],
    found: ['lag master lag of slave: 32.0 MB, 11 s'],
    remedy: 'npx create-pg-lab verify --only standby',
  },
  {
    name: 'a clock that is wrong',
    script: { shell: [{ of: 'date', node: 'slave', stdout: '1795367700.000000000\n' }] },
    run: ['clock'],
    found: ['clock slave clock: 270.0 s behind'],
    remedy: 'systemd-timesyncd',
  },
  {
    name: 'passwords lying open',
    script: {
      rows: [
        {
          of: 'password_in_conninfo',
          node: 'slave',
          rows: [{ data_directory_mode: '0755', password_in_conninfo: true }],
        },
      ],
      shell: [{ of: '~barman/.pgpass', stdout: '644 root\n' }],
    },
    run: ['secrets'],
    found: [
      'secrets slave mode of the data directory: 0755',
      'secrets slave password in primary_conninfo: one',
      'secrets backup mode and owner of ~barman/.pgpass: 644 root',
    ],
    remedy: 'chmod 0700',
  },
  {
    name: 'the key that everybody has',
    script: {
      shell: [
        {
          of: '.ssh/authorized_keys',
          node: 'slave',
          stdout: `1795368821.5\nssh-rsa ${readFileSync('provisioning/support/node-image/Dockerfile', 'utf8').match(/AAAA\S+/)} vagrant insecure public key\n`,
        },
        { of: '.ssh/authorized_keys', node: 'backup', exitCode: 1, stdout: '1795368821.5\n' },
      ],
    },
    run: ['login'],
    found: [
      'login slave Vagrant’s public key in ~/.ssh/authorized_keys: still there',
      'login backup Vagrant’s public key in ~/.ssh/authorized_keys: the file cannot be read',
    ],
    remedy: 'pg-lab ssh slave',
  },
  {
    name: 'a synchronous standby too few',
    script: {
      rows: [
        {
          of: "current_setting('synchronous_standby_names')",
          rows: [{ names: 'FIRST 1 ("slave")', synchronous: [] }],
        },
      ],
    },
    run: ['synchronous'],
    found: ['synchronous master synchronous_standby_names: FIRST 1 ("slave")'],
    remedy: 'npx create-pg-lab provision',
  },
]

describe('the checks find', () => {
  it.each(SABOTAGES)('$name', async ({ script, run, found, remedy }) => {
    const findings = await runChecks(recordedLab(), scriptedGuest(script), { only: run })
    const failed = findings.filter(({ ok }) => !ok)
    expect(failed.map(({ check, node, what, observed }) => `${check} ${node} ${what}: ${observed}`)).toEqual(
      found,
    )
    expect(failed.every(({ hint }) => hint)).toBe(true)
    expect(failed.map(({ hint }) => hint).join('\n')).toContain(remedy)
  })
})

describe('where commits wait for Barman', () => {
  const SYNCHRONOUS = "current_setting('synchronous_standby_names')"
  const waiting = (names: string, ...synchronous: readonly string[]) => ({
    of: SYNCHRONOUS,
    rows: [{ names, synchronous }],
  })
  const failed = async (script: Script) => {
    const lab = recordedLab({ backup: testBackup({ compression: 'none', synchronous: true }) })
    const findings = await runChecks(lab, scriptedGuest(script), { only: ['synchronous'] })
    return findings.filter(({ ok }) => !ok).map(({ what, observed }) => `${what}: ${observed}`)
  }
  const receiver = { of: 'pg_receivewal .*--synchronous', stdout: '911\n' }
  const LIST = 'FIRST 1 ("barman_receive_wal")'

  it('all is well with it on the list, streaming, and answering for each commit', async () => {
    const rows = [waiting(LIST, 'barman_receive_wal')]
    expect(await failed({ rows, shell: [receiver] })).toEqual([])
  })

  it('a list without it, or a slave in its place, is none', async () => {
    expect(await failed({ rows: [waiting('', 'slave')], shell: [receiver] })).toEqual([
      'synchronous_standby_names: empty (asynchronous)',
      'synchronous standbys that stream: slave',
    ])
  })

  it('nor is a receive-wal that answers only when a WAL file is full', async () => {
    const rows = [waiting(LIST, 'barman_receive_wal')]
    expect(await failed({ rows, shell: [{ ...receiver, exitCode: 1 }] })).toEqual([
      'pg_receivewal --synchronous: does not run',
    ])
  })
})

describe('where incrementals are taken', () => {
  const full = (summarize_wal: string) => ({
    of: 'show-backup',
    stdout: JSON.stringify({
      master: {
        backup_id: '20261122T170901',
        base_backup_information: { begin_lsn: '0/6000028' },
        server_information: { summarize_wal },
      },
    }),
  })
  const failed = async (script: Script) => {
    const incremental = { schedule: '30 * * * *', maximumAgeHours: 3 }
    const lab = recordedLab({ backup: testBackup({ compression: 'none', incremental }) })
    const findings = await runChecks(lab, scriptedGuest(script), { only: ['backups', 'retention'] })
    return findings.filter(({ ok }) => !ok).map(({ what, observed }) => `${what}: ${observed}`)
  }
  const since = (since: boolean | null) => [{ of: 'pg_available_wal_summaries', rows: [{ since }] }]
  const PARENT = 'WAL summaries since the newest full backup'
  const NO_JOB = 'schedule of the incremental backup: none'

  it('the newest full one must have been taken with WAL summaries, and their job be there', async () => {
    expect(await failed({ rows: since(true), shell: [full('on')] })).toEqual([NO_JOB])
    expect(await failed({ rows: since(true), shell: [full('off')] })).toEqual([
      `${PARENT}: 20261122T170901: none were written when it was taken`,
      NO_JOB,
    ])
  })

  it('and the server that is copied must have them ever since', async () => {
    expect(await failed({ rows: since(null), shell: [full('on')] })).toEqual([
      `${PARENT}: 20261122T170901: master has none since its beginning`,
      NO_JOB,
    ])
  })
})
