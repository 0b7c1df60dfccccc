import type { Host } from './host.ts'
import { namesFor, TOOLS, type ToolName } from './packages.ts'
import type { Diagnosis, Sighting } from './rule.ts'

/** Every Debian and Ubuntu offers it: where apt names no repository for it, apt has no lists, and knows nothing. */
const ALWAYS_OFFERED = 'coreutils'

/** What `apt-cache policy` says of one package: its candidate, and the repositories it is offered by. */
function policies(text: string): ReadonlyMap<string, string> {
  const blocks = text.split(/^(?=\S+:$)/m)
  return new Map(blocks.map((block) => [block.slice(0, block.indexOf(':')), block]))
}

function hasCandidate(block: string | undefined): boolean {
  return /^ +Candidate: (?!\(none\))/m.test(block ?? '')
}

/** Lines such as ` 500 http://deb.debian.org/debian bookworm/main amd64 Packages`; dpkg's own record has 100. */
function isOffered(block: string | undefined): boolean {
  return /^ +(?!100 )-?\d+ \S+:\S/m.test(block ?? '')
}

/** The packages of these tools that apt could install. */
export async function aptCandidates(host: Host, tools: readonly ToolName[]): Promise<ReadonlySet<string>> {
  const { stdout } = await host.run({ file: 'apt-cache', args: ['policy', ...namesOf(tools)] })
  return new Set([...policies(stdout)].flatMap(([name, block]) => (hasCandidate(block) ? [name] : [])))
}

function namesOf(tools: readonly ToolName[]): readonly string[] {
  return tools.flatMap((tool) => {
    const { names = [], ifKnown = [] } = namesFor(tool, 'apt') ?? {}
    return [...names, ...ifKnown]
  })
}

/** @returns the tools that apt does not have; none where it has no lists to say it from */
async function notInApt(host: Host, tools: readonly ToolName[]): Promise<readonly ToolName[]> {
  const answer = await host.ask('apt-cache', ['policy', ALWAYS_OFFERED, ...namesOf(tools)])
  const said = policies(answer?.stdout ?? '')
  if (!isOffered(said.get(ALWAYS_OFFERED))) return []
  return tools.filter((tool) => namesFor(tool, 'apt')?.names.some((name) => !hasCandidate(said.get(name))))
}

/** A package is proposed only where apt has it; else the page of who makes the program. */
export async function withoutUnknownPackages(
  host: Host,
  diagnoses: readonly Diagnosis[],
): Promise<readonly Diagnosis[]> {
  const wanted = [...new Set(diagnoses.flatMap(({ sighting }) => toolsOf(sighting)))]
  if (host.platform.manager !== 'apt' || wanted.length === 0) return diagnoses
  const missing = await notInApt(host, wanted)
  return diagnoses.map((diagnosis) => {
    const tool = toolsOf(diagnosis.sighting).find((one) => missing.includes(one))
    return tool === undefined ? diagnosis : { ...diagnosis, sighting: fromItsPage(diagnosis.sighting, tool) }
  })
}

function toolsOf(sighting: Sighting): readonly ToolName[] {
  return !sighting.ok && sighting.fix && 'install' in sighting.fix ? sighting.fix.install : []
}

function fromItsPage(sighting: Sighting, tool: ToolName): Sighting {
  if (sighting.ok) return sighting
  const { ok, seen, cause } = sighting
  return { ok, seen, cause, remedy: `install it from ${TOOLS[tool].home}: apt has no package of it here` }
}
