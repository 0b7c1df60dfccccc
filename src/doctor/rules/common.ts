import { ENDED_NODE } from '../../catalog/ran.ts'
import { nodesOf } from '../../lab.ts'
import type { Host } from '../host.ts'
import { howToInstall, TOOLS, type ToolName } from '../packages.ts'
import { outsideOfRun, together } from '../range.ts'
import type { Rule, Sighting } from '../rule.ts'
import { ansibleVersion, isAtLeast, vagrantVersion, versionOf } from '../version.ts'
import { guestPythonTooOld } from './guest-python.ts'

const always = () => true

/** A tool that no package manager of this computer brought new enough has to come from its makers. */
function tooOld(host: Host, tool: ToolName, title: string, seen: string, minimum: string): Sighting {
  return {
    ok: false,
    seen,
    cause: `${title} ${minimum} or newer is needed`,
    remedy: `install a newer one from ${TOOLS[tool].home}`,
    ...(host.platform.manager === 'brew' ? { remedy: `brew upgrade ${tool}` } : {}),
  }
}

/** The sighting of a plain tool: there or not, new enough or not. */
export function sightingOf(
  host: Host,
  tool: ToolName,
  title: string,
  version: string | undefined,
  minimum: string | undefined,
): Sighting {
  if (version === undefined) {
    const remedy = howToInstall(tool, host.platform)
    return {
      ok: false,
      seen: 'not found',
      cause: `${title} is not on PATH`,
      remedy,
      fix: { install: [tool] },
    }
  }
  if (minimum && version && !isAtLeast(version, minimum)) return tooOld(host, tool, title, version, minimum)
  return seenWith(version || 'found', version && outsideOfRun(tool, version))
}

/** Allowed, with what there is to say of it. */
export function seenWith(seen: string, ...warnings: readonly (string | undefined)[]): Sighting {
  const warning = together(...warnings)
  return { ok: true, seen, ...(warning ? { warning } : {}) }
}

/** `engines` of package.json; npm only warns. */
export const node: Rule = {
  id: 'node',
  title: 'Node.js',
  applies: always,
  async look({ nodeVersion }) {
    const [major = 0] = nodeVersion.split('.').map(Number)
    const minimum = major === 20 ? '20.19' : '22.12'
    if (major !== 21 && isAtLeast(nodeVersion, minimum)) {
      const ended = ENDED_NODE[major] && `Node.js ${major} has had no fixes since ${ENDED_NODE[major]}.`
      const how = ended && 'A newer one: https://nodejs.org/en/download'
      return seenWith(nodeVersion, outsideOfRun('node', nodeVersion), ended, how)
    }
    return {
      ok: false,
      seen: nodeVersion,
      cause: 'Node.js 20.19, 22.12 or newer is needed',
      remedy: 'install it from https://nodejs.org/en/download',
    }
  },
}

export const vagrant: Rule = {
  id: 'vagrant',
  title: 'Vagrant',
  applies: ({ provider }) => provider !== 'ssh',
  look: async (host) => sightingOf(host, 'vagrant', 'Vagrant', await vagrantVersion(host), '2.3'),
}

export const ansible: Rule = {
  id: 'ansible',
  title: 'Ansible',
  applies: ({ lab }) => lab?.runner !== 'guest',
  async look(host, { lab }) {
    const isWindows = host.platform.system === 'win32' // where Ansible does not run
    const hasNone = isWindows || (await ansibleVersion(host)) === undefined
    const runner = lab?.runner ?? (isWindows ? 'auto' : 'host')
    if (hasNone && runner === 'auto') {
      const player = lab ? nodesOf(lab).at(-1)?.name : "a lab's last machine"
      return { ok: true, seen: `none here, so ${player} runs it for all` }
    }
    if (isWindows) {
      return {
        ok: false,
        seen: 'not on Windows',
        cause: 'Ansible does not run on Windows itself',
        remedy: "set runner to 'auto' in cluster.config.ts, or run create-pg-lab in WSL: wsl --install",
      }
    }
    const version = await ansibleVersion(host)
    const sighting = sightingOf(host, 'ansible', 'ansible-core', version, '2.14')
    if (!sighting.ok || !version) return sighting
    return (lab && (await guestPythonTooOld(host, lab, version))) ?? sighting
  },
}

export const ssh: Rule = {
  id: 'ssh',
  title: 'OpenSSH client',
  applies: always,
  look: async (host) => sightingOf(host, 'ssh', 'ssh', await versionOf(host, 'ssh', ['-V']), undefined),
}
