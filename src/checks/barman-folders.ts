import type { BackupNode } from '../lab.ts'
import { barmanConfig, everything, OWN_FOLDERS } from '../postgres/barman.ts'
import { shellWord } from '../tools/process/quote.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'
import { type Check, lookAtBackup, type Seen } from './support/check.ts'

/** Barman's names for the folders it writes to. */
const FOLDERS = [
  'backup_directory',
  'basebackups_directory',
  'wals_directory',
  'incoming_wals_directory',
  'streaming_wals_directory',
]

/** `barman check` only asks whether they exist: that nothing can be written shows at the next backup. */
export const folders: Check = {
  id: 'folders',
  title: 'Barman can write to its folders',
  run: (lab, guest) => lookAtBackup('folders', lab, (backup) => lookAtFolders(backup, guest)),
}

async function lookAtFolders(backup: BackupNode, guest: Guest): Promise<readonly Seen[]> {
  const { config } = await barmanConfig(guest, backup)
  const paths = FOLDERS.map((name) => config[name]).filter((path) => typeof path === 'string')
  const argv = ['find', ...paths, '-maxdepth', '1', '-type', 'd', '!', '-writable']
  const output = await guest.shell(backup, argv, { as: 'barman' })
  const bad = everything(output).split('\n').filter(Boolean)
  return [
    {
      what: 'folders of Barman',
      expected: 'all writable for barman',
      observed:
        bad.length === 0 ? 'all writable for barman' : `not writable: ${[...new Set(bad)].join(', ')}`,
      ok: bad.length === 0 && output.exitCode === 0,
      hint: `The next backup, or the next WAL segment, would fail. ${OWN_FOLDERS}`,
      command: `sudo -u barman ${argv.map(shellWord).join(' ')}`,
      output: everything(output),
    },
  ]
}
