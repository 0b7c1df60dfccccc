import manifest from '../../package.json' with { type: 'json' }
import type { NodeState } from '../observe/status.ts'
import { findingsOf, isStepOk, type Report, sha256, verdictOf, worstLags } from './report.ts'

/** Where its schema lies in the package. */
const SCHEMA = `${manifest.name}/schemas/report.schema.json`

/**
 * The report for programs, `report.json`: the same in every language of the report, with the words of the checks and
 * servers as they are. Names are camelCase, times ISO 8601, sizes bytes, durations milliseconds.
 */
export function reportData(report: Report): object {
  const { lab, at, isReadOnly, handIn, provenance, versions, survey, sections, checks, load, drills, files } =
    report
  return {
    schema: SCHEMA,
    version: manifest.version,
    lab,
    at,
    isReadOnly,
    ...verdictOf(report),
    handIn,
    provenance,
    versions: Object.fromEntries(versions),
    primary: survey.primary,
    nodes: survey.nodes.map(nodeData),
    evidence: sections.map((section) => ({
      ...section,
      steps: section.steps.map((step) => ({
        ...step,
        ok: isStepOk(report, step),
        findings: findingsOf(report, step).length,
      })),
    })),
    load: load && {
      rate: load.rate,
      durationMs: load.seconds * 1000,
      transactions: load.transactions,
      worst: worstLags(load.samples).map(({ name, ...lag }) => ({ node: name, ...inMs(lag) })),
    },
    drills: drills.map(({ course, ...drill }) => ({
      ...drill,
      outage: course.outage,
      unprotected: course.unprotected,
    })),
    checks,
    files: files.map(({ node, source, path, text }) => ({ node, source, path, sha256: sha256(text) })),
  }
}

function nodeData({ lag, ...node }: NodeState) {
  const { name, address, role, state, ok, upstream, timeline, lsn, slot, sync, version, disk } = node
  const { problem, hint } = node
  const seen = { name, address, role, state, ok, upstream, timeline, lsn, slot, sync, version, disk }
  return { ...seen, problem, hint, lag: lag && inMs(lag) }
}

function inMs({ bytes, seconds }: { readonly bytes: number; readonly seconds: number }) {
  return { bytes, ms: Math.round(seconds * 1000) }
}
