#!/usr/bin/env bash
# pgbench's own tables, in a schema of their own in the demo database, dropped whatever happens: the script ends
# with our connection, and a trap stands behind each end. $1 is the database, $2 the rate, $3 the seconds, $4 the
# database's owner: a superuser would lend his rights to whatever is in there. $5 how long one commit may take, in
# seconds. The server says where pgbench lies. Dropping must not wait for a synchronous standby that is gone, and
# has a session of its own: the end of ours comes as more than one signal.

schema=load_of_pg_lab
export PGAPPNAME='pg-lab load' PGUSER="$4"
ask() { psql -X -q -A -t -v ON_ERROR_STOP=1 -d "$1" -c "$2"; }
drop() {
  trap '' HUP INT TERM
  PGOPTIONS='-c client_min_messages=warning -c synchronous_commit=local -c lock_timeout=10s' \
    setsid --wait psql -X -q -d "$1" -c "DROP SCHEMA IF EXISTS $schema CASCADE"
}
others=$(ask "$1" "SELECT count(*) FROM pg_stat_activity
  WHERE application_name = '$PGAPPNAME' AND pid <> pg_backend_pid()") || exit
[ "$others" = 0 ] || exit 75 # EX_TEMPFAIL of sysexits.h
PATH="$(PGUSER=postgres ask postgres "SELECT setting FROM pg_config WHERE name = 'BINDIR'"):$PATH"
drop "$1" || exit
trap 'drop "$1"' EXIT
trap 'exit 130' HUP INT TERM
# As every commit of the load it waits for synchronous standbys. SIGINT: psql takes the commit back out of the queue.
PGOPTIONS='-c client_min_messages=error' timeout -s INT -k 5 "$5" \
  psql -X -q -v ON_ERROR_STOP=1 -d "$1" -c "CREATE SCHEMA $schema" || exit
export PGOPTIONS="-c search_path=$schema"
pgbench -i -q -s 1 "$1" || exit
pgbench -n -c 4 -R "$2" -T "$3" "$1"
