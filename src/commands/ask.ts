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
