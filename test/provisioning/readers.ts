import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const SERVERS = '/usr/lib/postgresql'
const versions = existsSync(SERVERS) ? readdirSync(SERVERS) : []

/** Where a local server's programs are; `npm test` installs one. */
export const bin = versions
  .map((version) => join(SERVERS, version, 'bin'))
  .find((path) => existsSync(join(path, 'initdb')))

/** Runs a Python script of this folder with this text on its standard input. */
export function python(script: string, args: readonly string[], input: string): string {
  return execFileSync('/usr/bin/python3', ['-B', join(import.meta.dirname, script), ...args], {
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
}
