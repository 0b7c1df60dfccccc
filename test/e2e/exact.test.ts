import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failures, TestLab } from './support.ts'

/*
 * A restore gives exactly the moment that was asked for, with all tablespaces, or says no; and nothing that a server or
 * the owner of a database says runs as anybody else. On each Barman that goes another way: 2.12, 3.4, 3.13.
 */

const ROWS = "SELECT count(*) || ' ' || md5(coalesce(string_agg(v, ',' ORDER BY v), '')) FROM dz"

/** Quotes, templates of two kinds, the shell, and a way out of a folder. */
const SPACE = `x'"; touch pwned; {{ lookup('pipe', 'touch pwned') }} <%= 1 %> $(touch pwned) ../../..`
const quotedSpace = `"${SPACE.replaceAll('"', '""')}"`

describe.each([
  ['debian-11', 101],
  ['debian-12', 102],
  ['debian-13', 103],
] as const)('on %s', (os, third) => {
  const lab = TestLab.create(
    `exact-${os}`,
    `import { defineCluster } from 'create-pg-lab'
export default defineCluster({
  name: 'exact-${os}',
  os: '${os}',
  provider: 'docker',
  network: { subnet: '10.97.${third}.0/24' },
  postgres: { settings: { logging_collector: 'on', log_directory: '/var/log/postgresql', max_prepared_transactions: 150 } },
})
`,
  )

  const otus = (sql: string) => lab.sql('master', sql, 'otus')
  const insert = (v: string) => otus(`INSERT INTO dz (v) VALUES ('${v}')`)
  const restored = (sql: string) =>
    lab.must('psql', 'backup', '-X', '-A', '-t', '-q', '-c', sql).stdout.trim()
  const later = () => lab.sql('master', 'SELECT pg_sleep(1.1)')

  beforeAll(() => {
    lab.must('up', '--install')
  })

  afterAll(() => {
    lab.remove()
  })

  describe('tablespaces', () => {
    it('are replayed where they are younger than the backup', () => {
      for (const node of ['master', 'slave']) {
        lab.ask(
          node,
          '',
          'install -d -o postgres -g postgres /srv/disk/fast /srv/kept && ln -sfn /srv/kept /srv/link',
        )
      }
      lab.sql('master', `CREATE TABLESPACE ${quotedSpace} LOCATION '/srv/disk/fast'`)
      lab.sql('master', "CREATE TABLESPACE linked LOCATION '/srv/link'")
      otus(`CREATE TABLE spaced TABLESPACE ${quotedSpace} AS SELECT g FROM generate_series(1, 1000) AS g`)
      otus('CREATE TABLE linked_one TABLESPACE linked AS SELECT g FROM generate_series(1, 500) AS g')
      lab.must('restore', '--to', 'latest')
      expect(restored('SELECT count(*) FROM spaced')).toBe('1000')
      lab.must('restore', '--remove')
      expect(lab.ask('backup', '', 'ls -d /srv/* ~barman/.pg-lab/* 2>/dev/null')).toBe('')
    })

    it('come along beside the cluster and in a rehearsal, whatever their name', () => {
      lab.must('backup')
      lab.must('restore', '--to', 'latest')
      expect(restored('SELECT (SELECT count(*) FROM spaced) + (SELECT count(*) FROM linked_one)')).toBe(
        '1500',
      )
      lab.must('restore', '--remove')
      expect(failures(lab.verify('--restore').failed)).toEqual([])
      expect(existsSync(join(lab.directory, 'pwned'))).toBe(false)
      expect(existsSync(join(lab.directory, 'provisioning', 'pwned'))).toBe(false)
    })

    it('are cloned again by reinit, and nothing of the old ones is left', () => {
      lab.must('reinit', 'slave', '--yes')
      expect(lab.sql('slave', 'SELECT count(*) FROM spaced', 'otus')).toBe('1000')
      expect(lab.ask('slave', '', 'ls -A /srv/disk/fast /srv/kept')).toMatch(
        /^\/srv\/disk\/fast:\nPG_\S+\n\n\/srv\/kept:\nPG_\S+\n$/,
      )
      expect(failures(lab.verify().failed)).toEqual([])
    })

    it('are made for a slave whose machine is new', () => {
      lab.ask(
        'slave',
        '',
        'systemctl stop "postgresql@*" && rm -rf /var/lib/postgresql/*/main /srv/disk /srv/kept /srv/link',
      )
      lab.must('up')
      expect(lab.sql('slave', 'SELECT count(*) FROM spaced', 'otus')).toBe('1000')
    })

    it('come along with pg_rewind, also one that was made meanwhile', () => {
      lab.sql('slave', 'SELECT pg_promote()')
      lab.sql('slave', 'CREATE TABLE only_here TABLESPACE linked AS SELECT 1 AS n', 'otus')
      lab.ask('master', '', 'install -d -o postgres -g postgres /srv/younger')
      lab.sql('master', "CREATE TABLESPACE younger LOCATION '/srv/younger'")
      otus('CREATE TABLE younger_one TABLESPACE younger AS SELECT g FROM generate_series(1, 300) AS g')
      expect(lab.must('rejoin', 'slave', '--yes').stdout).toContain('rewound to where they diverged')
      expect(lab.sql('slave', 'SELECT count(*) FROM younger_one', 'otus')).toBe('300')
      expect(lab.sql('slave', "SELECT to_regclass('only_here') IS NULL", 'otus')).toBe('t')
    })

    it('are cloned where rejoin can only clone', () => {
      const oldest = lab.sql(
        'slave',
        "SELECT max(left(name, 8)) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'",
      )
      lab.sql('slave', 'SELECT pg_promote()')
      lab.ask('slave', '', `rm -f /var/lib/postgresql/*/main/pg_wal/${oldest}*`)
      expect(lab.must('rejoin', 'slave', '--yes').stdout).toContain('cloned again')
      expect(lab.sql('slave', 'SELECT count(*) FROM younger_one', 'otus')).toBe('300')
      // On the new machine the link is a folder.
      expect(lab.ask('slave', '', 'ls -A /srv/disk/fast /srv/link /srv/younger')).toMatch(
        /^\/srv\/disk\/fast:\nPG_\S+\n\n\/srv\/link:\nPG_\S+\n\n\/srv\/younger:\nPG_\S+\n$/,
      )
    })

    it('are restored over the primary', () => {
      later()
      const time = otus('SELECT clock_timestamp()')
      later()
      otus('DROP TABLE spaced')
      lab.must('restore', '--to', time, '--in-place', '--yes')
      for (const node of ['master', 'slave']) {
        expect(lab.sql(node, 'SELECT count(*) FROM spaced', 'otus')).toBe('1000')
        expect(lab.ask(node, '', 'ls -A /srv/disk/fast')).toMatch(/^PG_\S+\n$/)
      }
      expect(failures(lab.verify('--restore').failed)).toEqual([])
    })
  })

  describe('a timeline that was given up', () => {
    const rows: Record<string, string> = {}
    const at: Record<string, { time: string; lsn: string }> = {}
    const note = (name: string) => {
      later()
      rows[name] = otus(ROWS)
      at[name] = { time: otus('SELECT clock_timestamp()'), lsn: otus('SELECT pg_current_wal_insert_lsn()') }
      lab.sql('master', "SELECT pg_create_restore_point('point')")
      later()
    }
    let old = ''

    beforeAll(() => {
      old = lab.sql('master', 'SELECT timeline_id FROM pg_control_checkpoint()')
      insert('before')
      note('before')
      insert('given up')
      note('old')
      insert('given up too')
      later()
      lab.must('restore', '--to', at.before?.time ?? '', '--in-place', '--yes')
      expect(otus(ROWS)).toBe(rows.before)
      for (let turn = 0; turn < 30; turn += 1) insert(`new ${turn}`)
      note('new')
      insert('the end')
    })

    const asked = (): readonly string[] => [at.old?.time ?? '', at.old?.lsn ?? '', 'point']

    it('is named where the moment is on it and on another one', () => {
      for (const moment of asked()) {
        const { status, stderr } = lab.run('restore', '--to', moment)
        expect([moment, status]).toEqual([moment, 2])
        expect(stderr).toContain('is on more than one timeline')
        expect(stderr).toContain(`--timeline ${old}`)
      }
      expect(lab.run('restore', '--to', 'latest', '--timeline', '99').stderr).toContain(
        'There is no timeline 99',
      )
    })

    it('gives its own state with --timeline, the newest another one', () => {
      for (const moment of asked()) {
        lab.must('restore', '--to', moment, '--timeline', old)
        expect([moment, restored(ROWS)]).toEqual([moment, rows.old])
      }
      lab.must('restore', '--to', 'point', '--timeline', String(Number(old) + 1))
      expect(restored(ROWS)).toBe(rows.new)
      lab.must('restore', '--to', at.new?.time ?? '')
      expect(restored(ROWS)).toBe(rows.new)
      lab.must('restore', '--remove')
    })
  })

  describe('pg_rewind', () => {
    it('has a role of its own, and that of the standbys reads no files', () => {
      const functions =
        "'pg_read_binary_file(text)', 'pg_read_binary_file(text, bigint, bigint, boolean)', 'pg_ls_dir(text, boolean, boolean)'"
      const may = (role: string) =>
        lab.sql(
          'master',
          `SELECT bool_or(has_function_privilege('${role}', f, 'EXECUTE')) FROM unnest(ARRAY[${functions}]) AS f`,
        )
      expect(may('replica')).toBe('f')
      expect(may('replica_rewind')).toBe('t')
      expect(lab.sql('master', "SELECT rolreplication FROM pg_roles WHERE rolname = 'replica_rewind'")).toBe(
        'f',
      )
    })

    it('that is not let in breaks off, and what the server has is not cloned away', () => {
      lab.sql('slave', 'SELECT pg_promote()')
      lab.sql('slave', 'CREATE TABLE kept_here AS SELECT 1 AS n', 'otus')
      lab.sql('master', 'ALTER ROLE replica_rewind CONNECTION LIMIT 0')
      const refused = lab.run('rejoin', 'slave', '--yes')
      expect(refused.status).toBe(3)
      expect(refused.stderr).toContain('pg_rewind broke off on slave')
      expect(refused.stderr).toContain('What slave has is still there')
      lab.sql('master', 'ALTER ROLE replica_rewind CONNECTION LIMIT -1')
      expect(lab.must('rejoin', 'slave', '--yes').stdout).toContain('rewound to where they diverged')
      expect(failures(lab.verify().failed)).toEqual([])
    })
  })

  describe('an owner who sets traps', () => {
    it('gets nothing of a superuser, wherever the lab reads or writes what is his', () => {
      const trap = `CREATE SCHEMA trap;
CREATE TABLE trap.seen (who text);
CREATE FUNCTION trap.note() RETURNS text LANGUAGE plpgsql AS $$ BEGIN
  BEGIN EXECUTE 'RESET ROLE'; EXCEPTION WHEN others THEN NULL; END;
  INSERT INTO trap.seen VALUES (current_user); RETURN 'x';
EXCEPTION WHEN others THEN RETURN 'x'; END $$;
CREATE FUNCTION trap.fire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM trap.note(); RETURN NEW; END $$;
CREATE FUNCTION trap.format(text, text) RETURNS text LANGUAGE sql AS $$ SELECT trap.note() $$;
CREATE FUNCTION trap.format(text, text, text) RETURNS text LANGUAGE sql AS $$ SELECT trap.note() $$;
CREATE FUNCTION trap.eq(text, text) RETURNS boolean LANGUAGE sql AS $$ SELECT trap.note() IS NOT NULL $$;
CREATE OPERATOR trap.= (LEFTARG = text, RIGHTARG = text, FUNCTION = trap.eq);
CREATE FUNCTION trap.count() RETURNS bigint LANGUAGE sql AS $$ SELECT length(trap.note())::bigint $$;
ALTER DATABASE otus SET search_path = trap, pg_catalog, public;
CREATE TRIGGER fire BEFORE INSERT ON dz FOR EACH ROW EXECUTE FUNCTION trap.fire();
CREATE TRIGGER fire_on_delete AFTER DELETE ON dz FOR EACH STATEMENT EXECUTE FUNCTION trap.fire();
ALTER TABLE dz ALTER COLUMN v SET DEFAULT trap.note();`
      const asOwner = (sql: string) =>
        lab.ask(
          'master',
          sql,
          'cd / && sudo -u postgres psql -X -q -v ON_ERROR_STOP=1 -U student -d otus 2>&1',
        )
      expect(asOwner(trap)).toBe('')
      lab.must('up')
      expect(failures(lab.verify('--restore').failed)).toEqual([])
      lab.run('load', '--seconds', '2')
      expect(lab.run('report').stderr).not.toContain('bug')
      expect(otus('SELECT DISTINCT who FROM trap.seen')).toBe('student')

      // A view in place of the table runs its functions as whoever reads it.
      const hide = `ALTER TABLE public.dz RENAME TO hidden;
CREATE VIEW public.dz AS SELECT k, trap.note() AS v FROM public.hidden; TRUNCATE trap.seen;`
      expect(asOwner(hide)).toBe('')
      lab.run('verify', '--restore')
      lab.run('up')
      lab.run('report')
      expect(['', 'student']).toContain(otus('SELECT DISTINCT who FROM trap.seen'))
      const show =
        'DROP VIEW public.dz; ALTER TABLE public.hidden RENAME TO dz; ALTER DATABASE otus RESET search_path; DROP SCHEMA trap CASCADE;'
      expect(asOwner(show)).not.toContain('ERROR')
      // The rehearsal before met the view, and its result stays until the next one.
      expect(failures(lab.verify('--restore').failed)).toEqual([])
    })
  })
})
