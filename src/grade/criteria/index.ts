import type { StaticId } from '../grade-words.ts'
import type { Criterion } from './criterion.ts'
import { edits } from './edits.ts'
import { files } from './files.ts'
import { lint } from './lint.ts'
import { playbook } from './playbook.ts'
import { recoveryConf } from './recovery-conf.ts'
import { report } from './report.ts'
import { secrets } from './secrets.ts'
import { slot } from './slot.ts'
import { superuser } from './superuser.ts'
import { trust } from './trust.ts'
import { vagrantfile } from './vagrantfile.ts'

/** Every criterion. To add one: write its file, list it here, in grade-words.ts and with its points in rubric.ts. */
export const CRITERIA = {
  files,
  vagrantfile,
  playbook,
  slot,
  recoveryConf,
  trust,
  superuser,
  secrets,
  report,
  edits,
  lint,
} as const satisfies Readonly<Record<StaticId, Criterion>>
