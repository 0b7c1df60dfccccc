import { type ExamFault, ours } from '../exam-fault.ts'
import { runAsRoot } from '../hands.ts'

export const standbyStopped: ExamFault = {
  id: 'standby-stopped',
  area: 'replication',
  plan({ standby }) {
    if (!standby) return undefined
    return {
      node: standby,
      touches: [standby.name],
      needs: ['primary'],
      symptom: {
        en: `The reports do not open at all: ${standby.name} refuses every connection.`,
        ru: `Отчёты вообще не открываются: ${standby.name} отклоняет любые подключения.`,
      },
      look: { en: `What runs on ${standby.name}?`, ru: `Что запущено на ${standby.name}?` },
      cause: {
        en: `PostgreSQL was stopped on ${standby.name}.`,
        ru: `На ${standby.name} остановлен PostgreSQL.`,
      },
      finding: `primary ${standby.name}: ${standby.name} answers`,
      observed: /refused|No such file|failed/,
      remedy: [ours('up')],
      inflict: (guest) => runAsRoot(guest, standby, "systemctl stop 'postgresql*'"),
    }
  },
}
