#!/bin/sh
# Says the newest WAL file that Barman has received, if the primary cannot send what comes behind it. The number of a
# timeline tells nothing: two servers may both have begun a timeline 2. Changes nothing.
# Usage: sh received-beyond.sh <Barman's folder of the server> <the primary's timeline> <bytes of a WAL segment>
#                              [<timeline before that>:<LSN at which it was left>]...
set -u
folder=$1
now=$2
segment_bytes=$3
shift 3

newest=$(find "$folder/streaming" -maxdepth 1 -type f 2>/dev/null | sed -n 's#.*/\([0-9A-F]\{24\}\(\.partial\)\{0,1\}\)$#\1#p' | sort | tail -n 1)
[ -n "$newest" ] || exit 0

hex() { printf %s "$newest" | cut -c "$1"; }
timeline=$((0x$(hex 1-8)))
# Where receive-wal goes on: a file that is not complete is received again.
start=$(((0x$(hex 9-16) << 32) + 0x$(hex 17-24) * segment_bytes))
[ "${newest%.partial}" != "$newest" ] || start=$((start + segment_bytes))

# How the primary came to that timeline, and where it left it.
way=
left=
for step in "$@"; do
  if [ "${step%%:*}" -eq "$timeline" ]; then
    left=${step#*:}
    break
  fi
  way="$way$step "
done

if [ -n "$left" ]; then
  [ "$start" -le "$(((0x${left%/*} << 32) + 0x${left#*/}))" ] || {
    echo "$newest"
    exit
  }
elif [ "$timeline" -ne "$now" ]; then
  echo "$newest"
  exit
fi

# The same number, and another timeline: Barman has its history.
name=$(printf '%08X.history' "$timeline")
for file in "$folder/streaming/$name" "$folder/wals/$name"; do
  told=$(gzip -cdf "$file" 2>/dev/null | sed -n 's/^\([0-9][0-9]*\)\t\([0-9A-F]*\/[0-9A-F]*\)\t.*/\1:\2/p' | tr '\n' ' ')
  [ -z "$told" ] || [ "$told" = "$way" ] || {
    echo "$newest"
    exit
  }
done
