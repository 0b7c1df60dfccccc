import { type ExamFault, needsOfPlaybook, PROVISION } from '../exam-fault.ts'
import { appendLine, fileNamedBy, restartServer } from '../hands.ts'

export const deafServer: ExamFault = {
  id: 'deaf-server',
  area: 'network',
  plan(cast) {
    const { primary, standby, backup } = cast
    if (!standby) return undefined
    const streams = [standby, ...(backup ? [backup] : [])].map(({ name }) => `${name}/stream`)
    const settings = ['listen_addresses', 'restart'].map((name) => `${primary.name}/settings/${name}`)
    return {
      node: primary,
      touches: [`${primary.name}/network`, ...settings, ...streams],
      needs: [`${standby.name}/replay`, `${primary.name}/certificate`, ...needsOfPlaybook(cast)],
      symptom: {
        en: `Nobody gets through to ${primary.name} over the network, neither people nor servers. Logged in on the machine, all is well.`,
        ru: `По сети до ${primary.name} никто не достучится: ни люди, ни серверы. А на самой машине всё работает.`,
      },
      look: {
        en: `At which addresses does PostgreSQL listen on ${primary.name}?`,
        ru: `На каких адресах слушает PostgreSQL на ${primary.name}?`,
      },
      cause: {
        en: `listen_addresses of ${primary.name} is localhost: it takes connections of its own machine only.`,
        ru: `На ${primary.name} задан listen_addresses = localhost: подключения принимаются только с самой машины.`,
      },
      finding: `standby ${standby.name}: walreceiver`,
      observed: /refused/,
      remedy: PROVISION,
      async inflict(guest) {
        const file = await fileNamedBy(guest, primary, 'config_file')
        const line = "listen_addresses = 'localhost'"
        await appendLine(guest, primary, file, line)
        await restartServer(guest, primary)
      },
    }
  },
}
