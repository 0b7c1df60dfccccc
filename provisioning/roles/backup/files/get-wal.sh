#!/bin/sh
# What a server of the lab may ask of Barman over SSH: one WAL file, which a standby has missed. sshd runs this whatever it
# was asked for: authorized_keys says so. barman-wal-restore asks `barman get-wal [--test] 'SERVER' 'FILE'`.
# No history of a timeline: Barman has those that were given up too, and a standby that is told of one leaves its primary.
# Usage: sh get-wal.sh <server>
set -eu
asked=$(printf %s "${SSH_ORIGINAL_COMMAND:-}" | tr -d "'")
file=${asked#"barman get-wal $1 "}
case $file in
  "$asked" | *[!0-9A-F]*) ;;
  ????????????????????????) exec barman get-wal "$1" "$file" ;;
esac
test=${asked#"barman get-wal --test $1 "}
case $test in
  "$asked" | *[!0-9A-Za-z_]*) ;;
  ?*) exec barman get-wal --test "$1" "$test" ;;
esac
echo 'This key gets single WAL files, and nothing else' >&2
exit 1
