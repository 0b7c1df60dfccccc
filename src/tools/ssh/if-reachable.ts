import { CommandError } from '../../errors.ts'

/**
 * Asks a machine that may be down, or whose server may.
 * @param otherwise stands for its answer when the command fails, which is no error here; any other error goes on
 */
export async function ifReachable<Answer, Silence>(
  work: () => Promise<Answer>,
  otherwise: Silence,
): Promise<Answer | Silence> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof CommandError) return otherwise
    throw error
  }
}
