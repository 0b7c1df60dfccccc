import type { ExamFault } from '../exam-fault.ts'

export const replayPaused: ExamFault = {
  id: 'replay-paused',
  area: 'replication',
  plan({ standby }) {
    if (!standby) return undefined
    return {
      node: standby,
      touches: [`${standby.name}/replay`],
      // A standby that does not replay does not ask for WAL again, once its stream has ended.
      needs: ['primary', `${standby.name}/stream`],
      symptom: {
        en: `The accounting report, which reads from ${standby.name}, has shown the same figures since noon.`,
        ru: `Отчёт бухгалтерии, который читает с ${standby.name}, с обеда показывает одни и те же цифры.`,
      },
      look: {
        en: `WAL reaches ${standby.name}. Is it replayed?`,
        ru: `WAL до ${standby.name} доходит. А применяется ли он?`,
      },
      cause: {
        en: `Somebody paused replay on ${standby.name} (pg_wal_replay_pause).`,
        ru: `На ${standby.name} приостановлено применение WAL (pg_wal_replay_pause).`,
      },
      finding: `standby ${standby.name}: replay`,
      observed: /^paused$/,
      remedy: [{ on: standby, type: 'sudo -u postgres psql -c "SELECT pg_wal_replay_resume()"' }],
      inflict: (guest) => guest.execute(standby, 'SELECT pg_wal_replay_pause();'),
    }
  },
}
