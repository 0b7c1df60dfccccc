import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { can } from '../../catalog/providers/index.ts'
import type { Lab } from '../../lab.ts'
import { LAB_FILES } from '../../lab-files.ts'
import { packageRoot } from '../../package-root.ts'
import { GUEST_RUNNER } from '../../tools/ansible/in-guest.ts'
import { serversSshConfig } from '../../tools/ssh/ssh-config.ts'
import { toYaml } from '../../yaml.ts'
import { ansibleCfg } from './ansible-cfg.ts'
import { ansibleVars } from './ansible-vars.ts'
import { editorFiles } from './editor-files.ts'
import { generatedHeader, withHeader } from './header.ts'
import { inventory } from './inventory.ts'
import { NODE_IMAGE_SETTINGS, nodeImageSettings, PACKAGE_SETTINGS, packageSettings } from './node-image.ts'
import type { ProjectFile } from './project-file.ts'
import { vagrantfile } from './vagrantfile.ts'

/**
 * Ansible reads the files of group_vars/all/ in the order of their names and lets the last one win. Ours comes
 * first, so any `*.local.yml` of the user's wins over it.
 */
export const GROUP_VARS = 'provisioning/group_vars/all/00-cluster.yml'

export const INVENTORY = 'provisioning/inventory.yml'

export const VAGRANTFILE = 'Vagrantfile'

/** How the servers are reached, for those who run Ansible by hand; with provider ssh only. */
const SERVERS_SSH_CONFIG = 'provisioning/ssh_config'

/** What we ship as it is, relative to the package: always, and where we build the image of the machines. */
const STATIC = [
  '.ansible-lint',
  '.yamllint',
  'provisioning/site.yml',
  'provisioning/operations',
  'provisioning/roles',
  'provisioning/support/callback_plugins',
]
const STATIC_IMAGE = ['provisioning/support/node-image']
/** What makes a box, where one can be made here. */
const STATIC_BOX = ['provisioning/support/box', 'provisioning/support/node-image/base-mode.sh']

/** Vagrant's part of running Ansible here; how a machine runs it is carried there by pg-lab too. */
const HOST_RUNNER = 'provisioning/support/host-runner'

/** All files under `path` (a file is itself), sorted, relative to the package; none when there is no such path. */
async function filesUnder(path: string): Promise<string[]> {
  const found = await stat(join(packageRoot(), path)).catch(() => undefined)
  if (!found) return []
  if (found.isFile()) return [path]
  const names = await readdir(join(packageRoot(), path))
  const shipped = names.filter((name) => name !== '__pycache__' && !name.startsWith('.')).sort()
  return (await Promise.all(shipped.map((name) => filesUnder(`${path}/${name}`)))).flat()
}

async function copyOf(path: string): Promise<ProjectFile> {
  const file = join(packageRoot(), path)
  const content = withHeader(path, await readFile(file, 'utf8'))
  // A package unpacked on Windows, or by npm, need not have kept the bit; the first line tells.
  return content.startsWith('#!') && path.endsWith('.sh') ? { path, content, mode: 0o755 } : { path, content }
}

async function staticFiles(lab: Lab): Promise<ProjectFile[]> {
  const sources = [
    ...STATIC,
    ...(can(lab).buildImages ? STATIC_IMAGE : []),
    ...(lab.ownBox ? STATIC_BOX : []),
    ...(lab.runner === 'guest' || !can(lab).makeMachines ? [] : [HOST_RUNNER]),
    ...(lab.runner === 'host' ? [] : [GUEST_RUNNER]),
  ]
  const paths = (await Promise.all(sources.map(filesUnder))).flat()
  return Promise.all(paths.map(copyOf))
}

/**
 * Every file of the lab that is made from its config, in a fixed order. Same lab, same bytes.
 * @param options.roles `copy`: the roles, and what editors need, too; `in-place`: the lab is this package's own folder
 * @param options.source the config's file name, for the first line of what is made from it
 */
export async function projectFiles(
  lab: Lab,
  options: { readonly roles: 'copy' | 'in-place'; readonly source?: string },
): Promise<ProjectFile[]> {
  const source = options.source ?? 'cluster.config.ts'
  const header = generatedHeader(source)
  const made: ProjectFile[] = [
    ...(can(lab).makeMachines
      ? [{ path: VAGRANTFILE, content: await vagrantfile(lab, header) }]
      : [{ path: SERVERS_SSH_CONFIG, content: `# ${header}\n\n${serversSshConfig(lab)}` }]),
    { path: 'ansible.cfg', content: ansibleCfg(lab, header) },
    {
      path: LAB_FILES.ignored.path,
      content: `# ${header}\n# Passwords, keys and logs are made in here: nothing for git but base/, the files as they were written, and this.\n*\n!/.gitignore\n!/base/\n!/base/**\n`,
    },
    { path: INVENTORY, content: toYaml(inventory(lab), `# ${header}`) },
    { path: GROUP_VARS, content: toYaml(ansibleVars(lab), `# ${header}`) },
  ]
  if (can(lab).buildImages) {
    made.push({ path: NODE_IMAGE_SETTINGS, content: nodeImageSettings(lab, header) })
  }
  if (can(lab).makeMachines && (lab.runner !== 'host' || lab.ownBox)) {
    made.push({ path: PACKAGE_SETTINGS, content: packageSettings(lab, header) })
  }
  return options.roles === 'copy'
    ? [...made, ...(await staticFiles(lab)), ...(await editorFiles(source))]
    : made
}
