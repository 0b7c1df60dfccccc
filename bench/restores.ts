/**
 * `npm run bench:restores -- --times 10`: rows are committed one by one for a while; then random moments of that time
 * are restored beside the cluster, and what is there is held against the primary. Prints a table; exits with 1 where a
 * moment was missed.
 *
 * --times (2), --os (debian-12), --lab <folder> of a lab that is up, instead of a new one.
 */
import { parseArgs } from 'node:util'
import { withLab } from './lab.ts'

const { values } = parseArgs({
  options: {
    times: { type: 'string', default: '2' },
    os: { type: 'string', default: 'debian-12' },
    lab: { type: 'string' },
  },
})

const TABLE = 'bench_of_pg_lab'
const SECONDS = 30

/** `at` is stamped just before the commit: the row that is on its way at a moment may be there or not. */
const WRITE = `DO $$ BEGIN FOR n IN 1..${SECONDS * 20} LOOP
  INSERT INTO ${TABLE} VALUES (n, clock_timestamp()); COMMIT; PERFORM pg_sleep(0.05);
END LOOP; END $$`

const config = {
  name: 'bench-restores',
  provider: 'docker',
  os: values.os,
  network: { subnet: '10.97.52.0/24' },
}
let isGood = true
withLab(values.lab, config, (lab) => {
  lab.sql('master', `CREATE TABLE ${TABLE} (n int, at timestamptz)`)
  lab.sql('master', WRITE)
  const from = Number(lab.sql('master', `SELECT extract(epoch FROM min(at)) FROM ${TABLE}`))
  console.log(
    '| # | Moment | Rows up to it on the primary | Rows restored | Newest, before the moment | Seconds |',
  )
  console.log(`|${' --- |'.repeat(6)}`)
  for (let turn = 1; turn <= Number(values.times); turn += 1) {
    const begun = performance.now()
    const at = from + Math.random() * SECONDS
    const target = `${new Date(at * 1000).toISOString().slice(0, 23).replace('T', ' ')}+00`
    lab.pgLab('restore', '--to', target)
    const seconds = ((performance.now() - begun) / 1000).toFixed(0)
    const count = (node: string) =>
      Number(lab.sql(node, `SELECT count(*) FROM ${TABLE} WHERE at <= '${target}'`))
    const [wanted, there] = [count('master'), count('backup')]
    const question = `SELECT count(*), extract(epoch FROM '${target}' - max(at))::numeric(9,3) FROM ${TABLE}`
    const [all = '', before = ''] = lab.sql('backup', question).split('|')
    const isHit = Number(all) === there && wanted - there >= 0 && wanted - there <= 1
    console.log(
      `| ${turn} | ${target} | ${wanted} | ${all}${isHit ? '' : ' **missed**'} | ${before} s | ${seconds} |`,
    )
    isGood &&= isHit
  }
  lab.pgLab('restore', '--remove')
  lab.sql('master', `DROP TABLE ${TABLE}`)
})
process.exitCode = isGood ? 0 : 1
