import type { Asker } from '../create/questions.ts'
import { Interrupted } from '../errors.ts'

/**
 * A question with yes and no; no is the default. Only where `canAsk`.
 * @throws Interrupted when it is answered with Ctrl-C
 */
export async function ask(question: string): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts')
  const answer = await confirm({ message: question, initialValue: false })
  if (isCancel(answer)) throw new Interrupted('SIGINT')
  return answer
}

/** A person at the terminal. @throws Interrupted when a question is answered with Ctrl-C */
export const terminalAsker: Asker = {
  async text({ message, initial, check }) {
    const { text } = await import('@clack/prompts')
    const validate = (answer: string | undefined) => check(answer ?? '')
    return answered(await text({ message, placeholder: initial, defaultValue: initial, validate }))
  },
  async choose({ message, options, initial }) {
    const { select } = await import('@clack/prompts')
    const rows = options.map(({ value: _, ...row }, index) => ({ value: index, ...row }))
    const at = options.findIndex(({ value }) => value === initial)
    const chosen = answered(await select({ message, options: rows, initialValue: at }))
    return options[chosen]?.value ?? initial
  },
}

function answered<T>(answer: T): Exclude<T, symbol> {
  if (typeof answer === 'symbol') throw new Interrupted('SIGINT', ['Nothing was written.'])
  return answer as Exclude<T, symbol>
}
