import type { Diagnosis } from '../../doctor/index.ts'
import { type Paint, printable } from '../../paint.ts'

/** What was seen of this computer, one line a rule; a problem has its cause and what to type below it. */
export function showDiagnoses(diagnoses: readonly Diagnosis[], paint: Paint): string {
  const width = Math.max(...diagnoses.map(({ rule }) => rule.title.length))
  return diagnoses.flatMap((diagnosis) => diagnosisLines(diagnosis, width, paint)).join('\n')
}

function diagnosisLines({ rule, sighting }: Diagnosis, width: number, paint: Paint): readonly string[] {
  const line = `${rule.title.padEnd(width)}  ${printable(sighting.seen)}`
  const code = paint('dim', `[${rule.id}]`)
  if (!sighting.ok) {
    return [
      `${paint('red', '✖')} ${line} ${code}`,
      `    ${sighting.cause}`,
      `    ${paint('cyan', '→')} ${sighting.remedy}`,
    ]
  }
  if (sighting.warning) return [`${paint('yellow', '!')} ${line} ${code}`, `    ${sighting.warning}`]
  return [`${paint('green', '✔')} ${line}`]
}
