import { type AppliedFiles, isSource } from '../generate/applied-files.ts'
import type { WriteResult } from '../generate/write/write.ts'
import { type Lab, type LabNode, nodesOf } from '../lab.ts'
import { differences, type HostState } from '../observe/host-state.ts'
import { leavingItems, machineItems } from './machines.ts'
import { serverItems } from './server-items.ts'
import { renamedSlots } from './slots.ts'
import type { PlanSurvey } from './survey.ts'

/** So old a run is no proof any more: certificates are renewed, and backups that were missed are taken, by the playbook. */
const MAX_AGE_MS = 7 * 24 * 3_600_000

/** Whether Ansible runs: why it does, or how long ago the servers were left as they are. */
export type Applying = { readonly why: string } | { readonly agoMs: number }

/** What is known when it is to be decided. */
export interface BeforeApplying {
  readonly seen: PlanSurvey
  /** What the writer has done, or would do. */
  readonly files: WriteResult
  /** Of the files as they are; `undefined` when they cannot be read. */
  readonly applied: AppliedFiles | undefined
  readonly nowMs: number
}

/** As a mark names the files. */
export function nameOfApplied({ sources, secrets }: AppliedFiles): string {
  return `${sources} ${secrets}`
}

/** The playbook is left out only where nothing speaks for it: whatever is not known does. */
export function decideToApply(lab: Lab, { seen, files, applied, nowMs }: BeforeApplying): Applying {
  const why = ofTheLab(lab, seen) ?? ofTheFiles(files) ?? (applied ? undefined : 'its files cannot be read')
  if (why !== undefined || !applied) return { why: why ?? '' }
  const hosts = nodesOf(lab).map((node) => ofHost(node, seen.hosts.get(node.name), applied, nowMs))
  const doubt = hosts.find((host) => 'why' in host)
  if (doubt) return doubt
  return { agoMs: Math.max(...hosts.map((host) => ('agoMs' in host ? host.agoMs : 0))) }
}

function ofTheLab(lab: Lab, seen: PlanSurvey): string | undefined {
  if (seen.takesOver) return 'the lab takes servers over'
  const [item] = [...machineItems(lab, seen), ...serverItems(lab, seen), ...leavingItems(lab, seen)].filter(
    ({ action }) => action !== 'keep',
  )
  if (item) return `${item.node}: ${item.text}`
  const [slot] = renamedSlots(lab, seen)
  return slot === undefined ? undefined : `the slot ${slot} has another name now`
}

function ofTheFiles({ written, merged, removed, conflicts }: WriteResult): string | undefined {
  const changed = [...written, ...merged, ...removed, ...conflicts.map(({ path }) => path)].find(isSource)
  return changed === undefined ? undefined : `${changed} changes`
}

function ofHost(
  { name }: LabNode,
  state: HostState | undefined,
  applied: AppliedFiles,
  nowMs: number,
): Applying {
  if (!state) return { why: `${name} does not answer` }
  if ('doubt' in state) return { why: `${name}: ${state.doubt}` }
  const { mark, lines } = state
  if (!mark) return { why: `no run that ended well has left its mark on ${name}` }
  const [sources = '', secrets] = mark.applied.split(' ')
  if (sources !== applied.sources)
    return { why: 'files in provisioning, or how Vagrant calls it, have changed' }
  if (secrets !== applied.secrets) return { why: 'passwords or keys have changed on this computer' }
  const agoMs = nowMs - mark.atMs
  if (agoMs < 0) return { why: `the mark on ${name} is of a time to come` }
  if (agoMs > MAX_AGE_MS) return { why: 'the last run was more than a week ago' }
  const [first, ...others] = differences(mark.state, lines)
  if (first === undefined) return { agoMs }
  const more = others.length === 0 ? '' : `, and ${others.length} more`
  return { why: `${name}: ${first} is not as the last run left it${more}` }
}
