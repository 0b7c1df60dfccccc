-- Asks ten times a second, for a minute at most.
DO $$
BEGIN
  FOR attempt IN 1..600 LOOP
    IF EXISTS (SELECT FROM pg_stat_wal_receiver WHERE status = 'streaming') THEN
      RETURN;
    END IF;
    PERFORM pg_sleep(0.1);
    PERFORM pg_stat_clear_snapshot();
  END LOOP;
  RAISE 'The standby does not stream from its primary. The reason is in the log of PostgreSQL on this host.';
END
$$;
