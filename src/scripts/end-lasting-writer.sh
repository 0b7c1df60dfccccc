#!/usr/bin/env bash
# Ends it, where it still runs, and gives what it wrote: its host's time in ms, whether it ran, and the lines. $1 is
# the file.

[ -f "$1" ] || exit 0
pid=$(sed -n 's/^[0-9]* pid //p' "$1" | head -n 1)
now=$(date +%s%3N)
state=gone
if [ -n "$pid" ] && grep -qs pg-lab-drill "/proc/$pid/cmdline"; then
  state=alive
  kill -TERM "$pid"
  for _ in $(seq 50); do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.1
  done
fi
echo "$now $state"
cat "$1"
