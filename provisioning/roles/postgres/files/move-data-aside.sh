#!/bin/sh
# Keeps a data directory under another name. A disk's own folder cannot be renamed, and what is not PostgreSQL's stays in
# it: then the entries move, PG_VERSION last, so that a run that is cut off begins here again.
# Usage: sh move-data-aside.sh <data directory> <where the next one goes> <the name it is kept under>
set -eu

if [ "$1" = "$2" ]; then exec mv -T "$1" "$3"; fi
# shellcheck disable=SC2174 # the folder around it is there
mkdir -p -m 0700 "$2.moving"
chown --reference="$1/PG_VERSION" "$2.moving"
for entry in "$1"/*; do
  case ${entry##*/} in
    base | global | log | pg_* | postgresql*.conf* | postmaster.* | current_logfiles* | *.signal | backup_* | tablespace_map*)
      mv "$entry" "$2.moving/"
      ;;
  esac
done
mv "$1/PG_VERSION" "$2.moving/"
mv -T "$2.moving" "$3"
