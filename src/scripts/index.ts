import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../package-root.ts'

/** How a program begins that is read by each. */
const INTERPRETERS = {
  '#!/bin/sh': ['sh', '-c'],
  '#!/usr/bin/env bash': ['bash', '-c'],
  '#!/usr/bin/env python3': ['python3', '-c'],
} as const

const read = new Map<string, string>()

/** The text of a program for the lab's machines; it is read when somebody first wants it. */
function scriptText(name: string): string {
  const known = read.get(name)
  if (known !== undefined) return known
  const text = readFileSync(join(packageRoot(), 'src', 'scripts', name), 'utf8')
  read.set(name, text)
  return text
}

/**
 * The words that run one of our programs on a machine, for `Guest.shell`. Nothing of it is laid down there.
 * @param name a file of this folder, e.g. `load.sh`; its head says what its words mean
 */
export function scripted(name: string, words: readonly string[] = []): readonly string[] {
  const text = scriptText(name)
  const first = text.slice(0, text.indexOf('\n')) as keyof typeof INTERPRETERS
  // A shell calls what comes first behind the program $0, and Python what comes first behind it argv[1].
  return [...INTERPRETERS[first], text, ...(name.endsWith('.py') ? [] : [name]), ...words]
}
