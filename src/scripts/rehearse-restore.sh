#!/usr/bin/env bash
# A server of its own in Barman's home, in a folder that no name of a server can lead to: no TCP, nothing archived,
# no way to the primary, nobody but barman gets in. It goes with our connection, and a trap stands behind each end;
# what a power cut left goes at the next start. A segment of WAL may have up to 1 GB, and the server wants room for
# two. postgresql.auto.conf is emptied once it is checked: what ALTER SYSTEM set on the primary has no place here.
# $1 is the server, $2 the backup, $3 the restore point, $4 path_prefix, $5 bytes needed, $6 the database, $7 the
# question, $8 the timeline (else Barman leaves out the WAL written after a promotion), $9 Barman's word for a
# restore, $10 whether it takes a target or a timeline, not both; $11 who asks: the database's owner, for a
# superuser would lend his rights to whatever is in there; $12 lines of its configuration; $13 whether a backup has
# a list of its files; $14 the folder where pg-lab keeps its own; $15 Barman's option for where an incremental is
# combined with what it is built on, nothing for a full one; then the names of the tablespaces, each of which
# gets a folder by its number: a name may hold anything.

export LC_ALL=C.UTF-8
server=$1 backup=$2 target=$3 needed=$5 database=$6 question=$7 timeline=$8 word=$9
takes_one=${10} owner=${11} settings=${12} lists_files=${13} kept=${14} combine=${15}
PATH="$4:$PATH"
shift 15
work=$kept/rehearsal
data=$work/data
exec 9<~
flock -n 9 || exit 75 # EX_TEMPFAIL of sysexits.h
end() {
  trap '' HUP INT TERM
  if [ -f "$data/postmaster.pid" ]; then pg_ctl -D "$data" -s -m immediate stop; fi
  rm -rf "$work"
  # Older versions worked here; a server of Barman has its base backups in a folder of its name.
  if [ -f ~/rehearsal/said ] && [ ! -e ~/rehearsal/base ]; then rm -rf ~/rehearsal; fi
}
step() {
  name=$1
  shift
  if "$@" >"$work/said" 2>&1 9<&-; then result=good; else result=bad; fi
  echo "@$name $result"
  tail -n 40 "$work/said"
  [ "$result" = good ] || exit 1
}
end
trap end EXIT
trap 'exit 130' HUP INT TERM
free=$(df --output=avail -B1 ~ | tail -n 1)
echo "@free $free"
[ "$free" -ge "$needed" ] || exit 1
# shellcheck disable=SC2174 # the folder around it is Barman's home
mkdir -p -m 0700 "$kept"
mkdir -m 0700 "$work" || exit

places=()
for name; do places+=(--tablespace "$name:$work/tablespaces/${#places[@]}"); done
copy() {
  until=(--target-name "$target" --target-tli "$timeline")
  if [ "$takes_one" = true ]; then
    # A timeline alone brings all the WAL up to its end.
    own=$(sed -n 's/^timeline=//p' ~/"$server/base/$backup/backup.info")
    if [ "$own" = "$timeline" ]; then until=(--target-name "$target"); else until=(--target-tli "$timeline"); fi
  fi
  if [ -n "$combine" ]; then places+=("$combine" "$work/combined"); fi
  barman "$word" "${until[@]}" "${places[@]}" "$server" "$backup" "$data"
}
files() {
  # Barman has put its own beside these, and renamed the manifest
  find "$data" -maxdepth 1 -name '*.origin' | while IFS= read -r file; do mv "$file" "${file%.origin}"; done
  for manifest in "$data/backup_manifest.$backup" "$data/backup_manifest"; do
    if [ -f "$manifest" ]; then
      pg_verifybackup --no-parse-wal --manifest-path="$manifest" --ignore="${manifest##*/}" \
        --ignore=.barman-recover.info --ignore=barman_wal "$data"
      return
    fi
  done
  echo 'backup_manifest is missing'
  return 1
}
port=5433 # names its socket; nothing else listens in that folder
recover() {
  # Barman leaves them out of an incremental.
  for folder in pg_wal pg_tblspc; do [ -d "$data/$folder" ] || mkdir -m 0700 "$data/$folder"; done
  : >"$data/postgresql.auto.conf"
  rm -f "$data/standby.signal"
  touch "$data/recovery.signal"
  echo 'local all all peer map=rehearsal' >"$work/hba"
  printf 'rehearsal barman %s\n' postgres "$owner" >"$work/ident"
  cat >"$work/conf" <<CONF
hba_file = '$work/hba'
ident_file = '$work/ident'
listen_addresses = ''
port = $port
unix_socket_directories = '$work'
shared_buffers = 32MB
min_wal_size = 2GB
max_wal_size = 2GB
$settings
archive_mode = off
hot_standby = off
restore_command = 'cp barman_wal/%f %p'
recovery_target_timeline = '$timeline'
recovery_target_name = '$target'
recovery_target_action = promote
CONF
  pg_ctl -D "$data" -s -w -l "$work/log" -o "-c config_file=$work/conf" start
  until pg_isready -q -h "$work" -p "$port"; do
    if ! pg_ctl -D "$data" status; then
      break
    fi
    sleep 0.3
  done >/dev/null
  grep -v -e 'not accepting connections' -e 'Hot standby mode is disabled' "$work/log"
  pg_isready -q -h "$work" -p "$port"
}
step copy copy
if [ "$lists_files" = true ]; then step files files; fi
step target recover
echo "@rows $(echo "$question" | psql -X -q -A -t -h "$work" -p "$port" -U "$owner" -d "$database")"
