-- Asks ten times a second, for a minute at most. After its upstream changed, a standby
-- streams from the old one for a moment: that does not count.
DO $$
BEGIN
  FOR attempt IN 1..600 LOOP
    IF EXISTS (SELECT FROM pg_stat_wal_receiver
                WHERE status = 'streaming' AND slot_name = current_setting('primary_slot_name')
                  AND starts_with(current_setting('primary_conninfo'), format('host=%s ', sender_host))) THEN
      RETURN;
    END IF;
    PERFORM pg_sleep(0.1);
    PERFORM pg_stat_clear_snapshot();
  END LOOP;
  RAISE 'The standby does not stream from its primary. The reason is in the log of PostgreSQL on this host.';
END
$$;
