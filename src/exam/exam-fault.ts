import type { BackupNode, Lab, LabNode, PostgresNode } from '../lab.ts'
import { linksOf } from '../postgres/topology.ts'
import type { Text } from '../report/drill-report.ts'
import type { Guest } from '../tools/ssh/guest-contract.ts'

/** What a fault is about, as the first hint says it. */
export const AREAS = {
  barman: { en: 'how Barman is set up', ru: 'настройка Barman' },
  clock: { en: 'time', ru: 'время' },
  cron: { en: 'what runs at its time', ru: 'задания по расписанию' },
  disk: { en: 'disk space and the right to write', ru: 'место на диске и права на запись' },
  hba: { en: 'who may connect (pg_hba.conf)', ru: 'кому можно подключаться (pg_hba.conf)' },
  network: { en: 'the network', ru: 'сеть' },
  passwords: { en: 'passwords', ru: 'пароли' },
  replication: { en: 'streaming and replay', ru: 'передача и применение WAL' },
  roles: { en: 'rights of the roles', ru: 'права ролей' },
  settings: { en: 'settings of the server', ru: 'параметры сервера' },
  slots: { en: 'replication slots', ru: 'слоты репликации' },
  timeline: { en: 'timelines', ru: 'линии времени' },
  tls: { en: 'certificates and TLS', ru: 'сертификаты и TLS' },
  wal: { en: 'the archive of WAL', ru: 'архив WAL' },
} as const satisfies Readonly<Record<string, Text>>

/** Whom the faults of an exam are about, as the servers were when it began. */
export interface ExamCast {
  readonly lab: Lab
  readonly primary: PostgresNode
  /** The first that streams from the primary itself; `undefined` in a lab without slaves. */
  readonly standby: PostgresNode | undefined
  readonly backup: BackupNode | undefined
}

/**
 * A part of the lab, as a path: `slave` is the whole machine's server, `slave/stream` how it streams. Of `master/roles`
 * and `master/roles/replica` each is part of the other.
 */
export type Thing = string

/** What a person types. */
export interface RemedyStep {
  /** Where; `undefined`: in the lab's folder. */
  readonly on: LabNode | undefined
  readonly type: string
}

/** A fault, as this lab can have it. */
export interface PlannedFault {
  /** The machine it is done to. */
  readonly node: LabNode
  /** What it breaks. */
  readonly touches: readonly Thing[]
  /** What has to be whole for it to show, to be named by `verify`, and to be repaired. */
  readonly needs: readonly Thing[]
  /** As a user reports it. */
  readonly symptom: Text
  /** What to look at: the last hint. */
  readonly look: Text
  readonly cause: Text
  /** The finding that names it: `check node: what`. */
  readonly finding: string
  /** What that finding observes. */
  readonly observed: RegExp
  readonly remedy: readonly RemedyStep[]
  /** Does it. Repeatable: whoever was cut off in the middle of it does it again. Loses nothing that was committed. */
  inflict(guest: Guest): Promise<void>
}

/** One way to break a lab. To add one: write its file, list it in faults/index.ts. */
export interface ExamFault {
  /** Short and stable. */
  readonly id: string
  readonly area: keyof typeof AREAS
  /** @returns `undefined` where the lab has nothing that could break so */
  plan(cast: ExamCast): PlannedFault | undefined
}

/** The cast with this primary. */
export function castOf(lab: Lab, primary: PostgresNode): ExamCast {
  const standby = linksOf(lab, primary).find(({ upstream }) => upstream.name === primary.name)?.node
  return { lab, primary, standby, backup: lab.backup }
}

/** One of our own commands. */
export function ours(words: string): RemedyStep {
  return { on: undefined, type: `npx create-pg-lab ${words}` }
}

/** The playbook writes all files again; it asks for one primary, and lets Barman make its folders. */
export const PROVISION: readonly RemedyStep[] = [ours('provision')]

export function needsOfPlaybook({ backup, primary }: ExamCast): readonly Thing[] {
  return ['primary', `${primary.name}/settings/reload`, ...(backup ? [`${backup.name}/folders`] : [])]
}
