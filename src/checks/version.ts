import { postgresNodes } from '../lab.ts'
import { psqlEvidence } from '../postgres/evidence.ts'
import { type Check, lookAtEach } from './support/check.ts'

const SQL = `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int / 10000 AS major`

export const version: Check = {
  id: 'version',
  title: 'PostgreSQL is the major version of the config',
  run: (lab, guest) =>
    lookAtEach('version', postgresNodes(lab), async (node) => {
      const rows = await guest.rows<{ version: string; major: number }>(node, SQL)
      const [row] = rows
      return [
        {
          what: 'PostgreSQL version',
          expected: String(lab.postgres.version),
          observed: row?.version ?? 'unknown',
          ok: row?.major === lab.postgres.version,
          hint:
            'A lab keeps its major version. Set postgres.version in cluster.config.ts to the one observed, ' +
            'or start over: npx create-pg-lab destroy && npx create-pg-lab up',
          ...psqlEvidence(SQL, rows),
        },
      ]
    }),
}
