-- What the playbook must know of a running server, in one answer.
SELECT json_build_object(
  'in_recovery', pg_is_in_recovery(),
  'identifier', (SELECT system_identifier::text FROM pg_control_system()),
  'timeline', (SELECT timeline_id::text FROM pg_control_checkpoint()),
  'synchronous_standby_names', current_setting('synchronous_standby_names'),
  'slots', (SELECT coalesce(json_agg(slot_name), '[]') FROM pg_replication_slots WHERE slot_type = 'physical'),
  -- The settings a standby must not have below its primary's.
  'settings', (SELECT json_object_agg(name, json_build_object('value', setting::int, 'default', boot_val::int))
                 FROM pg_settings
                WHERE name IN ('max_connections', 'max_wal_senders', 'max_worker_processes',
                               'max_prepared_transactions', 'max_locks_per_transaction')));
