import { LAB_FILES } from '../../lab-files.ts'
import { filesDigest, timeOf } from '../../report/report.ts'
import type { Submission } from '../submission.ts'
import { byFaults, type Criterion, type Desk, unasked } from './criterion.ts'

/** As much of report.json as is held against the hand-in. It was written by a stranger: anything may be missing. */
interface GivenReport {
  readonly schema?: unknown
  readonly at?: unknown
  readonly provenance?: {
    readonly config?: { readonly file?: unknown; readonly sha256?: unknown }
    readonly roles?: { readonly sha256?: unknown }
    readonly commit?: { readonly id?: unknown }
  }
  readonly evidence?: readonly {
    readonly steps?: readonly { readonly id?: unknown; readonly node?: unknown; readonly output?: unknown }[]
  }[]
  readonly checks?: readonly {
    readonly findings?: readonly { readonly what?: unknown; readonly observed?: unknown }[]
  }[]
}

const ROLES = 'provisioning'

/** The report was made of this repository, by one cluster. */
export const report: Criterion = {
  id: 'report',
  judge(desk) {
    const { submission, words } = desk
    const command = `sha256sum cluster.config.*; git cat-file -t "$(jq -r .provenance.commit.id ${LAB_FILES.reportData.path})"`
    const text = submission.files.find(({ path }) => path === LAB_FILES.reportData.path)?.text
    if (text === undefined) return unasked(words.seen.noReport, command)
    const given = readReport(text)
    if (!given) return { outcome: 'failed', seen: [words.seen.brokenReport], command }
    const at = timeOf(String(given.at))
    const systems = systemsOf(given)
    return byFaults([...othersMade(desk, given), ...othersSaid(desk, given)], {
      seen: [words.seen.ownReport(at, systems.join(', '))],
      command,
    })
  },
}

function readReport(text: string): GivenReport | undefined {
  try {
    const given = JSON.parse(text) as GivenReport | null
    return /\/report\.schema\.json$/.test(String(given?.schema)) ? (given ?? undefined) : undefined
  } catch {
    return undefined
  }
}

/** What it was made of is not what lies here. */
function othersMade(
  { submission, history, words: { seen } }: Desk,
  { provenance }: GivenReport,
): readonly string[] {
  const { config, roles, commit } = provenance ?? {}
  const file = submission.files.find(({ path }) => path === config?.file)
  const isOtherCommit = history.state === 'read' && commit && !history.commits.includes(String(commit.id))
  return [
    ...(file && file.sha256 === config?.sha256 ? [] : [seen.otherConfig(String(config?.file))]),
    ...(roles?.sha256 === rolesDigest(submission) ? [] : [seen.otherRoles]),
    ...(isOtherCommit ? [seen.otherCommit(String(commit.id).slice(0, 12))] : []),
  ]
}

function rolesDigest({ files }: Submission): string {
  const inside = files.filter(({ path }) => path.startsWith(`${ROLES}/`))
  return filesDigest(inside.map(({ path, sha256 }) => ({ name: path.slice(ROLES.length + 1), sha256 })))
}

/** The servers it shows are not one cluster, or do not all have its row. */
function othersSaid({ words: { seen } }: Desk, given: GivenReport): readonly string[] {
  const systems = systemsOf(given)
  const row = `report of ${timeOf(String(given.at))}`
  const steps = stepsOf(given).filter(({ id }) => ['insert', 'read', 'readLater'].includes(String(id)))
  const without = steps.filter(({ id, output }) => id !== 'readLater' && !String(output).includes(row))
  return [
    ...(systems.length === 0 ? [seen.noSystem] : []),
    ...(systems.length > 1 ? [seen.otherSystems(systems.join(', '))] : []),
    ...without.map(({ node }) => seen.noRow(String(node))),
  ]
}

/** System identifiers that the servers named, each once. */
function systemsOf({ checks }: GivenReport): readonly string[] {
  const findings = listOf(checks).flatMap((check) => listOf(check?.findings))
  const said = findings.filter((finding) => finding?.what === 'system identifier')
  return [...new Set(said.map(({ observed }) => String(observed)))]
}

function stepsOf({ evidence }: GivenReport) {
  return listOf(evidence).flatMap((section) => listOf(section?.steps))
}

function listOf<Item>(value: readonly Item[] | undefined): readonly Item[] {
  return Array.isArray(value) ? value : []
}

/** What no two clusters have in common: who they are, and what they answered. */
export function clusterOf(submission: Submission): {
  readonly systems: readonly string[]
  readonly transcript: string
} {
  const text = submission.files.find(({ path }) => path === LAB_FILES.reportData.path)?.text
  const given = text === undefined ? undefined : readReport(text)
  if (!given) return { systems: [], transcript: '' }
  return {
    systems: systemsOf(given),
    transcript: stepsOf(given)
      .map(({ output }) => String(output))
      .join('\n'),
  }
}
