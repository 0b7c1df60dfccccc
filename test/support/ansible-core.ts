import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/pg-lab')
const UNPACKED = join(CACHE, 'ansible-core-debian-13')

/** Where Debian 13's packages come from: the mirror of this computer's own. apt checks the signature. */
const sources = () => `Types: deb
URIs: ${mirror()}
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`

/**
 * Debian 13's ansible-core (2.19), which is Python alone and runs on the interpreter of Debian 12 too.
 * Fetched once, through apt, and kept beside the node modules.
 * @returns what puts it before the computer's own Ansible
 */
export function debian13AnsibleCore(): { readonly PATH: string; readonly PYTHONPATH: string } {
  if (!existsSync(UNPACKED)) fetchPackage()
  return {
    PATH: [join(UNPACKED, 'usr/bin'), process.env.PATH].join(delimiter),
    PYTHONPATH: join(UNPACKED, 'usr/lib/python3/dist-packages'),
  }
}

function mirror(): string {
  const args = ['indextargets', '--format', '$(REPO_URI)', 'Label: Debian']
  return execFileSync('apt-get', args, { encoding: 'utf8' }).split('\n')[0] ?? ''
}

function fetchPackage(): void {
  mkdirSync(CACHE, { recursive: true })
  const folder = mkdtempSync(join(CACHE, 'apt-'))
  try {
    writeFileSync(join(folder, 'debian-13.sources'), sources())
    apt(folder, 'update')
    apt(folder, 'download', 'ansible-core')
    const [name = ''] = readdirSync(folder).filter((file) => file.endsWith('.deb'))
    execFileSync('dpkg-deb', ['-x', join(folder, name), join(folder, 'unpacked')])
    // Test files run side by side: another one may have it in place by now.
    if (!existsSync(UNPACKED)) renameSync(join(folder, 'unpacked'), UNPACKED)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Runs apt-get with a state of its own in this folder: neither the computer's sources nor its packages count. */
function apt(folder: string, ...args: readonly string[]): void {
  for (const needed of ['lists/partial', 'cache/archives/partial']) {
    mkdirSync(join(folder, needed), { recursive: true })
  }
  const settings = {
    'Dir::Etc::sourcelist': join(folder, 'debian-13.sources'),
    'Dir::Etc::sourceparts': '-',
    'Dir::State': folder,
    'Dir::State::status': '/dev/null',
    'Dir::Cache': join(folder, 'cache'),
    'APT::Sandbox::User': '', // the folder may be one that the user _apt cannot enter
    'Acquire::Languages': 'none',
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  execFileSync('apt-get', ['-q', ...options, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] })
}
