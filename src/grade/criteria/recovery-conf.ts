import { postgresHas } from '../../catalog/postgres-features.ts'
import type { Code } from '../code.ts'
import { byFaults, type Criterion, unasked } from './criterion.ts'
import { findAll } from './places.ts'

/** Other numbers are of other things. */
const [OLDEST, NEWEST] = [9, 29]

const VERSION =
  /\bpostgres(?:ql)?[_-]?(?:major[_-]?)?(?:version|ver)["']?\s*[:=]\s*["']?(\d{1,2})\b|\bpostgresql-?(\d{2})\b|\/(?:postgresql|pgsql)[/-](\d{1,2})\b/gi

const WRITTEN = /(?:>|\btee\b|\b(?:cp|mv|touch)\b)[^\n]*recovery\.conf\b/g

/** No file that the server refuses to start with. */
export const recoveryConf: Criterion = {
  id: 'recoveryConf',
  judge({ submission, code, words: { seen } }) {
    const command = "grep -rn 'recovery\\.conf' .; find . -name 'recovery.conf*'"
    const places = [
      ...submission.files.map(({ path }) => path).filter((path) => /(^|\/)recovery\.conf(\.j2)?$/.test(path)),
      ...madeByTask(code),
      ...findAll(code, WRITTEN).map(({ place }) => place),
    ]
    const [place] = places
    if (place === undefined) return byFaults([], { seen: [seen.noRecoveryConf], command })
    const version = newestVersion(code)
    if (version === undefined) return unasked(seen.versionUnknown(place), command)
    if (!postgresHas(version, 'standby_signal'))
      return byFaults([], { seen: [seen.mayHaveRecoveryConf(version)], command })
    return byFaults(
      places.map((one) => seen.recoveryConf(one, version)),
      { seen: [], command },
    )
  },
}

function madeByTask({ maps }: Code): readonly string[] {
  const isOne = (value: unknown) => typeof value === 'string' && /(^|\/)recovery\.conf$/.test(value)
  return maps
    .filter(
      ({ members }) => ['dest', 'path'].some((key) => isOne(members[key])) && members.state !== 'absent',
    )
    .map(({ path }) => path)
}

function newestVersion(code: Code): number | undefined {
  const found = findAll(code, VERSION).map(({ groups }) =>
    Number(groups.slice(1).find((group) => group !== '')),
  )
  const likely = found.filter((major) => major >= OLDEST && major <= NEWEST)
  return likely.length === 0 ? undefined : Math.max(...likely)
}
