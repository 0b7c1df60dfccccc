import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createGuest } from '../../src/tools/ssh/ssh-guest.ts'
import { realPostgres } from '../support/real-postgres.ts'
import { commandError, folderWith, master, scriptedTools } from './helpers.ts'

/** What a user may have set for everybody, each of which would stop or change our own questions. */
const HOSTILE = `CREATE ROLE student NOLOGIN;
CREATE SCHEMA evil;
CREATE FUNCTION evil.pg_is_in_recovery() RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE TABLE public.dz (k int PRIMARY KEY, v text);
ALTER SYSTEM SET idle_in_transaction_session_timeout = '1ms';
ALTER SYSTEM SET statement_timeout = '300ms';
ALTER SYSTEM SET default_transaction_isolation = 'serializable';
ALTER DATABASE postgres SET default_transaction_read_only = on;
ALTER DATABASE postgres SET search_path = evil, pg_catalog;
ALTER DATABASE postgres SET bytea_output = escape;
ALTER DATABASE postgres SET "DateStyle" = 'German';
ALTER ROLE postgres SET standard_conforming_strings = off;
ALTER ROLE postgres SET lock_timeout = '1ms';
ALTER ROLE postgres SET client_min_messages = debug5;
ALTER ROLE postgres IN DATABASE postgres SET role = 'student';
`

/** From then on every commit waits for ever. */
const LAST = ["ALTER SYSTEM SET synchronous_standby_names = 'gone'", 'SELECT pg_reload_conf()']

const server = realPostgres()
const { guest, run } = server

beforeAll(() => {
  server.create()
  server.start()
  server.sql(...HOSTILE.split(/;\n/).filter(Boolean), ...LAST)
})

afterAll(() => {
  server.signal('SIGCONT')
  server.stop()
  server.remove()
})

describe('our sessions', { timeout: 60_000 }, () => {
  test('depend on nothing that was set for everybody', async () => {
    const [row] = await guest.rows<Record<string, unknown>>(
      master,
      `SELECT pg_is_in_recovery() AS in_recovery, current_user AS who, 'a\\b' AS text, '\\x00ff'::bytea::text AS bytes,
        date '2026-11-29' || '' AS day, current_setting('transaction_isolation') AS isolation,
        (pg_sleep(0.5) IS NULL) AS slept`,
    )
    expect(row).toEqual({
      in_recovery: false,
      who: 'postgres',
      text: 'a\\b',
      bytes: '\\x00ff',
      day: '2026-11-29',
      isolation: 'read committed',
      slept: false,
    })
  })

  test('commit though the synchronous standby is away', async () => {
    await guest.execute(master, "INSERT INTO public.dz VALUES (1, 'ours')")
    expect(await guest.rows(master, 'SELECT v FROM public.dz')).toEqual([{ v: 'ours' }])
  })

  test('still tell what everybody has', async () => {
    const { SHOWN_TO_ALL } = await import('../../src/tools/ssh/psql-session.ts')
    const rows = await guest.rows(
      master,
      `SELECT reset_val, ${SHOWN_TO_ALL} AS shown FROM pg_settings WHERE name IN ('statement_timeout', 'work_mem') ORDER BY name`,
    )
    expect(rows).toEqual([
      { reset_val: '300', shown: '300ms' },
      { reset_val: '4096', shown: '4MB' },
    ])
  })
})

describe('who does not answer', { timeout: 120_000 }, () => {
  test('a statement that takes too long: what is said, and how long it was', async () => {
    const error = await commandError(guest.rows(master, 'SELECT pg_sleep(300)'))
    expect(error.message).toBe('master: PostgreSQL did not answer within 30 s')
    expect(error.timedOut).toBe(true)
    expect(error.hint).toContain('npx create-pg-lab ssh master -- ps')
  })

  test('a server that was stopped is not told to be absent', async () => {
    server.signal('SIGSTOP')
    const began = Date.now()
    const error = await commandError(guest.rows(master, 'SELECT 1 AS one')).finally(() =>
      server.signal('SIGCONT'),
    )
    expect(error.message).toBe('master: PostgreSQL let nobody in within 10 s')
    expect(error.hint).toContain('It is up')
    expect(Date.now() - began).toBeLessThan(20_000)
  })

  test('a machine that hangs: what was asked, of whom, and for how long', async () => {
    const silent = createGuest({
      directory: folderWith(),
      psql: 'psql',
      run: (command) =>
        run({
          ...command,
          env: { ...command.env, ...scriptedTools({ ssh: '#!/bin/sh\nexec sleep 600\n' }) },
        }),
    })
    const error = await commandError(silent.shell(master, ['uptime', '-p'], { timeoutMs: 1_500 }))
    expect(error.message).toBe('master did not answer within 1.5 s')
    expect(error.lastLines.at(-1)).toBe('asked: uptime -p')
    expect(error.hint).toContain('It is up, but loaded or hung')
  })
})
