import type { ExamFault } from '../exam-fault.ts'
import { restartServer } from '../hands.ts'

export const smallBuffers: ExamFault = {
  id: 'small-buffers',
  area: 'settings',
  plan({ primary, standby, backup }) {
    return {
      node: primary,
      touches: [
        `${primary.name}/settings/shared_buffers`,
        `${primary.name}/settings/restart`,
        // They end with the server: a standby comes back at once, receive-wal when cron starts it again.
        ...[standby, backup].flatMap((node) => (node ? [`${node.name}/stream`] : [])),
      ],
      needs: [`${primary.name}/commits`, ...(standby ? [`${standby.name}/replay`] : [])],
      symptom: {
        en: `Since the maintenance of last night ${primary.name} reads from the disk all the time; before, everything was in memory.`,
        ru: `После ночных работ ${primary.name} постоянно читает с диска, хотя раньше всё помещалось в память.`,
      },
      look: {
        en: `How much memory does ${primary.name} use for pages, and which file says so?`,
        ru: `Сколько памяти ${primary.name} отводит под страницы и какой файл это задаёт?`,
      },
      cause: {
        en: `ALTER SYSTEM set shared_buffers to 2MB on ${primary.name}, which wins over postgresql.conf.`,
        ru: `На ${primary.name} через ALTER SYSTEM задан shared_buffers = 2MB, и он важнее postgresql.conf.`,
      },
      finding: `settings ${primary.name}: shared_buffers`,
      observed: /^2MB$/,
      remedy: [
        { on: primary, type: 'sudo -u postgres psql -c "ALTER SYSTEM RESET shared_buffers"' },
        { on: primary, type: "sudo systemctl restart 'postgresql*'" },
      ],
      async inflict(guest) {
        await guest.execute(primary, "ALTER SYSTEM SET shared_buffers = '2MB';")
        await restartServer(guest, primary)
      },
    }
  },
}
