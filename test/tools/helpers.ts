import { chmodSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { expect } from 'vitest'
import { CommandError } from '../../src/errors.ts'
import type { LabNode } from '../../src/lab.ts'

export const master: LabNode = {
  role: 'master',
  name: 'master',
  address: '10.97.1.10',
  memoryMb: 512,
  cpus: 1,
}

/** A new folder with these files. */
export function folderWith(files: Record<string, string> = {}): string {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), 'pg-lab-test-')))
  const folder = join(parent, basename(parent)) // alone: a lab looks at the labs in the folders beside it
  mkdirSync(folder)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

/** A folder for the front of PATH, with shell scripts in place of tools. */
export function scriptedTools(scripts: Record<string, string>): { readonly PATH: string } {
  const bin = folderWith(scripts)
  for (const name of Object.keys(scripts)) chmodSync(join(bin, name), 0o755)
  return { PATH: `${bin}:${process.env.PATH}` }
}

/** What a promise is rejected with, as a CommandError. */
export async function commandError(promise: Promise<unknown>): Promise<CommandError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(CommandError)
  return error as CommandError
}
