import type { History } from '../history.ts'
import { type FoundSecret, secretsIn } from '../secrets-in.ts'
import type { Submission } from '../submission.ts'
import { byFaults, type Criterion, type Desk, unasked } from './criterion.ts'

export interface PlacedSecret extends FoundSecret {
  /** `group_vars/all.yml:3`, and the object of a version that git alone has. */
  readonly place: string
}

/** Nothing that was ever committed is a secret. */
export const secrets: Criterion = {
  id: 'secrets',
  judge({ submission, history, words: { seen } }: Desk) {
    const command = "git log --all -p | grep -nE 'BEGIN .*PRIVATE KEY|[Pp]assword'"
    if (history.state === 'unreadable') return unasked(seen.noGit, command)
    const found = secretsOf(submission, history)
    return byFaults(
      found.map(({ place, kind }) => (kind === 'key' ? seen.secretKey(place) : seen.secret(place))),
      {
        seen: [
          history.state === 'none'
            ? seen.noSecret(submission.files.length)
            : seen.noSecretInHistory(history.commits.length, history.files.length),
        ],
        command,
      },
    )
  },
}

/** Of every version that git has; of the files themselves where there is no git. Each secret once. */
export function secretsOf(submission: Submission, { state, files }: History): readonly PlacedSecret[] {
  const texts =
    state === 'read'
      ? files.map(({ id, path = '', text }) => ({ path, text, id: ` (git show ${id.slice(0, 12)})` }))
      : submission.files.map(({ path, text = '' }) => ({ path, text, id: '' }))
  const found = texts.flatMap(({ path, text, id }) =>
    secretsIn(path, text).map((secret) => ({ ...secret, place: `${path}:${secret.line}${id}` })),
  )
  return found.filter((one, at) => found.findIndex(({ digest }) => digest === one.digest) === at)
}
