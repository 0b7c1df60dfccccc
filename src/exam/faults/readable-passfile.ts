import type { ExamFault } from '../exam-fault.ts'
import { closeSenders, runAsRoot } from '../hands.ts'

export const readablePassfile: ExamFault = {
  id: 'readable-passfile',
  area: 'passwords',
  plan({ lab, primary, standby }) {
    if (!standby) return undefined
    return {
      node: standby,
      touches: [`${standby.name}/passfile`, `${standby.name}/stream`],
      needs: [`${standby.name}/replay`],
      symptom: {
        en: `A script of ours "repaired" file permissions on ${standby.name}. Nothing new has come there since.`,
        ru: `Наш скрипт «поправил» права на файлы на ${standby.name}. С тех пор туда не приходит ничего нового.`,
      },
      look: {
        en: `Where does ${standby.name} take its password from, and when does libpq refuse to read it?`,
        ru: `Откуда ${standby.name} берёт пароль и когда libpq отказывается его читать?`,
      },
      cause: {
        en: `~postgres/.pgpass of ${standby.name} may be read by others, so libpq ignores it: no password is sent.`,
        ru: `~postgres/.pgpass на ${standby.name} доступен другим, поэтому libpq его не читает и пароль не передаёт.`,
      },
      finding: `secrets ${standby.name}: mode and owner of ~postgres/.pgpass`,
      observed: /^644 /,
      remedy: [
        {
          on: standby,
          type: "sudo sh -c 'chown postgres: ~postgres/.pgpass && chmod 600 ~postgres/.pgpass'",
        },
      ],
      async inflict(guest) {
        await runAsRoot(guest, standby, 'chmod 644 ~postgres/.pgpass')
        await closeSenders(guest, primary, lab.replication.user)
      },
    }
  },
}
