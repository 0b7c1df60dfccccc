#!/bin/sh
# A base backup that Barman takes of a standby holds standby.signal, and `barman restore` (3.13.3) brings it along without a word. So
# what was restored "up to the end" does not come up as a server that one can write to: it starts as a standby, read-only, and waits
# for ever for more WAL, also where a recovery.signal lies beside it (standby.signal wins).
# Only a target that is reached (a time, a name, an LSN) with a promote as its action ends it, which hides the difference.
# Whoever restores the backup of a standby removes standby.signal first.
# Seen with Barman 3.13.3 and PostgreSQL 17.12 of Debian 13; as root, with mmdebstrap.
set -eu
folder=$(mktemp -d)
root=$folder/root
as() {
  who=$1
  shift
  chroot "$root" setpriv --reuid="$who" --regid="$who" --init-groups -- env LC_ALL=C HOME="/var/lib/$who" "$@"
}
bin=/usr/lib/postgresql/17/bin
finish() {
  for data in primary standby restored; do
    as postgres $bin/pg_ctl -D /tmp/$data -m immediate stop >/dev/null 2>&1 || :
  done
  as barman barman receive-wal --stop m >/dev/null 2>&1 || :
  umount "$root/proc" "$root/dev/shm" 2>/dev/null || :
  rm -rf "$folder"
}
trap finish EXIT
mmdebstrap --quiet --variant=minbase --include=postgresql,barman trixie "$root" 2>/dev/null
mount -t proc proc "$root/proc"
mkdir -p "$root/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm" # Python's locks
as barman barman --version | head -n 1
as postgres $bin/postgres --version

ask() { as postgres psql -X -A -t -q -h /tmp -d postgres -p "$@"; }
start() { as postgres $bin/pg_ctl -D "/tmp/$1" -w -t 60 -l "/tmp/$1.log" -o "-c listen_addresses= -c unix_socket_directories=/tmp -c port=$2" start >/dev/null; }
as postgres $bin/initdb -D /tmp/primary -A trust -N >/dev/null
start primary 5432
ask 5432 -c 'CREATE TABLE t (v int)' -c 'CREATE ROLE barman SUPERUSER LOGIN REPLICATION'
as postgres $bin/pg_basebackup -h /tmp -p 5432 -D /tmp/standby -R -X stream -c fast
start standby 5433

cat >"$root/etc/barman.d/m.conf" <<'CONF'
[m]
description = a standby
conninfo = host=/tmp port=5433 user=barman dbname=postgres
primary_conninfo = host=/tmp port=5432 user=barman dbname=postgres
streaming_conninfo = host=/tmp port=5433 user=barman
backup_method = postgres
streaming_archiver = on
slot_name = barman
create_slot = auto
CONF
# receive-wal starts, and what has arrived is handed over, as by cron each minute.
tries=0
until as barman barman -q cron && as barman timeout 120 barman backup --wait --wait-timeout 60 m >"$folder/said" 2>&1; do
  tries=$((tries + 1))
  [ "$tries" -lt 10 ] || { as barman barman check m || exit 1; }
  ask 5432 -c 'CHECKPOINT' -c 'SELECT pg_switch_wal()' >/dev/null
  sleep 3
done
ask 5432 -c 'INSERT INTO t VALUES (1)' -c 'SELECT pg_switch_wal()' >/dev/null
as barman barman restore m latest /tmp/copy >"$folder/said"
grep -ci 'standby' "$folder/said" | sed 's/^/lines of barman restore that name a standby: /'
(cd "$root/tmp/copy" && ls ./*.signal)
[ -e "$root/tmp/copy/standby.signal" ]

# The server that one would have: PostgreSQL's own user, as the manual of Barman says.
comes_up() {
  rm -rf "$root/tmp/restored"
  cp -a "$root/tmp/copy" "$root/tmp/restored"
  chroot "$root" chown -R postgres: /tmp/restored
  for file in $1; do rm -f "$root/tmp/restored/$file"; done
  : >"$root/tmp/restored.log" && chroot "$root" chown postgres: /tmp/restored.log
  # Its primary is not there: nobody answers at that port.
  echo "primary_conninfo = 'host=/tmp port=5999'" >>"$root/tmp/restored/postgresql.auto.conf"
  start restored 5434
  waited=0
  while [ "$(ask 5434 -c 'SELECT pg_is_in_recovery()')" = t ] && [ "$waited" -lt 20 ]; do
    waited=$((waited + 1))
    sleep 1
  done
  ask 5434 -c 'SELECT pg_is_in_recovery()'
  as postgres $bin/pg_ctl -D /tmp/restored -m fast stop >/dev/null
}
left=$(comes_up '')
gone=$(comes_up standby.signal)
echo "in recovery after 20 s, as it was restored: $left"
echo "in recovery without standby.signal: $gone"
[ "$left" = t ] && [ "$gone" = f ]
