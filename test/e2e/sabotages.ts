import { setTimeout as wait } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Finding } from '../../src/finding.ts'
import { carryOut } from './hints.ts'
import { failures, type TestLab } from './support.ts'

/** One thing broken, as it is found and mended. */
interface Sabotage {
  readonly name: string
  sabotage(lab: TestLab): void
  /** The finding that names it: `check node: what`. */
  readonly found: string
  readonly observed: RegExp
}

/** Runs a script inside a machine, as root. */
function onNode(lab: TestLab, node: string, script: string): void {
  const { status, stderr } = lab.ssh(node, 'sudo', 'bash', '-c', script)
  if (status !== 0) throw new Error(stderr)
}

/** The file of the slave that has this setting. */
function slaveFile(lab: TestLab, setting: string): string {
  return lab.sql('slave', `SELECT sourcefile FROM pg_settings WHERE name = '${setting}'`)
}

const SABOTAGES: readonly Sabotage[] = [
  {
    name: 'a slot dropped',
    sabotage(lab) {
      // The one without an instance does not wait for the server itself.
      onNode(lab, 'slave', "systemctl stop postgresql 'postgresql@*'")
      lab.sql('master', "SELECT pg_drop_replication_slot('slave_slot')")
      onNode(lab, 'slave', 'systemctl start postgresql')
    },
    found: 'slots master: slot slave_slot of slave',
    observed: /missing/,
  },
  {
    name: 'a slot unused',
    sabotage(lab) {
      onNode(lab, 'slave', `sed -i 's/^primary_slot_name/#&/' ${slaveFile(lab, 'primary_slot_name')}`)
      lab.sql('slave', 'SELECT pg_reload_conf()')
    },
    found: 'slots master: slot slave_slot of slave',
    observed: /inactive/,
  },
  {
    name: 'a wrong application name',
    sabotage(lab) {
      onNode(
        lab,
        'slave',
        `sed -i "s/^primary_conninfo = '/&application_name=impostor /" ${slaveFile(lab, 'primary_conninfo')}`,
      )
      lab.sql('slave', 'SELECT pg_reload_conf()')
    },
    found: 'replication master: walreceiver of slave',
    observed: /impostor/,
  },
  {
    name: 'the password of the replica changed',
    sabotage(lab) {
      lab.sql('master', "ALTER ROLE replica PASSWORD 'another'")
      lab.sql('master', "SELECT pg_terminate_backend(pid) FROM pg_stat_replication WHERE usename = 'replica'")
    },
    found: 'standby slave: walreceiver',
    observed: /password authentication failed/,
  },
  {
    name: 'a line that trusts the network',
    sabotage(lab) {
      onNode(
        lab,
        'master',
        `echo 'host all all 192.168.11.0/24 trust' >>${lab.sql('master', 'SHOW hba_file')}`,
      )
      lab.sql('master', 'SELECT pg_reload_conf()')
    },
    found: 'hba master: lines with trust',
    observed: /host all all 192\.168\.11\.0\/24 trust/,
  },
  {
    name: 'lines that let in without TLS',
    sabotage(lab) {
      onNode(lab, 'master', `sed -i 's/^hostssl/host/' ${lab.sql('master', 'SHOW hba_file')}`)
      lab.sql('master', 'SELECT pg_reload_conf()')
    },
    found: 'hba master: lines that let in without TLS',
    observed: /host replication replica 192\.168\.11\.151\/32/,
  },
  {
    name: 'a certificate that the lab has not signed',
    sabotage(lab) {
      const subject = '-subj /CN=master -addext subjectAltName=IP:192.168.11.150'
      onNode(
        lab,
        'master',
        `cd /etc/pg-lab && openssl req -x509 -newkey rsa:2048 -nodes -keyout server.key -out server.crt -days 99 ${subject} 2>/dev/null`,
      )
      lab.sql('master', 'SELECT pg_reload_conf()')
      lab.sql('master', 'SELECT pg_terminate_backend(pid) FROM pg_stat_replication')
    },
    found: 'standby slave: walreceiver',
    observed: /certificate verify failed/,
  },
  {
    name: 'Barman a superuser',
    sabotage(lab) {
      lab.sql('master', 'ALTER ROLE barman SUPERUSER')
    },
    found: 'roles master: superusers besides postgres',
    observed: /^barman$/,
  },
  {
    name: 'receive-wal dead',
    sabotage(lab) {
      // cron brings it back at each full minute: there must be time to look before the next.
      const untilEarly = 'until s=$(date +%-S) && [ "$s" -ge 10 ] && [ "$s" -lt 40 ]; do sleep 1; done'
      onNode(
        lab,
        'backup',
        `${untilEarly}; pkill -f "[r]eceive-wal master"; pkill -f "[p]g_receivewal"; true`,
      )
    },
    found: 'cron backup: process receive-wal',
    observed: /none/,
  },
  {
    name: 'cron stopped',
    sabotage(lab) {
      onNode(lab, 'backup', 'systemctl stop cron')
    },
    found: 'cron backup: service cron',
    observed: /inactive/,
  },
  {
    name: 'a backup directory that cannot be written to',
    sabotage(lab) {
      // His group may write there, too.
      onNode(lab, 'backup', 'chown root: ~barman/master/base && chmod go-w ~barman/master/base')
    },
    found: 'folders backup: folders of Barman',
    observed: /not writable: .*base/,
  },
  {
    name: 'a WAL segment deleted from the archive',
    sabotage(lab) {
      for (let turn = 0; turn < 2; turn += 1) lab.must('verify', '--only', 'wal')
      // One of the first backup's own: at three in the morning cron takes another.
      const listed = 'cd / && sudo -u barman barman list-files --target wal master first'
      onNode(lab, 'backup', `${listed} | tail -n 2 | head -n 1 | xargs rm`)
    },
    found: 'continuity backup: WAL since the first backup',
    observed: /missing: [\dA-F]{24}/,
  },
  {
    name: 'the replay of a standby paused',
    sabotage(lab) {
      lab.sql('slave', 'SELECT pg_wal_replay_pause()')
    },
    found: 'standby slave: replay',
    observed: /^paused$/,
  },
  {
    name: 'a standby promoted behind our back',
    sabotage(lab) {
      lab.sql('slave', 'SELECT pg_promote()')
    },
    found: 'primary master: one primary',
    observed: /master, slave/,
  },
]

/** What takes a moment to come back, such as a connection, is given it. */
async function findingsOnceGreen(lab: TestLab): Promise<readonly Finding[]> {
  for (let turn = 0; turn < 10; turn += 1) {
    const { failed } = lab.verify()
    if (failed.length === 0) return []
    await wait(2_000)
  }
  return lab.verify().failed
}

/** Each sabotage on a lab that has nothing but the defaults: done, found by name, mended by what the hint says. */
export function testSabotages(lab: TestLab): void {
  test.each(SABOTAGES)('$name: found by name, and mended by what the hint says', async (one) => {
    one.sabotage(lab)
    const { status, failed } = lab.verify()
    expect(status).toBe(1)
    const finding = failed.find(({ check, node, what }) => `${check} ${node}: ${what}` === one.found)
    expect(failures(failed)).toContain(one.found)
    expect(finding?.observed).toMatch(one.observed)
    expect(failed.every(({ hint }) => hint !== undefined)).toBe(true)
    carryOut(lab, finding as Finding)
    expect(failures(await findingsOnceGreen(lab))).toEqual([])
  })
}
