import type { Lab } from '../../lab.ts'
import { quoteWord } from '../../tools/process/quote.ts'
import { PGDG_ORIGIN, pgdgSuite } from './ansible-vars.ts'

/**
 * Builds the image of the docker provider unless it is there; takes no arguments. Relative to the lab's folder.
 * The driver runs it before the machines; the Vagrantfile runs it too, for those who have no Node.
 */
export const NODE_IMAGE_SCRIPT = 'provisioning/support/node-image/build.sh'

/** Makes the network the containers share, unless it is there: `make NAME SUBNET`. */
export const NETWORK_SCRIPT = 'provisioning/support/node-image/network.sh'

/** What the script reads: a file of the lab, so that it also works alone. */
export const NODE_IMAGE_SETTINGS = 'provisioning/support/node-image.env'

/** Files it is built from, in the order in which build.sh and vagrant.rb hash them. */
export const NODE_IMAGE_SOURCES = [
  'provisioning/support/node-image/Dockerfile',
  'provisioning/support/node-image/start.sh',
  'provisioning/support/node-image/packages.sh',
  NODE_IMAGE_SETTINGS,
]

/** What the roles install on Debian and Ubuntu: roles/postgres/vars/Debian.yml and common.yml. */
const COMPRESSION_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  zstd: ['python3-zstandard'],
  lz4: ['python3-lz4'],
}

/** Of every machine of a lab whose base backups go over SSH; barman-cli has barman-wal-restore. */
const SSH_PACKAGES = ['rsync', 'openssh-client', 'barman-cli']

function packages({ postgres, backup }: Lab): readonly string[] {
  return ['acl', `postgresql-${postgres.version}`, ...(backup?.method === 'rsync' ? SSH_PACKAGES : [])]
}

/** The last machine, as a rule the backup host, also runs Ansible where this computer is not to. */
function backupPackages({ backup, runner }: Lab): readonly string[] {
  if (!backup) return []
  const compression = COMPRESSION_PACKAGES[backup.compression] ?? []
  return ['barman', 'cron', ...compression, ...(runner === 'guest' ? ['ansible-core'] : [])]
}

/** A file that a POSIX shell reads. */
function shellFile(values: Readonly<Record<string, string>>, header: string): string {
  const lines = Object.entries(values).map(([name, value]) => `${name}=${quoteWord(value)}`)
  return `# ${header}\n${lines.join('\n')}\n`
}

function packageWays({ mirrors, proxy }: Lab): Readonly<Record<string, string>> {
  return {
    PACKAGE_MIRROR: mirrors.packages ?? '',
    PROXY_HTTP: proxy.http ?? '',
    PROXY_HTTPS: proxy.https ?? '',
    PROXY_NONE: proxy.noProxy ?? '',
  }
}

/** How packages are had before any role can say: for guest-runner/play.sh, which brings Ansible, and box/build.sh. */
export const PACKAGE_SETTINGS = 'provisioning/support/packages.env'

/** The text of packages.env. @param header the first line's text, without its `#` */
export function packageSettings(lab: Lab, header: string): string {
  return shellFile(packageWays(lab), header)
}

/**
 * The text of node-image.env, which build.sh reads as shell.
 * @param header the first line's text, without its `#`
 */
export function nodeImageSettings(lab: Lab, header: string): string {
  const { repository } = lab.postgres
  const other = repository.kind === 'distro' ? undefined : repository
  const values = {
    OS_NAME: lab.os.name,
    BASE_IMAGE: `${lab.mirrors.docker ?? ''}${lab.os.dockerImage ?? ''}`,
    SUITE: lab.os.release,
    ...packageWays(lab),
    REPOSITORY_URL: other?.url ?? '',
    REPOSITORY_SUITE: other ? pgdgSuite(lab) : '',
    REPOSITORY_ORIGIN: other ? PGDG_ORIGIN : '',
    REPOSITORY_KEY: other?.keyUrls[0] ?? '',
    PACKAGES: packages(lab).join(' '),
    BACKUP_PACKAGES: backupPackages(lab).join(' '),
  }
  return shellFile(values, header)
}
