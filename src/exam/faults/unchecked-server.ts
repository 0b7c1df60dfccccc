import { quoteWord } from '../../tools/process/quote.ts'
import { type ExamFault, needsOfPlaybook, PROVISION } from '../exam-fault.ts'
import { fileOfSetting, reload, runAsRoot } from '../hands.ts'

export const uncheckedServer: ExamFault = {
  id: 'unchecked-server',
  area: 'tls',
  plan(cast) {
    const { lab, standby } = cast
    if (!lab.postgres.tls || !standby) return undefined
    return {
      node: standby,
      touches: [`${standby.name}/stream`, `${standby.name}/settings/primary_conninfo`],
      needs: needsOfPlaybook(cast),
      symptom: {
        en: `The auditors set up a server of their own with the master's address, and ${standby.name} would have believed it.`,
        ru: `Аудиторы подставили свой сервер с адресом мастера, и ${standby.name} готов был ему поверить.`,
      },
      look: {
        en: `How strictly does ${standby.name} check whom it streams from?`,
        ru: `Насколько строго ${standby.name} проверяет, от кого получает WAL?`,
      },
      cause: {
        en: `primary_conninfo of ${standby.name} says sslmode=require: encrypted, but with whomever.`,
        ru: `В primary_conninfo на ${standby.name} стоит sslmode=require: шифруется, но неизвестно с кем.`,
      },
      finding: `tls ${standby.name}: primary_conninfo, who is believed to be the server`,
      observed: /^sslmode=require$/,
      remedy: PROVISION,
      async inflict(guest) {
        const file = await fileOfSetting(guest, standby, 'primary_conninfo')
        await runAsRoot(
          guest,
          standby,
          `sed -i '/^primary_conninfo/s/sslmode=verify-full/sslmode=require/' ${quoteWord(file)}`,
        )
        await reload(guest, standby)
      },
    }
  },
}
