/**
 * `npm run bench:standbys -- --slaves 1,8`: how long a lab takes from nothing to verified, a second time, and to be
 * verified once more, by the number of its standbys. Prints a table, and exits with 1 where a second run changed anything.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { changedCounts } from '../test/e2e/support.ts'
import { seconds, withLab } from './lab.ts'

const { values } = parseArgs({ options: { slaves: { type: 'string', default: '1,8' } } })

function configOf(standbys: number) {
  return {
    name: `bench-standbys-${standbys}`,
    provider: 'docker',
    os: 'debian-12', // what docs/scale.md was measured on
    network: { subnet: '10.97.53.0/24' },
    slaves: Array.from({ length: standbys }, () => ({})),
  }
}

/** The machines of all labs start from it, so it must not count as the first one's time. */
function makeImage(): void {
  const cwd = mkdtempSync(join(realpathSync(tmpdir()), 'pg-lab-bench-'))
  writeFileSync(join(cwd, 'cluster.config.json'), JSON.stringify(configOf(1)))
  execFileSync('node', [resolve('dist/pg-lab.js'), 'generate'], { cwd })
  execFileSync('sh', ['provisioning/support/node-image/build.sh'], { cwd })
  rmSync(cwd, { recursive: true })
}

let isGood = true
makeImage()
console.log('| standbys | cold to verified, s | second run, s | changed | verify, s | findings |')
console.log('| --- | --- | --- | --- | --- | --- |')
for (const count of values.slaves.split(',').map(Number)) {
  const startMs = performance.now()
  withLab(undefined, configOf(count), ({ pgLab }) => {
    const coldS = Math.round((performance.now() - startMs) / 1000)
    let changed = 0
    const secondS = seconds(() => {
      changed = Object.values(changedCounts(pgLab('up'))).reduce((sum, count) => sum + count, 0)
    })
    let findings = 0
    const verifyS = seconds(() => {
      findings = JSON.parse(pgLab('verify', '--json')).findings.length
    })
    isGood &&= changed === 0
    console.log(
      `| ${count} | ${coldS} | ${Math.round(secondS)} | ${changed} | ${Math.round(verifyS)} | ${findings} |`,
    )
  })
}
process.exitCode = isGood ? 0 : 1
