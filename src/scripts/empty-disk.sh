#!/bin/sh
# Takes the small disk away; what was received on it goes to the big one, but for files that were cut off for want
# of room: pg_receivewal refuses those. It also refuses a .partial file whose complete segment is already archived.
# $1 is the folder, $2 the archive, $3 the name of the file that left no room, $4 how many bytes a WAL file has. May
# be run again.

while mountpoint -q "$1"; do
  kept=$(mktemp -d "$1.XXXXXX") || exit
  find "$1" -mindepth 1 -maxdepth 1 -type f ! -name "$3" \( -size "$4c" -o -name '*.history' \) -exec cp -a -t "$kept" {} +
  umount "$1" || umount -l "$1" || exit
  find "$kept" -type f -exec mv -f -t "$1" {} +
  rm -r "$kept"
done
rm -f "$1/$3"
for partial in "$1"/*.partial; do
  name=${partial##*/}
  [ -e "$partial" ] && [ -n "$(find "$2" -name "${name%.partial}")" ] && rm -f "$partial"
done
exit 0
