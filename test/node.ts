/**
 * `npm run test:node`: the units on which a version of Node.js has a say (loading configs, the command line, running
 * processes, generating and writing files), once with each version of `engines`. `npm test` runs all of them on one.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conclude, vitest } from './support/vitest.ts'

const VERSIONS = [20, 22, 24]

const UNITS = [
  'test/cli.test.ts',
  'test/config/',
  'test/generate/',
  'test/resolve-lab.test.ts',
  'test/tasks.test.ts',
  'test/tools/run.test.ts',
  'test/tools/signals.test.ts',
]

/** This asks Vagrant's Ruby, which takes long and is the same whatever Node.js is. */
const SAME_EVERYWHERE = ['--exclude', 'test/generate/vagrantfile.test.ts']

const results = mkdtempSync(join(tmpdir(), 'pg-lab-node-'))
const counts = VERSIONS.map((version) =>
  vitest('unit', { results, options: [...UNITS, ...SAME_EVERYWHERE], node: version }),
)
rmSync(results, { recursive: true })
conclude(counts)
