-- Asks ten times a second, for a minute at most. After its upstream changed, a standby
-- streams from the old one for a moment: that does not count.
DO $$
DECLARE own int; parted pg_lsn;
BEGIN
  FOR attempt IN 1..600 LOOP
    IF EXISTS (SELECT FROM pg_stat_wal_receiver
                WHERE status = 'streaming' AND slot_name = current_setting('primary_slot_name')
                  AND starts_with(current_setting('primary_conninfo'), format('host=%s ', sender_host))) THEN
      RETURN;
    END IF;
    -- The history of a new timeline, which comes from the upstream, says where it left the
    -- old one: a server that has replayed more of the old one than that can never follow.
    -- Its own timeline is the newest that it has got WAL of: the control file is behind until
    -- the next restartpoint. Asked only after ten seconds, for one that can follow may need
    -- some of them.
    IF attempt > 100 THEN
      SELECT max(('x' || left(name, 8))::bit(32)::int) INTO own
        FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$';
      SELECT min(line[2]::pg_lsn) INTO parted
        FROM pg_ls_waldir() AS file,
             regexp_matches(pg_read_file('pg_wal/' || file.name), '^(\d+)\t(\S+)', 'gn') AS line
       WHERE file.name ~ '^[0-9A-F]{8}\.history$'
         AND line[1]::int = own AND line[2]::pg_lsn < pg_last_wal_replay_lsn();
      IF parted IS NOT NULL THEN
        RAISE 'This server has WAL that its primary never had: they diverged at %. It can follow only after: npx create-pg-lab rejoin %',
          parted, current_setting('cluster_name');
      END IF;
    END IF;
    PERFORM pg_sleep(0.1);
    PERFORM pg_stat_clear_snapshot();
  END LOOP;
  RAISE 'The standby does not stream from its primary. The reason is in the log of PostgreSQL on this host.';
END
$$;
