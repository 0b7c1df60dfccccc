#!/usr/bin/env bash
# Starts a writer that stays when we go, and waits until it runs; its lines go to a file, each behind its host's
# time in ms. $1 is the file, $2 how long it lasts at most, in seconds; then the writer's program, its name and its
# words. `timeout` ends it by TERM, which leaves the table.

umask 077
file=$1 seconds=$2
shift 2
pass=$(cat)
: >"$file" || exit
{
  printf '%s\n' "$pass" | setsid timeout "$seconds" bash -c "$@" 2>&1 |
    while IFS= read -r line; do printf '%s %s\n' "$(date +%s%3N)" "$line"; done
} >>"$file" 2>/dev/null </dev/null &
for _ in $(seq 100); do
  grep -q ' pid ' "$file" && exit
  sleep 0.1
done
exit 1
