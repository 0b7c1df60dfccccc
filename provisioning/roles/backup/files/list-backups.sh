#!/bin/sh
# Lists the backups as JSON; on stderr, a line each: whether one is due for a reason of the lab's own, what the clock says,
# and by which method the newest full one that is DONE was taken. Changes nothing.
# Usage: sh list-backups.sh <file that is there while one is due> <server>
set -eu
if [ -e "$1" ]; then echo due >&2; fi
date '+now=%s' >&2
# base/<id>/backup.info, since Barman 3.14 meta/<id>-backup.info; an id is the time it was begun at.
for file in "$HOME/$2/base"/*/backup.info "$HOME/$2/meta"/*-backup.info; do
  if [ -e "$file" ] && grep -q '^status=DONE' "$file" && ! grep -Eq '^parent_backup_id=[0-9]' "$file"; then
    echo "$file" | sed 's#.*/\([0-9T]\{15\}\)[/-]backup.info#\1#'
    sed -n 's/^mode=\([a-z]*\).*/\1/p' "$file"
  fi
done | paste -d ' ' - - | sort | tail -n 1 | sed -n 's/^[0-9T]* /method=/p' >&2
exec barman -f json list-backup "$2"
