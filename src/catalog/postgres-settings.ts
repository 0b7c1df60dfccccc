import { postgresHas } from './postgres-features.ts'

/**
 * The pages of PostgreSQL's manual that describe its settings: `runtime-config-<page>.html`, each with the names on
 * it, of all majors from 12 to 19. From `postgres --describe-config` and https://www.postgresql.org/docs/release/.
 */
const PAGES: Readonly<Record<string, string>> = {
  autovacuum: `
    autovacuum autovacuum_analyze_scale_factor autovacuum_analyze_score_weight
    autovacuum_analyze_threshold autovacuum_freeze_max_age autovacuum_freeze_score_weight
    autovacuum_max_parallel_workers autovacuum_max_workers autovacuum_multixact_freeze_max_age
    autovacuum_multixact_freeze_score_weight autovacuum_naptime autovacuum_vacuum_cost_delay
    autovacuum_vacuum_cost_limit autovacuum_vacuum_insert_scale_factor
    autovacuum_vacuum_insert_score_weight autovacuum_vacuum_insert_threshold
    autovacuum_vacuum_max_threshold autovacuum_vacuum_scale_factor autovacuum_vacuum_score_weight
    autovacuum_vacuum_threshold autovacuum_worker_slots
  `,
  client: `
    datestyle intervalstyle timezone bytea_output check_function_bodies client_encoding
    client_min_messages createrole_self_grant default_table_access_method default_tablespace
    default_text_search_config default_toast_compression default_transaction_deferrable
    default_transaction_isolation default_transaction_read_only dynamic_library_path event_triggers
    extension_control_path extra_float_digits gin_fuzzy_search_limit gin_pending_list_limit
    icu_validation_level idle_in_transaction_session_timeout idle_session_timeout jit_provider
    lc_messages lc_monetary lc_numeric lc_time local_preload_libraries lock_timeout row_security
    search_path session_preload_libraries session_replication_role shared_preload_libraries
    statement_timeout temp_tablespaces timezone_abbreviations transaction_timeout vacuum_failsafe_age
    vacuum_freeze_min_age vacuum_freeze_table_age vacuum_max_eager_freeze_failure_rate
    vacuum_multixact_failsafe_age vacuum_multixact_freeze_min_age vacuum_multixact_freeze_table_age
    vacuum_truncate xmlbinary xmloption
  `,
  compatible: `
    allow_alter_system array_nulls backslash_quote escape_string_warning lo_compat_privileges
    operator_precedence_warning quote_all_identifiers standard_conforming_strings synchronize_seqscans
    transform_null_equals
  `,
  connection: `
    authentication_timeout bonjour bonjour_name client_connection_check_interval db_user_namespace
    gss_accept_delegation krb_caseins_users krb_server_keyfile listen_addresses max_connections
    md5_password_warnings oauth_validator_libraries password_encryption
    password_expiration_warning_threshold port reserved_connections scram_iterations ssl ssl_ca_file
    ssl_cert_file ssl_ciphers ssl_crl_dir ssl_crl_file ssl_dh_params_file ssl_ecdh_curve ssl_groups
    ssl_key_file ssl_max_protocol_version ssl_min_protocol_version ssl_passphrase_command
    ssl_passphrase_command_supports_reload ssl_prefer_server_ciphers ssl_sni ssl_tls13_ciphers
    superuser_reserved_connections tcp_keepalives_count tcp_keepalives_idle tcp_keepalives_interval
    tcp_user_timeout unix_socket_directories unix_socket_group unix_socket_permissions
  `,
  'error-handling': `
    data_sync_retry exit_on_error recovery_init_sync_method restart_after_crash
  `,
  'file-locations': `
    data_directory extension_destdir external_pid_file hba_file hosts_file ident_file
  `,
  locks: `
    deadlock_timeout max_locks_per_transaction max_pred_locks_per_page max_pred_locks_per_relation
    max_pred_locks_per_transaction
  `,
  logging: `
    cluster_name debug_pretty_print debug_print_parse debug_print_plan debug_print_raw_parse
    debug_print_rewritten event_source log_autoanalyze_min_duration log_autovacuum_min_duration
    log_checkpoints log_connections log_destination log_directory log_disconnections log_duration
    log_error_verbosity log_file_mode log_filename log_hostname log_line_prefix log_lock_failures
    log_lock_waits log_min_duration_sample log_min_duration_statement log_min_error_statement
    log_min_messages log_parameter_max_length log_parameter_max_length_on_error
    log_recovery_conflict_waits log_replication_commands log_rotation_age log_rotation_size
    log_startup_progress_interval log_statement log_statement_sample_rate log_temp_files
    log_timezone log_transaction_sample_rate log_truncate_on_rotation logging_collector
    syslog_facility syslog_ident syslog_sequence_numbers syslog_split_messages update_process_title
  `,
  query: `
    constraint_exclusion cpu_index_tuple_cost cpu_operator_cost cpu_tuple_cost cursor_tuple_fraction
    default_statistics_target effective_cache_size enable_async_append enable_bitmapscan
    enable_distinct_reordering enable_eager_aggregate enable_gathermerge enable_group_by_reordering
    enable_hashagg enable_hashjoin enable_incremental_sort enable_indexonlyscan enable_indexscan
    enable_material enable_memoize enable_mergejoin enable_nestloop enable_parallel_append
    enable_parallel_hash enable_partition_pruning enable_partitionwise_aggregate
    enable_partitionwise_join enable_presorted_aggregate enable_self_join_elimination enable_seqscan
    enable_sort enable_tidscan from_collapse_limit geqo geqo_effort geqo_generations geqo_pool_size
    geqo_seed geqo_selection_bias geqo_threshold jit jit_above_cost jit_inline_above_cost
    jit_optimize_above_cost join_collapse_limit min_eager_agg_group_size
    min_parallel_index_scan_size min_parallel_table_scan_size parallel_setup_cost
    parallel_tuple_cost plan_cache_mode random_page_cost recursive_worktable_factor seq_page_cost
  `,
  replication: `
    hot_standby hot_standby_feedback idle_replication_slot_timeout max_active_replication_origins
    max_logical_replication_workers max_parallel_apply_workers_per_subscription
    max_repack_replication_slots max_replication_slots max_slot_wal_keep_size
    max_standby_archive_delay max_standby_streaming_delay max_sync_workers_per_subscription
    max_wal_senders output_plugin_libraries primary_conninfo primary_slot_name promote_trigger_file
    recovery_min_apply_delay sync_replication_slots synchronized_standby_slots
    synchronous_standby_names track_commit_timestamp vacuum_defer_cleanup_age wal_keep_segments
    wal_keep_size wal_receiver_create_temp_slot wal_receiver_status_interval wal_receiver_timeout
    wal_retrieve_retry_interval wal_sender_shutdown_timeout wal_sender_timeout
  `,
  resource: `
    autovacuum_work_mem backend_flush_after bgwriter_delay bgwriter_flush_after
    bgwriter_lru_maxpages bgwriter_lru_multiplier commit_timestamp_buffers
    dynamic_shared_memory_type effective_io_concurrency file_copy_method file_extend_method
    hash_mem_multiplier huge_page_size huge_pages io_combine_limit io_max_combine_limit
    io_max_concurrency io_max_workers io_method io_min_workers io_worker_idle_timeout
    io_worker_launch_interval io_workers logical_decoding_work_mem maintenance_io_concurrency
    maintenance_work_mem max_files_per_process max_notify_queue_pages
    max_parallel_maintenance_workers max_parallel_workers max_parallel_workers_per_gather
    max_prepared_transactions max_stack_depth max_worker_processes min_dynamic_shared_memory
    multixact_member_buffers multixact_offset_buffers notify_buffers old_snapshot_threshold
    parallel_leader_participation serializable_buffers shared_buffers shared_memory_type
    subtransaction_buffers temp_buffers temp_file_limit timing_clock_source transaction_buffers
    vacuum_buffer_usage_limit vacuum_cost_delay vacuum_cost_limit vacuum_cost_page_dirty
    vacuum_cost_page_hit vacuum_cost_page_miss work_mem
  `,
  statistics: `
    compute_query_id log_executor_stats log_parser_stats log_planner_stats log_statement_stats
    stats_fetch_consistency track_activities track_activity_query_size track_cost_delay_timing
    track_counts track_functions track_io_timing track_wal_io_timing
  `,
  wal: `
    archive_cleanup_command archive_command archive_library archive_mode archive_timeout
    checkpoint_completion_target checkpoint_flush_after checkpoint_timeout checkpoint_warning
    commit_delay commit_siblings fsync full_page_writes max_wal_size min_wal_size recovery_end_command
    recovery_prefetch recovery_target recovery_target_action recovery_target_inclusive
    recovery_target_lsn recovery_target_name recovery_target_time recovery_target_timeline
    recovery_target_xid restore_command summarize_wal synchronous_commit wal_buffers wal_compression
    wal_decode_buffer_size wal_init_zero wal_level wal_log_hints wal_recycle wal_skip_threshold
    wal_summary_keep_time wal_sync_method wal_writer_delay wal_writer_flush_after
  `,
}

