import { PROVIDERS } from '../catalog/providers/index.ts'
import { type Lab, nodesOf } from '../lab.ts'
import type { PlanItem } from './plan-item.ts'
import type { PlanSurvey } from './survey.ts'

const MODES = ['host-only', 'internal'] as const

/** The network mode a Vagrantfile was written for; `undefined` where both look alike. */
function modeOf({ provider }: Lab, vagrantfile: string): (typeof MODES)[number] | undefined {
  const { network } = PROVIDERS[provider]
  const lines = vagrantfile.split('\n').map((line) => line.trim().replace(/,$/, ''))
  const fitting = MODES.filter((mode) => network[mode].every((line) => lines.includes(line)))
  const [one, other] = fitting.toSorted((a, b) => network[b].length - network[a].length)
  return one && other && network[one].length === network[other].length ? undefined : one
}

function nameOf(vagrantfile: string): string | undefined {
  return /^lab = "([^"]+)"$/m.exec(vagrantfile)?.[1]
}

/** Machines are wired when they are made, or start: a running one would lose the others. */
export function otherNetwork(lab: Lab, { former, machines, made }: PlanSurvey): readonly PlanItem[] {
  const { vagrantfile } = former
  const wiring = PROVIDERS[lab.provider].network
  const refuse = (text: string, hint: string): PlanItem => ({
    kind: 'machine',
    node: lab.master.name,
    action: 'refuse',
    text,
    hint,
  })
  const mode = modeOf(lab, vagrantfile)
  const name = nameOf(vagrantfile)
  const isNamed = wiring[lab.network.mode].some((line) => /^[^#]*: lab\b/.test(line))
  const isRunning = machines.size > 0
  if (isRunning && mode !== undefined && mode !== lab.network.mode) {
    return [
      refuse(
        `the machines run in a network that is ${mode}, and the config asks for ${lab.network.mode}`,
        'stop them first, then the new network is there when they start: npx create-pg-lab halt && npx create-pg-lab up',
      ),
    ]
  }
  if (made.size > 0 && isNamed && name !== undefined && name !== lab.name) {
    return [
      refuse(
        `the machines are in a network that is called like the lab, ${name}, and the config asks for ${lab.name}`,
        `put name: '${name}' back, or start over, which deletes the data: npx create-pg-lab destroy && npx create-pg-lab up`,
      ),
    ]
  }
  return []
}

/** A machine keeps the name it was made under; only those made later bear the new one. */
export function keptNames(lab: Lab, { former, made }: PlanSurvey): readonly PlanItem[] {
  const name = nameOf(former.vagrantfile)
  if (name === undefined || name === lab.name) return []
  return nodesOf(lab)
    .filter((node) => made.has(node.name))
    .map((node) => ({
      kind: 'machine',
      node: node.name,
      action: 'keep',
      text: `${PROVIDERS[lab.provider].title} goes on calling it ${name}-${node.name}; what is made from now on is called ${lab.name}-…`,
    }))
}
