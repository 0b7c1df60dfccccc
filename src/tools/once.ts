import type { BackupNode } from '../lab.ts'
import type { Guest } from './contracts.ts'

/** Asks the backup host once a guest, whoever wants to know: several checks share an answer, and each question takes its time. */
export function onceAGuest<T>(
  ask: (guest: Guest, backup: BackupNode) => Promise<T>,
): (guest: Guest, backup: BackupNode) => Promise<T> {
  const answers = new WeakMap<Guest, Promise<T>>()
  return (guest, backup) => {
    const answer = answers.get(guest) ?? ask(guest, backup)
    answers.set(guest, answer)
    return answer
  }
}
