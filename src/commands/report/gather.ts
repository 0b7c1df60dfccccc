import manifest from '../../../package.json' with { type: 'json' }
import type { Lab, LabNode } from '../../lab.ts'
import { copyFiles } from '../../observe/copied-files.ts'
import { redactor } from '../../observe/redact.ts'
import { type Survey, surveyLab } from '../../observe/status.ts'
import { writeTranscript } from '../../observe/transcript.ts'
import { runLoad } from '../../operations/load.ts'
import { passwordsIn } from '../../passwords.ts'
import { barmanVersion } from '../../postgres/barman.ts'
import { type LoadReport, type Report, timeOf, versionsOf } from '../../report/report.ts'
import type { Progress } from '../../tasks/index.ts'
import type { Guest } from '../../tools/ssh/guest-contract.ts'
import { ifReachable } from '../../tools/ssh/if-reachable.ts'
import type { Session } from '../shared/session.ts'

/** The load on the primary. Long enough for a line with a shape, short enough to wait for. */
export const LOAD = { rate: 300, seconds: 6 } as const

/** What the lab's hosts say, and what the commands on them print. */
export async function gatherEvidence(
  { lab, guest, directory }: Session,
  { at, isReadOnly }: { readonly at: string; readonly isReadOnly: boolean },
  { note }: Progress,
): Promise<Pick<Report, 'versions' | 'survey' | 'sections' | 'files'>> {
  const hide = redactor(passwordsIn(directory))
  note('who streams from whom')
  const survey = await surveyLab(lab, guest)
  const sections = await writeTranscript(lab, guest, {
    primary: primaryNode(lab, survey) ?? lab.master,
    mark: `report of ${timeOf(at)}`,
    isReadOnly,
    hide,
    onCommand: ({ node, command }) => note(`${node}: ${command}`),
  })
  note('the configuration files')
  const [files, barman] = await Promise.all([copyFiles(lab, guest, hide), versionOfBarman(lab, guest)])
  const others = [
    ...(barman ? [['Barman', barman] as const] : []),
    ['create-pg-lab', manifest.version] as const,
  ]
  return { versions: versionsOf(lab, survey.nodes, others), survey, sections, files }
}

/** A short load on the primary; `undefined` where there is none. */
export async function gatherLag(
  { lab, guest }: Session,
  survey: Survey,
  progress: Progress,
): Promise<LoadReport | undefined> {
  const primary = primaryNode(lab, survey)
  if (!primary) return undefined
  const { transactions, samples } = await runLoad(lab, primary, guest, {
    ...LOAD,
    onSample: ({ atMs }) => progress.note(`${Math.round(atMs / 1000)} s`),
  })
  return { ...LOAD, transactions, samples }
}

function primaryNode(lab: Lab, { primary }: Survey): LabNode | undefined {
  return [lab.master, ...lab.slaves].find(({ name }) => name === primary)
}

async function versionOfBarman({ backup }: Lab, guest: Guest): Promise<string | undefined> {
  if (!backup) return undefined
  return ifReachable(() => barmanVersion(guest, backup), undefined)
}
