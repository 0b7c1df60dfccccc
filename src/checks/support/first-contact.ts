import type { LabNode } from '../../lab.ts'
import { onceAGuest } from '../../tools/ssh/ask-once.ts'
import type { Guest } from '../../tools/ssh/guest-contract.ts'

/** What a host shows to anyone who logs in. */
export interface Greeting {
  /** Its clock, in seconds since 1970, read at some time between these two of ours (ms). */
  readonly clockS: number
  readonly askedMs: number
  readonly answeredMs: number
  /** ~/.ssh/authorized_keys of the login user; `undefined` where it cannot be read. */
  readonly keys: string | undefined
}

/* ssh begins in the login user's home. */
const SCRIPT = 'date +%s.%N; exec cat .ssh/authorized_keys'

/** @throws CommandError when the host cannot be reached */
export const greet = onceAGuest(async (guest: Guest, node: LabNode): Promise<Greeting> => {
  const askedMs = Date.now()
  const { exitCode, stdout } = await guest.shell(node, ['sh', '-c', SCRIPT])
  const answeredMs = Date.now()
  const [clock = '', ...keys] = stdout.split('\n')
  return {
    clockS: Number(clock),
    askedMs,
    answeredMs,
    keys: exitCode === 0 ? keys.join('\n') : undefined,
  }
})
