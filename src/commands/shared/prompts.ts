import type { Asker } from '../../create/questions.ts'
import { Interrupted, UserError } from '../../errors.ts'
import { watch } from '../../tools/process/signals.ts'
import { type Context, canAsk } from './context.ts'

/**
 * A question with yes and no; no is the default. Only where `canAsk`.
 * @throws Interrupted when it is answered with Ctrl-C
 */
export async function ask(question: string): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts')
  const answer = await untilSignal((signal) => confirm({ message: question, initialValue: false, signal }))
  if (isCancel(answer)) throw new Interrupted('SIGINT')
  return answer
}

/**
 * Whether the user wants what was just said to be deleted; it says so where it is not.
 * @param words of the command, without `--yes`
 * @throws UserError where nobody can be asked
 */
export async function agreesToDelete(
  context: Context,
  { yes, words, question }: { readonly yes: boolean; readonly words: string; readonly question: string },
): Promise<boolean> {
  if (yes) return true
  if (!canAsk(context)) {
    throw new UserError('Nothing was deleted: there is no terminal to ask on', {
      hint: `confirm with --yes: npx create-pg-lab ${words} --yes`,
    })
  }
  if (await ask(question)) return true
  context.print('Nothing was deleted.')
  return false
}

/** The terminal makes a key of Ctrl-C while a question stands; what another process sends is a signal. */
async function untilSignal<Answer>(question: (signal: AbortSignal) => Promise<Answer>): Promise<Answer> {
  const abort = new AbortController()
  const release = watch({ interrupt: () => abort.abort(), kill: () => abort.abort() })
  try {
    return await question(abort.signal)
  } finally {
    release()
  }
}

/** A person at the terminal. @throws Interrupted when a question is answered with Ctrl-C */
export function terminalAsker(): Asker {
  let isFirst = true
  const prompts = async () => {
    const clack = await import('@clack/prompts')
    if (isFirst) clack.intro('A new PostgreSQL lab. Enter accepts what is shown, Ctrl-C writes nothing.')
    isFirst = false
    return clack
  }
  return {
    async text({ message, initial, check }) {
      const { text } = await prompts()
      const validate = (answer: string | undefined) => check(answer ?? '')
      return answered(await text({ message, placeholder: initial, defaultValue: initial, validate }))
    },
    async choose({ message, options, initial }) {
      const { select } = await prompts()
      const rows = options.map(({ value: _, ...row }, index) => ({ value: index, ...row }))
      const at = options.findIndex(({ value }) => value === initial)
      const chosen = answered(await select({ message, options: rows, initialValue: at }))
      return options[chosen]?.value ?? initial
    },
  }
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer === 'symbol') throw new Interrupted('SIGINT', ['Nothing was written.'])
  return answer as Exclude<T, symbol>
}
