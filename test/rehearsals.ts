/**
 * `npm run test:rehearsals`: the verbs, the drills, the restores, the sabotages, and a config that changes under a
 * live lab, each on a real lab of its own. The last line counts: `N passed, N failed`.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { step } from './support/tools.ts'
import { conclude, vitest } from './support/vitest.ts'

const results = mkdtempSync(join(tmpdir(), 'pg-lab-rehearsals-'))
const setUp = step('node', ['dist/pg-lab.js', 'doctor', '--fix'])
const counts = vitest('rehearsals', { results, options: ['--no-file-parallelism'] })
rmSync(results, { recursive: true })
conclude([setUp, counts])
