import type { Words } from './words.ts'

const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`

export const en: Words = {
  language: 'en',
  title: (lab) => `Replication report: ${lab}`,
  origin:
    'Written by `npx create-pg-lab report` from the running servers. Run it again to update it; edits are lost.',
  allWell: (findings) => `All ${findings} findings are as the config asks`,
  someFailed: (failed, findings) => `${failed} of ${count(findings, 'finding', 'findings')} failed`,
  commandsFailed: (number) => `${count(number, 'command', 'commands')} did not show what it should`,
  countFindings: (number) => count(number, 'finding', 'findings'),
  wellFindings: (number) => `${count(number, 'finding', 'findings')}, all as asked`,
  failedFindings: (failed, number) => `${failed} of ${number} failed`,
  facts: { time: 'Time', config: 'Config', sha256: 'its SHA-256' },
  topology: 'Topology',
  topologyWords: 'Each host as it described itself when the report was made. An arrow is a stream of WAL.',
  roles: {
    primary: 'primary',
    standby: 'standby',
    barman: 'Barman',
    backup: 'backup host',
    unknown: 'unknown',
  },
  columns: {
    node: 'Host',
    address: 'Address',
    role: 'Role',
    state: 'State',
    timeline: 'Timeline',
    lsn: 'LSN',
    lag: 'Lag',
    slot: 'Slot',
    check: 'Check',
    findings: 'Findings',
    file: 'File',
  },
  onTimeline: (timeline) => `timeline ${timeline}`,
  commandFailed: 'the command did not show what it should',
  commandDone: 'as it should be',
  expected: 'expected',
  asAbove: 'as above',
  observed: 'observed',
  steps: {
    slots: {
      title: 'Replication slots',
      why: 'A slot keeps WAL until its reader has it. `active` must be `t`: a slot nobody uses protects nothing and fills the disk.',
    },
    replication: {
      title: 'Replication status',
      why: 'One row for every connection that streams WAL: each standby that follows this server, and `barman_receive_wal`.',
    },
    insert: {
      title: 'A row is added',
      why: 'It carries the time of this report, so that it cannot be an old one.',
    },
    read: { title: 'The same row on the standby', why: 'Nobody wrote it here: it came as WAL.' },
    readLater: {
      title: 'The same row, not yet',
      why: 'This standby replays late on purpose (`recovery_min_apply_delay`): it has the WAL already and shows the row when its time has come.',
    },
    recovery: {
      title: 'Recovery state',
      why: '`t`: the server replays the WAL of another one. On a primary it would be `f`.',
    },
    receiver: {
      title: 'WAL receiver',
      why: 'Which server it streams from, and through which slot. Without `slot_name` the primary could throw away WAL it still needs.',
    },
    readOnly: {
      title: 'A write is refused',
      why: 'Here the error is the right answer: a standby that takes writes is no longer a standby.',
    },
    barmanCheck: {
      title: 'barman check',
      why: 'Barman itself looks whether it could take and restore a backup.',
    },
    barmanReplication: {
      title: 'barman replication-status',
      why: 'The clients of the primary as Barman sees them, itself among them. receive-wal confirms whole segments, so it is behind by one while all is well.',
    },
    backup: {
      title: 'A base backup',
      why: '`--wait` ends only when the WAL that makes the backup consistent has arrived in the archive.',
    },
    backups: { title: 'The backups there are', why: 'Newest first.' },
    barmanStatus: {
      title: 'barman status',
      why: 'At a glance: the first and last backup, the last archived WAL, the retention policy.',
    },
  },
  checks: 'All checks',
  checksWords: 'The config held against the running servers, by `npx create-pg-lab verify`.',
  checkTitles: {},
  lag: 'Lag under load',
  lagWords: (rate, seconds, transactions) =>
    `pgbench ran on the primary for ${seconds} s at ${rate} transactions a second (${transactions} in all). Lag is the WAL a standby had not replayed yet. The first rise is pgbench filling its tables.`,
  secondsAxis: 'seconds',
  atMost: (size, seconds) => `at most ${size} and ${seconds}`,
  noLag: 'No standby streamed, so there was no lag to measure.',
  drills: 'Drills',
  drillsWords:
    'Disasters rehearsed in this lab with `npx create-pg-lab drill`, under a steady load, newest first.',
  files: 'Configuration in force',
  filesWords: 'Copied from the places the servers name. Secrets are taken out.',
  page: (link) => `The same with a plot, for the browser: ${link}.`,
  contents: 'Contents',
}
