import type { Finding } from '../../src/finding.ts'
import { surveyLab } from '../../src/observe/status.ts'
import type { DrillReport } from '../../src/report/drill-report.ts'
import type { Report } from '../../src/report/report.ts'
import { BACKUPS, masterAnswer, slaveAnswer, speakingGuest, type Voice } from '../observe/answers.ts'
import { testLab } from '../support/lab.ts'

/** What tries to break out of every form at once. */
export const HOSTILE = `</pre></details><script>alert(1)</script> | \`\`\` \`x\` [a](javascript:1) **b** "q" 'r' & ]]>`

export function finding(overrides: Partial<Finding> = {}): Finding {
  return {
    check: 'slots',
    node: 'master',
    what: 'slot slave_slot of slave',
    expected: 'physical, active',
    observed: 'physical, active',
    ok: true,
    ...overrides,
  }
}

/** A drill with an outage of the writes and one of the stream. */
export function drillReport(overrides: Partial<DrillReport> = {}): DrillReport {
  const text = (en: string, ru: string) => ({ en, ru })
  return {
    drill: 'slave-outage',
    how: 'process',
    lab: 'otus',
    versions: [['PostgreSQL', '15']],
    at: '2026-11-22T18:08:40.123Z',
    title: text('A slave goes away', 'Реплика пропала'),
    teaches: text('why a slot', 'зачем слот'),
    intro: [text('The slave is stopped.', 'Реплика остановлена.')],
    steps: [
      { part: 'disaster', title: text('Stop it', 'Остановить'), fromMs: 3000, toMs: 4200, result: undefined },
      { part: 'repair', title: text('Start it', 'Запустить'), fromMs: 8000, toMs: 9500, result: '1.2 MB' },
    ],
    figures: [
      { name: text('Writes were refused for (RTO)', 'Запись была недоступна (RTO)'), value: '2.5 s' },
      { name: text('Lost (RPO)', 'Потеряно (RPO)'), value: text('0 of 800', '0 из 800') },
    ],
    lessons: [text('A slot keeps WAL.', 'Слот хранит WAL.')],
    course: {
      writes: [80, 81, 79, 40, 0, 0, 60, 82, 80, 81],
      lags: [0, 1000, 2000, 9000, 10000].map((atMs) => ({
        atMs,
        lags: { slave: { bytes: atMs * 100, seconds: 0 } },
      })),
      outage: { fromMs: 3500, toMs: 6000 },
      close: {
        fromMs: 2000,
        stepMs: 100,
        writes: Array.from({ length: 55 }, (_, at) => (at > 14 && at < 40 ? 0 : 8)),
      },
      unprotected: { fromMs: 3200, toMs: 9000 },
    },
    ...overrides,
  }
}

export const FAILED = finding({
  what: 'slot barman of backup',
  observed: 'missing',
  ok: false,
  hint: 'On backup: sudo -u barman barman cron',
})

const VOICES = { master: masterAnswer(), slave: slaveAnswer(), backup: BACKUPS }

/** A report of the default lab, as the servers of the tests tell it. */
export async function sampleReport(
  overrides: Partial<Report> = {},
  voices: Readonly<Record<string, Voice>> = {},
): Promise<Report> {
  const survey = await surveyLab(testLab(), speakingGuest({ ...VOICES, ...voices }))
  return {
    lab: 'otus',
    at: '2026-11-22T18:08:40.123Z',
    versions: [
      ['PostgreSQL', '15.20'],
      ['Barman', '3.4.0'],
    ],
    isReadOnly: false,
    handIn: { author: 'Anna Ivanova', group: 'DB-12', task: 'Homework 3' },
    provenance: {
      config: { file: 'cluster.config.ts', sha256: 'ba16' },
      roles: { sha256: 'c0de' },
      commit: { id: 'abc123', isDirty: true },
      edits: [{ path: 'provisioning/site.yml', patch: '--- a\n+++ b\n-old\n+new\n' }],
    },
    checks: [{ id: 'slots', title: 'Each slot exists and is used', findings: [finding()] }],
    survey,
    sections: [
      {
        kind: 'primary',
        node: 'master',
        address: '192.168.11.150',
        steps: [
          {
            id: 'slots',
            node: 'master',
            command: 'sudo -u postgres psql -c "SELECT 1"',
            output: ` slot_name | active\n-----------+--------\n barman    | t\n${'wide '.repeat(60)}`,
            ok: true,
            checks: ['slots'],
          },
        ],
      },
    ],
    files: [
      {
        node: 'master',
        source: '/etc/postgresql/15/main/pg_hba.conf',
        path: 'files/master/pg_hba.conf',
        text: 'local all all peer\n',
      },
    ],
    load: {
      rate: 300,
      seconds: 2,
      transactions: 600,
      samples: [0, 500, 1000, 1500, 2000].map((atMs) => ({
        atMs,
        lags: { slave: { bytes: atMs * 10, seconds: atMs / 1e5 } },
      })),
    },
    drills: [drillReport()],
    ...overrides,
  }
}

/** The same with hostile words wherever a server or the config has any. */
export async function hostileReport(): Promise<Report> {
  const report = await sampleReport()
  const [section] = report.sections
  const [step] = section?.steps ?? []
  if (!section || !step) throw new Error('the sample has a step')
  return {
    ...report,
    lab: HOSTILE,
    versions: [['PostgreSQL', HOSTILE]],
    handIn: { author: HOSTILE, group: HOSTILE, task: HOSTILE },
    provenance: {
      config: { file: HOSTILE, sha256: 'ba16' },
      roles: { sha256: 'c0de' },
      commit: { id: HOSTILE, isDirty: false },
      edits: [{ path: HOSTILE, patch: HOSTILE }],
    },
    checks: [
      {
        id: 'slots',
        title: HOSTILE,
        findings: [
          finding({ what: HOSTILE, observed: HOSTILE }),
          finding({
            ok: false,
            node: HOSTILE,
            what: HOSTILE,
            expected: HOSTILE,
            observed: HOSTILE,
            hint: HOSTILE,
          }),
        ],
      },
    ],
    survey: {
      ...report.survey,
      nodes: report.survey.nodes.map((node) => ({
        ...node,
        name: `${node.name}${HOSTILE}`,
        upstream: node.upstream && `${node.upstream}${HOSTILE}`,
        state: HOSTILE,
        slot: HOSTILE,
        lsn: HOSTILE,
      })),
    },
    sections: [
      { ...section, node: HOSTILE, steps: [{ ...step, node: HOSTILE, command: HOSTILE, output: HOSTILE }] },
    ],
    files: [{ node: HOSTILE, source: HOSTILE, path: 'files/x', text: HOSTILE }],
    drills: [hostileDrill(drillReport())],
    load: {
      rate: 1,
      seconds: 1,
      transactions: 1,
      samples: [{ atMs: 0, lags: { [HOSTILE]: { bytes: 1, seconds: 0 } } }],
    },
  }
}

function hostileDrill(report: DrillReport): DrillReport {
  const hostile = { en: HOSTILE, ru: HOSTILE }
  return {
    ...report,
    drill: HOSTILE,
    how: HOSTILE,
    lab: HOSTILE,
    versions: [['PostgreSQL', HOSTILE]],
    title: hostile,
    intro: [hostile],
    steps: report.steps.map((step) => ({ ...step, title: hostile, result: HOSTILE })),
    figures: [{ name: hostile, value: HOSTILE }],
    lessons: [hostile],
    course: { ...report.course, lags: [{ atMs: 1, lags: { [HOSTILE]: { bytes: 1, seconds: 0 } } }] },
  }
}
