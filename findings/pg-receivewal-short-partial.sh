#!/bin/sh
# A .partial that was cut short, as a full disk leaves it, ends pg_receivewal at each start from then on, though its slot still
# holds all of that segment: it neither begins the segment again nor goes on behind it ("has 4096 bytes, should be 0 or 16777216").
# One of 0 bytes is taken and filled. Whoever starts it again and again (a unit, cron) waits for ever; the file has to go
# first, and nothing is lost with it, since the slot was not told that it is safe.
# Seen with PostgreSQL 15.20 of Debian 12.
set -eu
folder=$(mktemp -d)
me=postgres
[ "$(id -u)" -eq 0 ] || me=$(id -un)
id $me >/dev/null 2>&1 || me=nobody # root may not run a server
as() { if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=$me --regid="$(id -g $me)" --clear-groups -- "$@"; else "$@"; fi; }
stop() {
  as "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || :
  rm -rf "$folder"
}
trap stop EXIT
cd "$folder"
version=$(apt-cache depends postgresql | sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p')
libraries=$(apt-cache depends --recurse --no-recommends --no-suggests --no-conflicts --no-breaks --no-replaces --no-enhances \
  "postgresql-$version" | grep -E '^lib' | grep -vE '^(libc6|libllvm|libjson-perl|libc-)' | sort -u)
# shellcheck disable=SC2086 # one word a package
apt-get -q download "postgresql-$version" "postgresql-client-$version" $libraries >/dev/null 2>&1 || :
for package in *.deb; do dpkg-deb -x "$package" unpacked; done
bin=$folder/unpacked/usr/lib/postgresql/$version/bin
LD_LIBRARY_PATH=$folder/unpacked/usr/lib/$(uname -m)-linux-gnu:$folder/unpacked/lib/$(uname -m)-linux-gnu
export LD_LIBRARY_PATH LC_ALL=C PGHOST="$folder"
[ "$(id -u)" -ne 0 ] || chown $me "$folder"
"$bin/pg_receivewal" --version

ask() { as "$bin/psql" -X -A -t -q -U postgres -d postgres -c "$1"; }
# What is there when 3 s have passed, or when it has ended by itself.
receive() {
  as timeout 3 "$bin/pg_receivewal" -D wal -U postgres -S keeper --no-loop 2>&1 | sed 's/^/  /' || :
}
as "$bin/initdb" -D data -U postgres -A trust -N >/dev/null
as "$bin/pg_ctl" -D data -w -l log -o "-c listen_addresses= -c unix_socket_directories=$folder -c jit=off" start >/dev/null
as mkdir wal
ask "SELECT FROM pg_create_physical_replication_slot('keeper', true)" >/dev/null
ask 'CREATE TABLE t AS SELECT generate_series(1, 1000)'
receive
partial=$(find wal -name '*.partial')
as truncate --size 4096 "$partial"
echo "$partial has 4096 bytes:"
receive >said
cat said
grep -q 'should be 0 or 16777216' said
receive | grep 'should be 0 or 16777216'
ask "SELECT 'of the slot: ' || wal_status || ', from ' || restart_lsn FROM pg_replication_slots" | tee held
grep -q "reserved, from 0/1000000" held
rm "$partial"
receive
[ "$(stat -c %s "$partial")" -eq 16777216 ]
echo 'without the file the segment comes again, whole'
