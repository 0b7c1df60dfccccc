import { barmanPaths } from '../guest-paths.ts'
import { type BackupNode, type Lab, type LabNode, postgresNodes } from '../lab.ts'
import { barmanConfig, everything } from '../postgres/barman.ts'
import { scripted } from '../scripts/index.ts'
import { shellWord } from '../tools/process/quote.ts'
import { onceAGuest } from '../tools/ssh/ask-once.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { type Check, lookAt, type Seen } from './support/check.ts'

/*
 * Where rsync copies base backups, SSH leads from Barman to each server, and back for single WAL files. Each side is held
 * against what the other one has: the key that is let in is the one the other host holds, and so is the host key.
 */

const PROVISION = 'Write them again: npx create-pg-lab provision'

/** ssh takes what it is told first, and Barman's own check adds `StrictHostKeyChecking=no`. */
const STRICT = 'StrictHostKeyChecking=yes'

const ID = 'ssh-keys'

export const sshKeys: Check = {
  id: ID,
  title: 'SSH between Barman and the servers: known hosts, bound keys, nobody else',
  async run(lab, guest) {
    const { backup } = lab
    if (backup?.method !== 'rsync') return []
    const findings = await Promise.all([
      lookAt(ID, backup, () => onBackup(lab, backup, guest)),
      ...postgresNodes(lab).map((node) => lookAt(ID, node, () => onServer(node, backup, guest))),
    ])
    return findings.flat()
  },
}

/** What a user has for SSH; lines of files as they are, without comments. */
interface SshSight {
  /** `600 barman`; `undefined` where he has no key. */
  readonly mode: string | undefined
  /** Public half, type and base64; `undefined` where it cannot be read. */
  readonly key: string | undefined
  readonly hosts: readonly string[]
  readonly known: readonly string[]
  readonly authorized: readonly string[]
  readonly programs: readonly string[]
  readonly output: string
}

const userOf = ({ role }: LabNode) => (role === 'backup' ? 'barman' : 'postgres')

/** Each host is needed by those on the other side too. */
const seeSsh = onceAGuest(async (guest, node: LabNode): Promise<SshSight> => {
  const { stdout } = await guest.shell(node, scripted('see-ssh.sh', [barmanPaths().hostKeys]), {
    as: userOf(node),
  })
  const told = (kind: string) =>
    stdout.split('\n').flatMap((line) => (line.startsWith(`${kind}\t`) ? [line.slice(kind.length + 1)] : []))
  return {
    mode: told('mode')[0],
    key: told('key')[0] || undefined,
    hosts: told('host'),
    known: told('known_hosts'),
    authorized: told('authorized_keys'),
    programs: told('program'),
    output: stdout.trim(),
  }
})

async function onBackup(lab: Lab, backup: BackupNode, guest: Guest): Promise<readonly Seen[]> {
  const servers = postgresNodes(lab)
  const [own, others, { config, answer }] = await Promise.all([
    seeSsh(guest, backup),
    Promise.all(servers.map((node) => seeSsh(guest, node))),
    barmanConfig(guest, backup),
  ])
  const command = `sh ${barmanPaths().getWal} ${backup.server}`
  const hops = servers.map((node) => seeHop(backup, node, guest))
  return [
    ...seeOwn(backup, own, ['rsync']),
    seeKnown(
      backup,
      own,
      servers.map((node, at) => ({ node, hosts: others[at]?.hosts ?? [] })),
    ),
    seeAuthorized(
      backup,
      own,
      servers.map((node, at) => ({
        node,
        options: `from="${node.address}",command="${command}",restrict`,
        key: others[at]?.key,
      })),
    ),
    {
      what: 'host keys that ssh_command accepts',
      expected: 'known ones only',
      observed: String(config.ssh_command).includes(STRICT)
        ? 'known ones only'
        : `any: ${config.ssh_command}`,
      ok: String(config.ssh_command).includes(STRICT),
      hint: `Without StrictHostKeyChecking there Barman’s own check would believe a foreign host. ${PROVISION}`,
      command: answer.command,
    },
    ...(await Promise.all(hops)),
  ]
}

async function onServer(node: LabNode, backup: BackupNode, guest: Guest): Promise<readonly Seen[]> {
  const [own, its] = await Promise.all([seeSsh(guest, node), seeSsh(guest, backup)])
  const options = `from="${backup.address}",restrict`
  return [
    ...seeOwn(node, own, ['rsync', 'barman-wal-restore']),
    seeKnown(node, own, [{ node: backup, hosts: its.hosts }]),
    seeAuthorized(node, own, [{ node: backup, options, key: its.key }]),
    ...(await seeWayBack(node, backup, guest)),
  ]
}

function seeOwn(node: LabNode, { mode, key, programs, output }: SshSight, needed: readonly string[]): Seen[] {
  const user = userOf(node)
  const expected = `ed25519, 600 ${user}`
  const kind = key === undefined ? 'none that can be read' : key.replace(/^ssh-(\S+) .*/, '$1')
  const observed = mode === undefined ? 'none' : `${kind}, ${mode}`
  const missing = needed.filter((program) => !programs.includes(program))
  const seen = see(node, output)
  return [
    { ...seen, what: `SSH key of ${user}`, expected, observed, ok: observed === expected, hint: PROVISION },
    {
      ...seen,
      what: 'programs for base backups over SSH',
      expected: needed.join(', '),
      observed: missing.length === 0 ? needed.join(', ') : `without ${missing.join(', ')}`,
      ok: missing.length === 0,
      hint: `Install what is missing: npx create-pg-lab provision`,
    },
  ]
}

