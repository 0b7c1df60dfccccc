#!/bin/sh
# `barman backup --wait` of an idle PostgreSQL 17 waits for a WAL segment that nobody needs and nothing will ever fill. Barman
# 3.13 asks for the position when pg_basebackup is done, which has just switched: it is the very first byte of a segment. Up to
# PostgreSQL 16 pg_walfile_name_offset() gave the segment before for such a position; since 17 (release notes, "Change file
# boundary handling of two WAL file name functions") it gives the one that begins there. Barman's own switch does nothing, since
# the segment is still empty; writes that come later go into it and do not end it. So with --wait it is an error whatever is
# written meanwhile, and without it the backup stays WAITING_FOR_WALS and does not count, until somebody switches once more.
# Seen with Barman 3.13 and PostgreSQL 17 of Debian 13; as root, with mmdebstrap.
set -eu
folder=$(mktemp -d)
root=$folder/root
stop() {
  chroot --userspec=barman:barman "$root" barman receive-wal --stop one >/dev/null 2>&1 || :
  chroot --userspec=postgres:postgres "$root" "$bin/pg_ctl" -D /srv/pg/data -m immediate stop >/dev/null 2>&1 || :
  umount "$root/proc" 2>/dev/null || :
  rm -rf "$folder"
}
bin=/usr/lib/postgresql/17/bin
trap stop EXIT
mmdebstrap --quiet --variant=minbase --include=postgresql-17,barman trixie "$root" >/dev/null 2>&1
mount -t proc proc "$root/proc"
chmod 755 "$folder"
export LC_ALL=C HOME=/tmp PATH=/usr/sbin:/usr/bin:/sbin:/bin
server() { chroot --userspec=postgres:postgres "$root" "$@"; }
barman() { chroot --userspec=barman:barman "$root" barman "$@"; }
ask() { server psql -X -A -t -q -h /tmp -d postgres -c "$1"; }

install -d -o "$(server id -u)" -m 700 "$root/srv/pg"
server "$bin/initdb" -D /srv/pg/data -A trust -N >/dev/null
server "$bin/pg_ctl" -D /srv/pg/data -w -l /tmp/pg.log -o '-c listen_addresses= -c unix_socket_directories=/tmp -c autovacuum=off' start >/dev/null
cat >"$root/etc/barman.d/one.conf" <<'CONF'
[one]
description = one
conninfo = host=/tmp user=postgres dbname=postgres
streaming_conninfo = host=/tmp user=postgres dbname=postgres
backup_method = postgres
streaming_archiver = on
slot_name = barman
create_slot = auto
CONF
barman --version
server "$bin/postgres" --version
ask "SELECT '0/E000000 is in ' || (pg_walfile_name_offset('0/E000000')).file_name"
[ "$(ask "SELECT pg_walfile_name('0/E000000')")" = 00000001000000000000000E ]

barman cron >/dev/null 2>&1
for _ in 1 2 3 4 5 6 7 8 9 10; do # the first segment, which a backup wants to find
  ask "SELECT pg_switch_wal() FROM pg_logical_emit_message(true, 'a', 'b')" >/dev/null
  sleep 1
  barman archive-wal one >/dev/null 2>&1 || :
  [ -z "$(find "$root/var/lib/barman/one/wals" -name '0000*0*' -type f 2>/dev/null)" ] || break
done
ended=0
barman backup --wait --wait-timeout 20 one >"$folder/out" 2>&1 &
running=$!
sleep 8
ask "SELECT count(*) FROM generate_series(1, 20), pg_logical_emit_message(true, 'a', 'written later')" >/dev/null
wait $running || ended=$?
grep -E 'end at LSN|not been received' "$folder/out"
echo "exit $ended"
[ "$ended" -ne 0 ]
grep -q 'Backup end at LSN: [0-9A-F]*/[0-9A-F]*000000 (.*, 00000000)' "$folder/out"
barman list-backup one
barman list-backup one | grep -q WAITING_FOR_WALS
ask "SELECT pg_switch_wal() FROM pg_logical_emit_message(true, 'a', 'b')" >/dev/null
sleep 2
barman archive-wal one >/dev/null
barman cron >/dev/null 2>&1
sleep 3
echo 'after one more switch:'
barman list-backup one
if barman list-backup one | grep -q WAITING_FOR_WALS; then exit 1; fi
