import { can } from '../../catalog/providers/index.ts'
import type { ExamFault } from '../exam-fault.ts'
import { runAsRoot } from '../hands.ts'

export const clockAhead: ExamFault = {
  id: 'clock-ahead',
  area: 'clock',
  plan({ lab, standby, backup }) {
    const node = standby ?? backup
    // A container has the clock of this computer, which nobody sets wrong for an exam.
    if (!node || can(lab).buildImages || !can(lab).makeMachines) return undefined
    return {
      node,
      touches: [`${node.name}/clock`],
      needs: [],
      symptom: {
        en: `The log of ${node.name} tells of things that have not happened yet.`,
        ru: `В журнале ${node.name} записи о том, чего ещё не было.`,
      },
      look: {
        en: `What time is it on each host, and who sets the clock of ${node.name}?`,
        ru: `Который час на каждой машине и кто подводит часы на ${node.name}?`,
      },
      cause: {
        en: `The clock of ${node.name} was set five minutes ahead, and nothing sets it right any more.`,
        ru: `Часы ${node.name} переведены на пять минут вперёд, и больше их никто не подводит.`,
      },
      finding: `clock ${node.name}: clock`,
      observed: /ahead/,
      remedy: [
        { on: node, type: "sudo date --set='5 minutes ago'" },
        { on: node, type: 'sudo timedatectl set-ntp true' },
      ],
      // Once: done again it would be ten minutes.
      inflict: (guest) =>
        runAsRoot(
          guest,
          node,
          "timedatectl show -p NTP | grep -q yes || exit 0; date --set='5 minutes'; timedatectl set-ntp false",
        ),
    }
  },
}
