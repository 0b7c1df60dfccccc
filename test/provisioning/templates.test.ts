import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config/schema.ts'
import { UserError } from '../../src/errors.ts'
import { ansibleVars } from '../../src/generate/render/ansible-vars.ts'
import type { Lab } from '../../src/lab.ts'
import { hbaLines } from '../../src/postgres/hba-lines.ts'
import { resolveLab } from '../../src/resolve/resolve-lab.ts'
import { toYaml } from '../../src/yaml.ts'
import { ATTACKS, attempts } from '../generate/hostile-configs.ts'
import { bin, python } from './readers.ts'

const SEED = Number(process.env.HOSTILE_SEED ?? Date.now() % 1_000_000)
const COUNT = 40

/** A lab, where the config makes one. */
function labOf(input: unknown): Lab[] {
  const parsed = parseConfig(input)
  if ('issues' in parsed) return []
  try {
    return [resolveLab(parsed.config, { provider: 'docker', architecture: 'amd64' })]
  } catch (error) {
    if (error instanceof UserError) return []
    throw error
  }
}

type Row = readonly [
  string,
  readonly string[],
  readonly string[],
  string | null,
  string | null,
  string,
  string | null,
]

interface Found {
  readonly hba: readonly Row[]
  readonly settings: Readonly<Record<string, string>>
  readonly barman: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly crontab: readonly (string | readonly string[])[]
}

function readTemplates(labs: readonly Lab[]): Found[] {
  const requests = labs.map((lab) => ({ vars: toYaml(ansibleVars(lab)), master: lab.master.name }))
  const input = requests.map((request) => `${JSON.stringify(request)}\n`).join('')
  const output = python('read-templates.py', [bin ?? '', 'provisioning/roles'], input)
  return output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** Who may connect to what from where: a user, a database and one address a line, whatever the names are. */
function expectHba(lab: Lab, rows: readonly Row[]): void {
  const servers = [lab.master, ...lab.slaves].map(({ address }) => address)
  // The server that reads it here has no certificate.
  const [type, error] = lab.postgres.tls
    ? ['hostssl', 'hostssl record cannot match because SSL is disabled']
    : ['host', null]
  const row = (database: string, user: string, address: string) =>
    [type, [database], [user], address, '255.255.255.255', 'scram-sha-256', error] as const
  const { replication, backup, database, network } = lab
  const barman = backup ? [backup.address] : []
  expect(rows).toEqual([
    ['local', [database.name], [database.owner], null, null, 'peer', null],
    ['local', ['all'], ['all'], null, null, 'peer', null],
    ...servers.map((address) => row('replication', replication.user, address)),
    ...servers.map((address) => row('postgres', replication.rewindUser, address)),
    ...(backup
      ? [
          row('replication', backup.streamingUser, backup.address),
          row('postgres', backup.streamingUser, backup.address),
          row('postgres', backup.user, backup.address),
        ]
      : []),
    ...[network.gateway, ...servers, ...barman].map((address) => row(database.name, database.owner, address)),
  ])
}

function expectBarman({ backup }: Lab, { barman, crontab }: Found): void {
  if (!backup) return
  const { server, user, streamingUser, schedule } = backup
  expect(barman[server]).toMatchObject({
    conninfo: expect.stringContaining(` user=${user} dbname=postgres `),
    streaming_conninfo: expect.stringContaining(` user=${streamingUser} dbname=postgres `),
    slot_name: backup.slot,
    retention_policy: backup.retentionPolicy,
    last_backup_maximum_age: expect.stringMatching(/^\d+ (HOURS|DAYS)$/),
  })
  expect(Object.keys(barman).filter((name) => name !== 'barman' && name.split(':')[0] !== server)).toEqual([])
  const isThere = '[ -x /usr/bin/barman ] &&'
  expect(crontab).toEqual([
    'MAILTO=root',
    ['*', '*', '*', '*', '*', 'barman', `${isThere} /usr/bin/barman -q cron`],
    [...schedule.split(' '), 'barman', `${isThere} timeout 86400 /usr/bin/barman -q backup ${server}`],
  ])
}

describe.skipIf(bin === undefined)('the templates of the roles', () => {
  it('say to PostgreSQL, Barman and cron what the config says, and nothing else', () => {
    console.log(`templates: HOSTILE_SEED=${SEED}`)
    const labs = fc.sample(attempts, { numRuns: COUNT, seed: SEED }).flatMap(({ input }) => labOf(input))
    expect(labs.length).toBeGreaterThan(COUNT / 10)
    for (const [at, found] of readTemplates(labs).entries()) {
      const lab = labs[at] as Lab
      expectHba(lab, found.hba)
      const texts = Object.entries(lab.postgres.settings).map(([name, value]) => [name, String(value)])
      // Its segments are larger than PostgreSQL's own defaults of these allow.
      const sizes = { min_wal_size: '320MB', max_wal_size: '4096MB' }
      expect(found.settings).toMatchObject({ ...sizes, ...Object.fromEntries(texts) })
      expectBarman(lab, found)
    }
  })

  it('let in clients of others as PostgreSQL shows them, and the roles of the lab from its hosts alone', () => {
    const hba = [
      'host shop,stock app,+staff 10.8.0.0/13 scram-sha-256',
      'host all all fd00:0::1/64 scram-sha-256',
      'hostnossl replication tap .example.org reject',
      'host sameuser all samenet scram-sha-256',
    ]
    const [lab] = labOf({ postgres: { hba, tls: false } })
    if (!lab) throw new Error('refused')
    const [found] = readTemplates([lab])
    const text = (row: Row) =>
      row
        .slice(0, 6)
        .filter((word) => word !== null)
        .map(String)
        .join(' ')
    expect(found?.hba.map(text)).toEqual(hbaLines(lab).map((line) => line.replace(' map=pg_lab', '')))
    expect(hbaLines(lab).at(-5)).toBe(
      'host all,replication replica,replica_rewind,barman,barman_streaming all reject',
    )
  })

  it.each(ATTACKS.hba)('lets no name say %j to pg_hba.conf', (attack) => {
    for (const database of [{ name: attack }, { owner: attack }]) expect(labOf({ database })).toEqual([])
    expect(labOf({ replication: { user: attack } })).toEqual([])
  })

  // `* * * * *` alone is an honest schedule.
  it.each(ATTACKS.crontab.filter((attack) => attack !== '* * * * *'))(
    'lets no schedule say %j to cron',
    (attack) => {
      for (const schedule of [attack, `0 3 * * *${attack}`, `0 3 * * * ${attack}`]) {
        expect(labOf({ backup: { schedule } })).toEqual([])
      }
    },
  )

  it.each(ATTACKS.ini)('lets no name say %j to Barman', (attack) => {
    for (const key of ['server', 'user', 'slot', 'retention']) {
      expect(labOf({ backup: { [key]: `x${attack}` } })).toEqual([])
    }
  })
})
