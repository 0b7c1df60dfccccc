import { dirname } from 'node:path/posix'
import { certificatePaths } from '../../guest-paths.ts'
import { quoteWord } from '../../tools/process/quote.ts'
import { type ExamFault, needsOfPlaybook, ours } from '../exam-fault.ts'
import { closeSenders, reload, runAsRoot } from '../hands.ts'

export const foreignCertificate: ExamFault = {
  id: 'foreign-certificate',
  area: 'tls',
  plan(cast) {
    const { lab, primary, standby, backup } = cast
    if (!lab.postgres.tls || !standby) return undefined
    const streams = [standby, ...(backup ? [backup] : [])].map(({ name }) => `${name}/stream`)
    return {
      node: primary,
      touches: [`${primary.name}/certificate`, ...streams],
      needs: [`${standby.name}/replay`, ...needsOfPlaybook(cast)],
      symptom: {
        en: `Somebody renewed a certificate last night. ${standby.name} has got nothing new since, and the application complains of the server.`,
        ru: `Ночью кто-то обновил сертификат. С тех пор на ${standby.name} ничего нового, а приложение не доверяет серверу.`,
      },
      look: {
        en: `Who signed the certificate of ${primary.name}?`,
        ru: `Кем подписан сертификат ${primary.name}?`,
      },
      cause: {
        en: `${primary.name} shows a certificate that it signed itself; its clients believe the lab's authority only.`,
        ru: `${primary.name} предъявляет самоподписанный сертификат, а клиенты верят только удостоверяющему центру стенда.`,
      },
      finding: `standby ${standby.name}: walreceiver`,
      observed: /certificate verify failed/,
      remedy: [ours('up')],
      async inflict(guest) {
        const folder = quoteWord(dirname(certificatePaths().certificate))
        const subject = `-subj ${quoteWord(`/CN=${primary.name}`)} -addext subjectAltName=IP:${primary.address}`
        const make = `openssl req -x509 -newkey rsa:2048 -nodes -keyout server.key -out server.crt -days 99 ${subject}`
        await runAsRoot(guest, primary, `cd ${folder}; ${make}`)
        await reload(guest, primary)
        await closeSenders(guest, primary)
      },
    }
  },
}
