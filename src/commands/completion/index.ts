import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EXIT } from '../../errors.ts'
import { packageRoot } from '../../package-root.ts'
import { quoteForShell } from '../../tools/process/quote.ts'
import type { Context } from '../shared/context.ts'
import { passedOn, type Verb } from '../shared/verb.ts'
import { candidates } from './candidates.ts'

/** Shells, and the file of each in `templates/completion/`. */
const SCRIPTS = { bash: 'bash.sh', zsh: 'zsh.sh', fish: 'fish.fish', powershell: 'powershell.ps1' } as const

/** @returns the program without npx, which takes a second to begin: half of the patience of who presses Tab */
function directCall(shell: keyof typeof SCRIPTS): string {
  const words = [process.execPath, join(packageRoot(), 'dist', 'pg-lab.js')]
  if (shell === 'powershell') return words.map((word) => `'${word.replaceAll("'", "''")}'`).join(' ')
  return quoteForShell(words)
}

/**
 * `create-pg-lab completion <shell>`: what that shell has to read. What it then calls is
 * `completion words -- <typed…>`, the last word being the one at the cursor: a line a candidate, with what it is for behind a tab.
 * @param verbs the table of commands
 */
export function completionOf(verbs: readonly Verb[]) {
  return async (
    context: Context,
    _options: object,
    shell: keyof typeof SCRIPTS | 'words',
    typed: readonly string[],
  ): Promise<number> => {
    const text = shell === 'words' ? await lines(context, verbs, passedOn(typed)) : await scriptFor(shell)
    if (text !== '') context.print(text)
    return EXIT.ok
  }
}

async function lines(context: Context, verbs: readonly Verb[], typed: readonly string[]): Promise<string> {
  const found = await candidates(context, verbs, typed)
  return found.map(({ word, told }) => (told === undefined ? word : `${word}\t${told}`)).join('\n')
}

async function scriptFor(shell: keyof typeof SCRIPTS): Promise<string> {
  const script = await readFile(join(packageRoot(), 'templates', 'completion', SCRIPTS[shell]), 'utf8')
  return script.trimEnd().replaceAll('@CALL@', () => directCall(shell))
}
