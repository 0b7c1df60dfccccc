#!/bin/sh
# Barman lists from its own catalogue, also what somebody deleted from the disk: so each file it names is looked at.
# It lists a backup's own timeline only; for the others the archive itself is looked through, and how the newest
# timeline came about, which its history tells. $1 is the server, $2 its wals_directory, $3 its backup_directory,
# where each backup's own file says in which segment it begins: Barman would take half a second for it; then what
# reads the archive's files, compressed or not.

server=$1 wals=$2 folder=$3
shift 3
barman list-files --target wal "$server" first | while IFS= read -r file; do
  if [ -s "$file" ]; then echo "there $file"; else echo "gone $file"; fi
done
find "$folder/base" "$folder/meta" -maxdepth 2 -name '*backup.info' -exec grep -lx status=DONE {} + 2>/dev/null |
  sort | tail -n 1 | xargs -r sed -n 's/^begin_wal=/newest /p; s/^xlog_segment_size=/segment /p'
find "$wals" -type f -size +0 ! -name '*.partial' -printf 'filed %f\n'
for history in "$wals"/*.history; do :; done
if [ -e "$history" ]; then "$@" <"$history" | sed -n 's/^ *\([0-9]\)/left \1/p'; fi
