// `npm start`: what the program needs, then the program. Plain JavaScript, for nothing is installed or built yet.
// npm and the bundler speak only where they fail: what is to be seen first is the lab's own progress.
import { spawnSync } from 'node:child_process'

const TITLE = 'Set up create-pg-lab'
const fromMs = Date.now()
if (process.stdout.isTTY) process.stdout.write(`… ${TITLE}`)
const isWindows = process.platform === 'win32'
const { status, stdout, stderr } = spawnSync('npm', ['install', '--no-audit', '--no-fund'], {
  encoding: 'utf8',
  maxBuffer: 64 * 2 ** 20,
  shell: isWindows, // npm is a .cmd there
})
if (status !== 0) {
  process.stderr.write(`\n${stdout ?? ''}${stderr ?? ''}`)
  process.stderr.write('\n✖ npm install failed, so there is no program yet\n\n  → npm install says it again\n')
  process.exit(3)
}
const mark = process.stdout.isTTY ? '\r✔' : '✔'
process.stdout.write(`${mark} ${TITLE} · ${Math.round((Date.now() - fromMs) / 1000)} s\n`)
process.argv.splice(2, process.argv.length, 'up', '--install', ...process.argv.slice(2))
await import('../dist/pg-lab.js')
