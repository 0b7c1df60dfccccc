import { resolve } from 'node:path'
import { Command } from '../shared/command-line.ts'
import type { Context } from '../shared/context.ts'
import type { Verb } from '../shared/verb.ts'
import { labValues } from './lab-values.ts'

/** A word that may stand at the cursor, and what it is for where that is known. */
export interface Candidate {
  readonly word: string
  readonly told?: string
}

/** Options of every command. */
const COMMON = ['--config', '--directory', '-C']

/** PowerShell cannot hand over an empty word. */
const EMPTY = '@'

/**
 * What may stand at the cursor.
 * @param typed the words after the program's name; the last one is not ended yet
 */
export async function candidates(
  context: Context,
  verbs: readonly Verb[],
  typed: readonly string[],
): Promise<readonly Candidate[]> {
  const last = typed.at(-1) ?? ''
  const current = last === EMPTY ? '' : last
  const { context: there, words } = withoutCommon(context, typed.slice(0, -1))
  const all = await wordsAfter(there, verbs, words, current)
  return all.filter(({ word }) => word.startsWith(current) && (current !== '' || !word.startsWith('-')))
}

/** `-C <folder>` and `--config <file>` say which lab it is, wherever they stand. */
function withoutCommon(context: Context, typed: readonly string[]): { context: Context; words: string[] } {
  const words: string[] = []
  let there = context
  for (let at = 0; at < typed.length; at += 1) {
    const [word = '', next] = typed.slice(at)
    if (!COMMON.includes(word) || next === undefined) words.push(word)
    else {
      at += 1
      there =
        word === '--config'
          ? { ...there, configPath: next }
          : { ...there, directory: resolve(context.cwd, next) }
    }
  }
  return { context: there, words }
}

async function wordsAfter(
  context: Context,
  verbs: readonly Verb[],
  words: readonly string[],
  current: string,
): Promise<readonly Candidate[]> {
  const [name, ...given] = words
  if (COMMON.includes(words.at(-1) ?? '')) return []
  if (name === undefined || (name === 'help' && given.length === 0)) {
    return verbs.map((verb) => ({ word: verb.name, told: verb.summary }))
  }
  const verb = verbs.find((one) => one.name === name)
  if (!verb) return []
  const command = new Command(name)
  verb.attach(command, async () => {})
  const before = command.options.find(({ long }) => long === given.at(-1))
  if (before?.required)
    return valuesOf(context, { name, of: before.attributeName(), choices: before.argChoices }, current)
  if (current.startsWith('-')) {
    return command.options.map(({ long, description }) => ({ word: long ?? '', told: description }))
  }
  const taking = new Set(command.options.filter(({ required }) => required).map(({ long }) => long))
  const at = given.filter((word, index) => !word.startsWith('-') && !taking.has(given[index - 1])).length
  const { registeredArguments } = command
  const lastArgument = registeredArguments.at(-1)
  const argument = registeredArguments[at] ?? (lastArgument?.variadic ? lastArgument : undefined)
  if (!argument) return []
  return valuesOf(context, { name, of: argument.name(), at, choices: argument.argChoices }, current)
}

interface OpenWord {
  /** Of the command. */
  readonly name: string
  /** Name of the option or of the argument. */
  readonly of: string
  /** The argument's place. */
  readonly at?: number
  readonly choices: readonly string[] | undefined
}

async function valuesOf(
  context: Context,
  { name, of, at, choices }: OpenWord,
  current: string,
): Promise<readonly Candidate[]> {
  if (choices) return choices.filter((word) => word !== 'words').map((word) => ({ word }))
  const values = await labValues(context, { name, of, at: at ?? 0 })
  const listed = /^.*,/.exec(current)?.[0] ?? ''
  const taken = listed.split(',')
  const isList = of === 'only' || of === 'delete'
  return isList
    ? values.filter((word) => !taken.includes(word)).map((word) => ({ word: `${listed}${word}` }))
    : values.map((word) => ({ word }))
}
