#!/usr/bin/env node
import { runProgram } from './cli.ts'
import { VERBS } from './commands/index.ts'
import { OTHER_NAMES } from './commands/shared/help.ts'

/** Of every command, or of none. */
const OWN_WORDS = ['help', '--help', '-h', '--version']

/** Where the options end that may stand before the name of a command. */
function afterCommonOptions(argv: readonly string[], from = 0): number {
  const word = argv[from] ?? ''
  if (['-C', '--directory', '--config'].includes(word)) return afterCommonOptions(argv, from + 2)
  return /^(--directory|--config)=/.test(word) ? afterCommonOptions(argv, from + 1) : from
}

/**
 * `npm create pg-lab my-lab` and `npx create-pg-lab my-lab`: like pg-lab, with `create` as the command that need
 * not be named.
 */
function withCreate(argv: readonly string[]): readonly string[] {
  const first = argv[afterCommonOptions(argv)] ?? ''
  const names = VERBS.map(({ name }) => name)
  const isNamed = [...OWN_WORDS, ...Object.keys(OTHER_NAMES), ...names].includes(first)
  return isNamed ? argv : ['create', ...argv]
}

await runProgram(withCreate(process.argv.slice(2)))
