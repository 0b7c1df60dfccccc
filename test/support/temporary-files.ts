import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Gives the tests of a run one folder for temporary files, and deletes it with all they left in it. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'pg-lab-units-'))
  chmodSync(folder, 0o711) // initdb, as another user, works in a folder of its own in it
  process.env.TMPDIR = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
