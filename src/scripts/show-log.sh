#!/bin/sh
# Prints the end of a log, or what is in it since a moment, and goes on with it where it is wanted.
# Usage: show-log.sh LINES SINCE ZONE FOLLOW PLACE…
#        LINES of its end where SINCE is empty; SINCE in seconds since 1970; ZONE that its lines tell times in, the
#        machine's own where it is empty; FOLLOW yes or no; a PLACE is a log, a folder of logs, or the file in which
#        PostgreSQL's collector says where it writes. Of all, the log that was written to last is shown.
set -eu

lines=$1 since=$2 zone=$3 follow=$4
shift 4

logs() {
  for place; do
    case $place in
      */current_logfiles)
        [ ! -r "$place" ] || (cd "${place%/*}" && cut -d' ' -f2- current_logfiles | xargs -r -d '\n' realpath --)
        ;;
      *) if [ -d "$place" ]; then find "$place" -maxdepth 1 -type f; elif [ -e "$place" ]; then echo "$place"; fi ;;
    esac
  done
}

newest=$(logs "$@" | xargs -r -d '\n' ls -t -- | head -n 1)
if [ -z "$newest" ]; then
  echo "there is no log in $*" >&2
  exit 1
fi

from=-n$lines
if [ -n "$since" ]; then
  if [ -n "$zone" ]; then export TZ="$zone"; fi
  moment=$(date -d "@$since" '+%F %T')
  # What has no time of its own belongs to the line before it.
  first=$(awk -v moment="$moment" '/^[0-9]+-[0-9][0-9]-[0-9][0-9] / && substr($0, 1, 19) >= moment { print NR; exit }' "$newest")
  from=-n+${first:-$(($(wc -l <"$newest") + 1))}
fi
if [ "$follow" = yes ]; then exec tail "$from" -F -- "$newest"; fi
exec tail "$from" -- "$newest"