function see(node: LabNode, output: string): Pick<Seen, 'command' | 'output'> {
  const files = ['known_hosts', 'authorized_keys'].map((name) => `~${userOf(node)}/.ssh/${name}`)
  return { command: `sudo sh -c 'ls -l ~${userOf(node)}/.ssh; cat ${files.join(' ')}'`, output }
}

interface KnownHost {
  readonly node: LabNode
  readonly hosts: readonly string[]
}

function seeKnown(node: LabNode, own: SshSight, known: readonly KnownHost[]): Seen {
  const wanted = known.flatMap(({ node: { name, address }, hosts }) =>
    hosts.map((host) => ({ name, line: `${address} ${host}` })),
  )
  const right = `those of ${known.map(({ node: { name } }) => name).join(', ')}`
  return {
    ...see(node, own.output),
    what: `host keys that ${userOf(node)} knows`,
    expected: right,
    ...compared(own.known, wanted, right),
    hint: `With another key there ssh refuses the right host, or believes a wrong one. ${PROVISION}`,
  }
}

interface KeyLine {
  readonly node: LabNode
  readonly options: string
  readonly key: string | undefined
}

function seeAuthorized(node: LabNode, { authorized, output }: SshSight, keys: readonly KeyLine[]): Seen {
  const wanted = keys.map(({ node: { name }, options, key }) => ({ name, line: `${options} ${key}` }))
  const expected = `${wanted.map(({ name }) => name).join(', ')}, each from its address`
  const withoutComments = authorized.map((line) => line.replace(/(ssh-\S+ \S+) .*$/, '$1'))
  return {
    ...see(node, output),
    what: `who may log in as ${userOf(node)}`,
    expected,
    ...compared(withoutComments, wanted, expected),
    hint: `Whoever has such a key gets in, and one without from= from anywhere. ${PROVISION}`,
  }
}

/** Lines as they should be, each once; what is wrong is told by name. */
function compared(
  lines: readonly string[],
  wanted: readonly { readonly name: string; readonly line: string }[],
  right: string,
): Pick<Seen, 'observed' | 'ok'> {
  const missing = new Set(wanted.filter(({ line }) => !lines.includes(line)).map(({ name }) => name))
  const surplus = lines.filter((line, at) => {
    return wanted.every((one) => one.line !== line) || lines.indexOf(line) !== at
  })
  const told = [
    ...(missing.size > 0 ? [`without that of ${[...missing].join(', ')}`] : []),
    ...surplus.map((line) => `a line too many: ${shortened(line)}`),
  ]
  return { observed: told.join('; ') || right, ok: told.length === 0 }
}

/** The middle of a key tells nobody anything. */
function shortened(line: string): string {
  return line.replace(/(AAAA\S{4})\S*(\S{8})/, '$1…$2')
}

/** From a machine to another one; 255 would be our own way to the first that failed. */
function hop(argv: readonly string[]): readonly string[] {
  return ['sh', '-c', '"$@" || exit 1', 'sh', ...argv]
}

/** As Barman goes; `-v` shows that the host key is a known one, and which key lets in. */
async function seeHop(backup: BackupNode, node: LabNode, guest: Guest): Promise<Seen> {
  const argv = `ssh -v -o ${STRICT} postgres@${node.address} true`.split(' ')
  const output = await guest.shell(backup, hop(argv), { as: 'barman', timeoutMs: 20_000 })
  const lines = output.stderr.split(/\r?\n/)
  const told = lines.filter((line) => /is known and matches|Server host key:|^Authenticated/.test(line))
  const reason =
    lines.findLast((line) => line !== '' && !/^(debug1|OpenSSH)/.test(line)) ?? 'ssh gave no reason'
  return {
    what: `ssh from Barman to ${node.name}`,
    expected: 'let in',
    observed: output.exitCode === 0 ? 'let in' : reason,
    ok: output.exitCode === 0,
    hint: `Host key, key or authorized_keys are not what they should be. ${PROVISION}`,
    command: `sudo -u barman ${argv.map(shellWord).join(' ')}`,
    output: told.join('\n') || everything(output),
  }
}

/** A WAL file is had, and nothing else: what a server could delete at Barman would be the last copy. */
async function seeWayBack(node: LabNode, backup: BackupNode, guest: Guest): Promise<readonly Seen[]> {
  const test = `barman-wal-restore --test --user barman ${backup.address} ${backup.server} X /dev/null`
  const other = `ssh barman@${backup.address} barman list-backup ${backup.server}`
  const [wal, more] = await Promise.all(
    [test, other].map((command) =>
      guest.shell(node, hop(command.split(' ')), { as: 'postgres', timeoutMs: 30_000 }),
    ),
  )
  return [
    {
      what: `WAL from Barman on ${node.name}`,
      expected: 'to be had',
      observed: wal?.exitCode === 0 ? 'to be had' : lastLine(wal && everything(wal)),
      ok: wal?.exitCode === 0,
      hint: `A standby that has missed WAL could not catch up. ${PROVISION}`,
      command: `sudo -u postgres ${test}`,
      output: wal && everything(wal),
    },
    {
      what: `another command for Barman from ${node.name}`,
      expected: 'refused',
      observed: more?.exitCode === 0 ? 'carried out' : 'refused',
      ok: more?.exitCode !== 0,
      hint: `Its key has no command= in ~barman/.ssh/authorized_keys. ${PROVISION}`,
      command: `sudo -u postgres ${other}`,
      output: more && everything(more),
    },
  ]
}

function lastLine(text = ''): string {
  return text.trim().split('\n').at(-1) || 'no reason was given'
}
