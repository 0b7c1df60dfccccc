#!/usr/bin/env bash
# $1 is the connection string, $2 what one connection's numbers begin at, $3 the pause, $4 the run before its first,
# $5 the schema and $6 the table in it; hosts, database and user come by the environment (without PGHOST Debian's
# psql looks for a server of its own first), the line of the passfile by stdin. psql's `\warn` is not buffered: a
# number is on its way to us before the next one is written. All of it ends with our connection, because nobody
# reads what it prints any more; then its table goes too, where the primary can still be reached. TERM is our own
# way to end it, and leaves the table.

umask 077
passfile=$(mktemp /tmp/pg-lab-drill.XXXXXX) || exit
end() {
  trap '' HUP INT TERM PIPE
  trap - EXIT
  [ "$1" = asked ] || PGOPTIONS='-c synchronous_commit=local -c lock_timeout=10s -c client_min_messages=warning' \
    setsid --wait psql -X -q -c "DROP SCHEMA IF EXISTS $schema CASCADE" "$conninfo" >/dev/null 2>&1
  rm -f -- "$passfile"
  kill 0
  exit
}
conninfo=$1 schema=$5
trap 'end asked' TERM
trap 'end' HUP INT PIPE EXIT
cat >"$passfile"
export PGPASSFILE=$passfile PGAPPNAME='pg-lab drill'
exec 2>&1
echo "pid $$" || exit
run=$4
while :; do
  run=$((run + 1))
  awk -v run="$run" -v base="$2" -v pause="$3" -v table="$5.$6" 'BEGIN {
    printf "\\warn in %d\n", run
    for (n = run * base + 1; ; n++) {
      printf "INSERT INTO %s (n) VALUES (%d);\n\\warn ack %d :HOST\n", table, n, n
      printf "DO $$ BEGIN PERFORM pg_sleep(%s); END $$;\n", pause
    }
  }' 2>/dev/null | psql -X -q -w -v ON_ERROR_STOP=1 "$conninfo" &
  wait $!
  echo "end $run $?" || exit
  sleep 0.1 & # a refused connection comes back at once: do not ask a thousand times a second
  wait $!
done
