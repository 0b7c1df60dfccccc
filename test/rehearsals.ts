/**
 * `npm run test:rehearsals`: the verbs, the drills, the restores, the sabotages, and a config that changes under a
 * live lab, each on a real lab of its own. The last line counts: `N passed, N failed`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conclude, vitest } from './support/vitest.ts'

const results = mkdtempSync(join(tmpdir(), 'pg-lab-rehearsals-'))
const counts = vitest('rehearsals', { results, options: ['--no-file-parallelism'] })
rmSync(results, { recursive: true })
conclude([counts])
