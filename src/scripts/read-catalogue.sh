#!/bin/sh
# The catalogue is read from the files themselves, which takes a fifth of the time of `barman list-backup`:
# base/<id>/backup.info, since Barman 3.14 meta/<id>-backup.info. A WAL file has the time at which it was written.
# identity.json is written once, when Barman first reaches the server. $1 is Barman's name for the server, $2 the
# file that tells of its rehearsals.

df -kP -- "$HOME" && cd -- "$HOME/$1" && echo catalogue: && date '+now %s' &&
  {
    find base meta -maxdepth 2 -name '*backup.info' -exec grep -HE '^(status|size|begin_time|end_time|begin_xlog|end_xlog|timeline|parent_backup_id|summarize_wal|mode)=' {} +
    find wals -type f -printf 'wal %T@ %f\n' | grep -E ' [0-9A-F]{24}$' | sort -n -k 2 | tail -n 1
    find identity.json -printf 'since %T@\n'
    sed 's/^/rehearsed /' "$2"
  } 2>/dev/null
true
