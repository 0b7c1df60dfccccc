import { UserError } from '../../errors.ts'
import type { BackupNode, Lab, LabNode } from '../../lab.ts'
import { findPrimary, whyNotOne } from '../../postgres/topology.ts'
import type { Session } from './session.ts'

/** @throws UserError when the lab has none */
export function backupHost({ backup }: Lab): BackupNode {
  if (backup) return backup
  throw new UserError('This lab has no backup host', {
    hint: 'take `backup: false` out of cluster.config.ts',
  })
}

/**
 * @param purpose completes "There is not exactly one primary …"
 * @throws UserError when there is none, or more than one
 */
export async function onePrimary({ lab, guest }: Session, purpose: string): Promise<LabNode> {
  const primary = await findPrimary(lab, guest)
  if (primary.found) return primary.node
  throw new UserError(`There is not exactly one primary ${purpose}: ${whyNotOne(primary)}`, {
    hint: 'see who answers: npx create-pg-lab verify --only primary',
  })
}
