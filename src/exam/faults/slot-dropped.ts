import { literal } from '../../postgres/sql.ts'
import { type ExamFault, needsOfPlaybook, PROVISION } from '../exam-fault.ts'

export const slotDropped: ExamFault = {
  id: 'slot-dropped',
  area: 'slots',
  plan(cast) {
    const { primary, standby } = cast
    if (!standby) return undefined
    const { slot } = standby
    return {
      node: primary,
      touches: [`${standby.name}/stream`],
      needs: [`${standby.name}/replay`, ...needsOfPlaybook(cast)],
      symptom: {
        en: `Whatever we enter, ${standby.name} does not show it any more. It answers, with the figures of before.`,
        ru: `Что бы мы ни внесли, на ${standby.name} этого больше не видно: он отвечает, но показывает прежние данные.`,
      },
      look: {
        en: `Which slots are there on ${primary.name}, and which does ${standby.name} ask for?`,
        ru: `Какие слоты есть на ${primary.name} и какой нужен серверу ${standby.name}?`,
      },
      cause: {
        en: `The slot ${slot} was dropped on ${primary.name}, so the walreceiver of ${standby.name} cannot start.`,
        ru: `Слот ${slot} на ${primary.name} удалён, и walreceiver на ${standby.name} не может начать работу.`,
      },
      finding: `slots ${primary.name}: slot ${slot} of ${standby.name}`,
      observed: /missing/,
      remedy: PROVISION,
      // Who streams through it comes back within seconds: it is dropped in the moment between.
      inflict: (guest) =>
        guest.execute(
          primary,
          `DO $$ BEGIN
  FOR turn IN 1..100 LOOP
    PERFORM pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = ${literal(slot)} AND active;
    PERFORM pg_sleep(0.1);
    PERFORM pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = ${literal(slot)} AND NOT active;
    EXIT WHEN NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = ${literal(slot)});
  END LOOP;
END $$;`,
        ),
    }
  },
}
