-- Asks ten times a second, for a minute at most. After its upstream changed, a standby
-- streams from the old one for a moment: that does not count.
DO $$
DECLARE parted pg_lsn;
BEGIN
  FOR attempt IN 1..600 LOOP
    IF EXISTS (SELECT FROM pg_stat_wal_receiver
                WHERE status = 'streaming' AND slot_name = current_setting('primary_slot_name')
                  AND starts_with(current_setting('primary_conninfo'), format('host=%s ', sender_host))) THEN
      RETURN;
    END IF;
    -- The history of a new timeline, which comes from the upstream, says where it left the
    -- old one: a server that has replayed more of the old one than that can never follow.
    -- Asked only after ten seconds, for one that can follow may need some of them.
    IF attempt > 100 THEN
      SELECT min(split_part(line, E'\t', 2)::pg_lsn) INTO parted
        FROM pg_control_recovery() AS recovery, pg_control_checkpoint() AS last, pg_ls_waldir() AS file,
             regexp_split_to_table(pg_read_file('pg_wal/' || file.name), '\n') AS line
       WHERE file.name ~ '^[0-9A-F]{8}\.history$'
         AND split_part(line, E'\t', 1) = greatest(recovery.min_recovery_end_timeline, last.timeline_id)::text
         AND split_part(line, E'\t', 2)::pg_lsn < pg_last_wal_replay_lsn();
      IF parted IS NOT NULL THEN
        RAISE 'This server has WAL that its primary never had: they parted at %. It cannot follow before: npx create-pg-lab rejoin %',
          parted, current_setting('cluster_name');
      END IF;
    END IF;
    PERFORM pg_sleep(0.1);
    PERFORM pg_stat_clear_snapshot();
  END LOOP;
  RAISE 'The standby does not stream from its primary. The reason is in the log of PostgreSQL on this host.';
END
$$;
