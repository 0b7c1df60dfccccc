import { UserError } from '../../errors.ts'
import type { BackupNode, Lab, LabNode } from '../../lab.ts'
import { askServers, requirePrimary } from '../../observe/servers.ts'
import type { Session } from './session.ts'

/**
 * @param doing what it is wanted for: `to restore on`
 * @throws UserError when the lab has none
 */
export function backupHost({ backup }: Lab, doing?: string): BackupNode {
  if (backup) return backup
  throw new UserError(['This lab has no backup host', ...(doing ? [doing] : [])].join(' '), {
    hint: 'take `backup: false` out of cluster.config.ts',
  })
}

/** @throws UserError as requirePrimary does */
export async function onePrimary({ lab, guest }: Session, doing: string): Promise<LabNode> {
  return requirePrimary(await askServers(lab, guest), doing)
}
