#!/bin/sh
# Files what has arrived, as Barman's cron job does each minute, until the segment lies in the archive.
# `barman get-wal` would also give a segment that has arrived and cannot be filed. $1 is the server, $2 its
# wals_directory, $3 the segment, $4 the number of turns.

turn=0
until [ -n "$(find "$2" -name "$3")" ]; do
  turn=$((turn + 1))
  [ "$turn" -le "$4" ] || exit 1
  barman archive-wal "$1"
done
