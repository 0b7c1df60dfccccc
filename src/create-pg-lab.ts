#!/usr/bin/env node
import { runProgram } from './cli.ts'
import { VERBS } from './commands/index.ts'

/**
 * `npm create pg-lab my-lab` and `npx create-pg-lab my-lab`: like pg-lab, with `create` as the command that need
 * not be named.
 */
function withCreate(argv: readonly string[]): readonly string[] {
  const [first = ''] = argv
  const isNamed = ['help', '--version', ...VERBS.map(({ name }) => name)].includes(first)
  return isNamed ? argv : ['create', ...argv]
}

await runProgram(withCreate(process.argv.slice(2)))
