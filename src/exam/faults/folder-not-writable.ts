import type { ExamFault } from '../exam-fault.ts'
import { runAsRoot } from '../hands.ts'

export const folderNotWritable: ExamFault = {
  id: 'folder-not-writable',
  area: 'disk',
  plan({ backup }) {
    if (!backup) return undefined
    const folder = `~barman/${backup.server}/base`
    return {
      node: backup,
      touches: [`${backup.name}/folders`],
      needs: [`${backup.name}/stream`],
      symptom: {
        en: "Every backup breaks off at once. There is room on the disk, and Barman's own check is green.",
        ru: 'Любая резервная копия сразу обрывается. Место на диске есть, и проверка самого Barman зелёная.',
      },
      look: {
        en: `Who may write to the folders of Barman on ${backup.name}?`,
        ru: `Кому можно писать в каталоги Barman на ${backup.name}?`,
      },
      cause: {
        en: `${folder} on ${backup.name} belongs to root.`,
        ru: `Каталог ${folder} на ${backup.name} принадлежит root.`,
      },
      finding: `folders ${backup.name}: folders of Barman`,
      observed: /not writable: .*base/,
      remedy: [{ on: backup, type: 'sudo chown -R barman: ~barman && sudo chmod -R u+rwX ~barman' }],
      // His group may write there, too.
      inflict: (guest) => runAsRoot(guest, backup, `chown root: ${folder}\nchmod go-w ${folder}`),
    }
  },
}
