import { BOX_SCRIPT, type BoxedLab, type BoxSource, findBox } from '../box-source.ts'
import type { Host } from '../host.ts'
import { howToInstall } from '../packages.ts'
import type { Rule, Sighting } from '../rule.ts'
import { machinesToMake } from './lab.ts'

const ELSEWHERE =
  "set box.url to one that somebody exported (npx create-pg-lab box export), or provider: 'docker' in cluster.config.ts"

/** The box that the machines are made from is here, can be fetched, or can be made here. */
export const box: Rule = {
  id: 'box',
  title: 'Vagrant box',
  applies: ({ lab }) => lab?.box !== undefined,
  async look(host, scope) {
    const { lab } = scope
    if (!lab?.box || machinesToMake(scope).length === 0) return { ok: true, seen: 'none needed' }
    return sightingOfBox(await findBox(host, { ...lab, box: lab.box }), { ...lab, box: lab.box }, host)
  },
}

function sightingOfBox(source: BoxSource, lab: BoxedLab, host: Host): Sighting {
  const { name } = lab.box
  switch (source.from) {
    case 'here':
      return { ok: true, seen: `${source.box.name} ${source.box.version} is here` }
    case 'address':
      return { ok: true, seen: `${name} can be fetched` }
    case 'packages': {
      const seen = `${source.own} can be made here`
      if (source.silent === undefined) return { ok: true, seen }
      const warning = `${source.silent} has no ${name} for us: up makes one from the packages of the system, once, in minutes.`
      return { ok: true, seen, warning }
    }
    case 'stranger':
      return {
        ok: false,
        seen: `another ${source.box.name}`,
        cause: 'the box of that name was not made by create-pg-lab',
        remedy: `vagrant box remove ${source.box.name} --provider ${source.box.provider} --all`,
      }
    case 'nowhere':
      return nowhere(source, lab, host)
  }
}

function nowhere(
  { silent, cause, code }: BoxSource & { from: 'nowhere' },
  lab: BoxedLab,
  host: Host,
): Sighting {
  const problem = {
    ok: false,
    seen: `no ${lab.box.name}`,
    cause: [silent && `${silent} has none for us`, cause].filter(Boolean).join(', and '),
  } as const
  if (code === 1) {
    const tools = ['mmdebstrap', 'qemu-img'] as const
    const remedy = tools.map((tool) => howToInstall(tool, host.platform)).join(' && ')
    return { ...problem, remedy, fix: { install: tools } }
  }
  const { os, provider } = lab
  const made = `/var/tmp/${os.name}-${provider}`
  const asRoot = `sudo sh ${BOX_SCRIPT} ${os.name} ${os.release} ${provider} ${made} && vagrant box add ${made}/${os.name}-${provider}.json`
  if (code === 2) return { ...problem, remedy: `npx create-pg-lab generate && ${asRoot}, or ${ELSEWHERE}` }
  return { ...problem, remedy: ELSEWHERE }
}