const PAGE_OF: ReadonlyMap<string, string> = new Map(
  Object.entries(PAGES).flatMap(([page, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, page]),
  ),
)

/** Extensions that come with PostgreSQL, by the prefix of their settings. */
const EXTENSION_PAGES: Readonly<Record<string, string>> = {
  auth_delay: 'auth-delay',
  auto_explain: 'auto-explain',
  pg_prewarm: 'pgprewarm',
  pg_stat_statements: 'pgstatstatements',
  pg_trgm: 'pgtrgm',
  postgres_fdw: 'postgres-fdw',
  sepgsql: 'sepgsql',
}

/** The names of all settings that PostgreSQL has, or once had. */
export function serverSettings(): readonly string[] {
  return [...PAGE_OF.keys()]
}

/** Whether PostgreSQL, or an extension that comes with it, has or once had a setting of this name. */
export function isServerSetting(name: string): boolean {
  const [extension = ''] = name.split('.')
  return PAGE_OF.has(name) || (name !== extension && Object.hasOwn(EXTENSION_PAGES, extension))
}

/** What is on it, once there is one. */
const ON_VACUUM_PAGE = /^(auto)?vacuum_(?!buffer_usage_limit|work_mem)|^autovacuum$/

/** Address of a page of PostgreSQL's manual, e.g. `manualPage(15, 'warm-standby')`. */
export function manualPage(version: number, page: string): string {
  return `https://www.postgresql.org/docs/${version}/${page}.html`
}

/** Where PostgreSQL's manual describes a setting of postgresql.conf; the chapter, where the setting is not known. */
export function settingManual(version: number, setting: string): string {
  const [extension = '', name] = setting.split('.')
  if (name !== undefined) return manualPage(version, EXTENSION_PAGES[extension] ?? 'runtime-config-custom')
  const page =
    postgresHas(version, 'vacuum_page') && ON_VACUUM_PAGE.test(setting) ? 'vacuum' : PAGE_OF.get(setting)
  if (page === undefined) return manualPage(version, 'runtime-config')
  return `${manualPage(version, `runtime-config-${page}`)}#GUC-${setting.toUpperCase().replaceAll('_', '-')}`
}

/** A standby whose value is below its primary's does not start. */
export const GROW_ON_STANDBYS_FIRST = [
  'max_connections',
  'max_locks_per_transaction',
  'max_prepared_transactions',
  'max_wal_senders',
  'max_worker_processes',
]
