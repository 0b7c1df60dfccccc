#!/usr/bin/env bash
# One connection asks again and again, for each new one costs more than the answer. $1 is the question, $2 the
# pause. As jsonb an answer is one line. psql's `\warn` is not buffered. All of it ends with our connection, because
# nobody reads what it prints any more.

exec 2>&1
export PGAPPNAME='pg-lab drill' PGOPTIONS='-c statement_timeout=5s' QUESTION="SELECT to_jsonb(q) AS look FROM ($1) AS q"
trap 'trap "" TERM; kill 0; exit' TERM
echo "pid $$" || exit
while :; do
  # shellcheck disable=SC2069 # what psql warns of is the answer, what it prints is not wanted
  awk -v pause="$2" 'BEGIN {
    for (;;) printf "%s \\gset\n\\warn look :look\nSELECT pg_sleep(%s);\n", ENVIRON["QUESTION"], pause
  }' 2>/dev/null | psql -X -q -A -t -w -v ON_ERROR_STOP=1 -d postgres 2>&1 >/dev/null &
  wait $!
  echo away || exit
  sleep 0.3 & # refused at once: do not ask a thousand times a second
  wait $!
done
