import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { CommandError } from '../../errors.ts'
import type { LabNode } from '../../lab.ts'
import { LAB_FILES } from '../../lab-files.ts'
import { isOnPath } from '../process/run.ts'
import type { Command, Output, Runner } from '../runner.ts'
import { sentCommand } from '../ssh/ssh-guest.ts'

/** What a machine that plays for a computer without Ansible needs; carry.py and vagrant.rb there do Vagrant's part. */
export const GUEST_RUNNER = 'provisioning/support/guest-runner'

/** What Ansible reads, and what it makes: all of it is carried there, and the latter back. */
const CARRIED = [
  'ansible.cfg',
  'provisioning',
  LAB_FILES.secrets.path,
  LAB_FILES.tls.path,
  LAB_FILES.knownHosts.path,
]

/** @returns whether this computer has Ansible; it never runs on Windows itself */
export function hasAnsible(): boolean {
  if (process.platform === 'win32') return false
  return isOnPath('ansible-playbook')
}

interface GuestLab {
  /** The lab's folder. */
  readonly directory: string
  readonly nodes: readonly LabNode[]
}

/** A file by its path, seen from the lab's folder, and its content in base64. */
type FilesByPath = Readonly<Record<string, string>>

/**
 * A runner that has one of the lab's machines do what `ansible-playbook` would do here: it gets the lab's files and the
 * keys of its neighbours, and hands back the passwords and certificates it made. Nothing of it stays there.
 * @param isWanted whether it is to be done there; asked when it comes to that
 */
export function withAnsibleInGuest(run: Runner, place: GuestLab, isWanted: () => boolean): Runner {
  return (command) =>
    command.file === 'ansible-playbook' && isWanted() ? play(run, place, command) : run(command)
}

async function play(run: Runner, place: GuestLab, command: Command): Promise<Output> {
  const { directory, nodes } = place
  const player = nodes.at(-1)?.name ?? ''
  const onPlayer = (argv: readonly string[], options: Partial<Command>) =>
    run({ ...sentCommand(player, argv, 'root'), cwd: directory, ...options })
  // Neither way goes into a log: keys and passwords are among the files.
  const program = readFileSync(join(directory, GUEST_RUNNER, 'carry.py'), 'utf8')
  // Where it puts the lab's files.
  const [, there = ''] = /^HOME = "(.+)"$/m.exec(program) ?? []
  const carry = ['python3', '-c', program]
  await onPlayer([...carry, 'receive'], { stdin: JSON.stringify(bundle(place)) })
  const { onLine, logFile } = command
  try {
    const script = ['sh', `${there}/${GUEST_RUNNER}/play.sh`, ...command.args]
    return await onPlayer(['env', ...environmentThere(command, directory, there), ...script], {
      ...(logFile === undefined ? {} : { logFile }),
      onLine: (line, stream) => onLine?.(line, stream === 'stdout' ? 'events' : 'stdout'),
    })
  } finally {
    const { stdout } = await onPlayer([...carry, 'hand-back'], {})
    // The login user's own files may have printed something before it.
    takeBack(
      directory,
      (JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as { files: FilesByPath }).files,
    )
  }
}

/** Paths inside the lab's folder become those of its copy. What is taken out of our environment is in none there. */
function environmentThere({ env = {} }: Command, here: string, there: string): readonly string[] {
  return Object.entries(env).flatMap(([name, value]) => {
    if (value === undefined) return []
    const moved = value.includes(here) ? value.replaceAll(here, there).replaceAll('\\', '/') : value
    return `${name}=${moved}`
  })
}

function bundle({ directory, nodes }: GuestLab) {
  const paths = CARRIED.flatMap((path) => filesBelow(directory, path))
  const access = accessIn(readFileSync(join(directory, LAB_FILES.sshConfig.path), 'utf8'))
  const keys = nodes.map(({ name }) => [`keys/${name}`, access.get(name)?.IdentityFile ?? ''] as const)
  const files = [...paths.map((path) => [path, join(directory, path)] as const), ...keys]
  return {
    files: Object.fromEntries(files.map(([path, file]) => [path, readFileSync(file).toString('base64')])),
    hosts: nodes.map(({ name, address }) => {
      const { User: user = '', HostKeyAlias: alias = name } = access.get(name) ?? {}
      return { name, address, user, alias }
    }),
  }
}

/** Seen from the lab's folder, with `/`; none where there is no such path. */
function filesBelow(directory: string, path: string): readonly string[] {
  const found = statSync(join(directory, path), { throwIfNoEntry: false })
  if (!found?.isDirectory()) return found ? [path] : []
  const names = readdirSync(join(directory, path)).filter((name) => name !== '__pycache__')
  return names.flatMap((name) => filesBelow(directory, posix.join(path, name)))
}

/** What ssh's configuration says first of each host. */
function accessIn(text: string): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const blocks = text.split(/^Host /m).slice(1)
  return new Map(
    blocks.map((block) => {
      const [names = '', ...lines] = block.split(/\r?\n/)
      const entries = lines.flatMap((line) => {
        const [, key, value = ''] = /^\s*(\w+)\s+"?(.*?)"?\s*$/.exec(line) ?? []
        return key === undefined ? [] : [[key, value] as const]
      })
      return [names.split(' ')[0] ?? '', Object.fromEntries(entries.toReversed())]
    }),
  )
}

/** The machine's word is not trusted further than this. */
function isMadeThere(path: string): boolean {
  const folders = [LAB_FILES.secrets.path, LAB_FILES.tls.path]
  return (
    path === LAB_FILES.knownHosts.path ||
    folders.some((folder) => path.startsWith(`${folder}/`) && /^[^/\\]+$/.test(path.slice(folder.length + 1)))
  )
}

function takeBack(directory: string, files: FilesByPath): void {
  for (const [path, content] of Object.entries(files)) {
    if (!isMadeThere(path)) {
      throw new CommandError(`The machine that ran Ansible hands back ${path}`, {
        command: 'carry.py hand-back',
      })
    }
    const file = join(directory, path)
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    rmSync(file, { force: true }) // a link, or a file with other rights, is replaced and not written through
    writeFileSync(file, Buffer.from(content, 'base64'), { mode: 0o600, flag: 'wx' })
  }
}
