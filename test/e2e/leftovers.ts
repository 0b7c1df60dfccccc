import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { CONTROL_LABEL } from '../matrix/control.ts'
import { OWNER, ownerNow, spawn } from './support.ts'

/**
 * A run of tests that was killed leaves its labs behind, and with them names, addresses and ports that the labs to come
 * need. Removes their containers before the first test, and those of the matrix's control hosts.
 */
export default function removeLeftovers(): void {
  const format = `{{.ID}} {{.Label "pg-lab.folder"}}{{.Label "${CONTROL_LABEL}"}}`
  const { stdout } = spawn('docker', ['ps', '--all', '--format', format])
  const left = stdout.split('\n').filter((line) => isLeft(line.slice(line.indexOf(' ') + 1)))
  const ids = left.map((line) => line.split(' ')[0] ?? '')
  if (ids.length > 0) spawn('docker', ['rm', '--force', '--volumes', ...ids])
}

/** @param folder of a lab, or the one above it; only those in the folder for temporary files can be a test's */
function isLeft(folder: string): boolean {
  const temporary = realpathSync(tmpdir()) + sep
  if (!folder.startsWith(temporary)) return false
  const [parent = ''] = folder.slice(temporary.length).split(sep)
  const owner = join(temporary, parent, OWNER)
  if (!existsSync(owner)) return !existsSync(folder)
  const said = readFileSync(owner, 'utf8')
  return ownerNow(Number.parseInt(said, 10)) !== said
}
