#!/bin/sh
# Barman runs this before each base backup of a standby. An incremental begins at the newest checkpoint the standby has
# replayed, and PostgreSQL refuses it where that is before the end of the backup it is built on: on an idle server it is.
# Usage: sh checkpoint.sh <conninfo of the primary, whoever that is> <conninfo of the standby>
set -eu
ask() { psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$@"; }
end=$(ask "$1" -c CHECKPOINT -c 'SELECT pg_current_wal_lsn()')
for _ in $(seq 300); do
  [ "$(ask "$2" -c "SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= '$end'")" != t ] || exit 0
  sleep 0.1
done
