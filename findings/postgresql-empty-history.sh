#!/bin/sh
# An empty file 00000002.history in pg_wal, on a standby of timeline 1. PostgreSQL writes such files for timelines and never an
# empty one; it is read without a complaint. A standby that runs passes it by: promoted, it begins timeline 3, so the file
# reserves a number. The same standby, started again before that, takes 2 for the newest timeline: it ends with no error, and never
# lets anybody in ("unexpected timeline ID 1 in log segment …", again and again), though its primary is there and on timeline
# 1 like itself. So whoever keeps a number from being used twice may put the file there only for the moment of the promotion.
# Seen with PostgreSQL 15.20 of Debian 12.
set -eu
folder=$(mktemp -d)
me=postgres
[ "$(id -u)" -eq 0 ] || me=$(id -un)
id $me >/dev/null 2>&1 || me=nobody # root may not run a server
as() { if [ "$(id -u)" -eq 0 ]; then setpriv --reuid=$me --regid="$(id -g $me)" --clear-groups -- "$@"; else "$@"; fi; }
stop() {
  for data in primary standby; do as "$bin/pg_ctl" -D "$folder/$data" -m immediate stop >/dev/null 2>&1 || :; done
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
"$bin/postgres" --version

start() { as "$bin/pg_ctl" -D "$folder/$1" -w -t 30 -l "$folder/$1.log" -o "-p $2 -c listen_addresses= -c unix_socket_directories=$folder -c jit=off" start >/dev/null; }
ask() { as "$bin/psql" -X -A -t -q -U postgres -p "$1" -d postgres -c "$2"; }
as "$bin/initdb" -D primary -U postgres -A trust -N >/dev/null
start primary 6001
as "$bin/pg_basebackup" -D standby -U postgres -p 6001 -R
start standby 6002
as touch standby/pg_wal/00000002.history
as "$bin/pg_ctl" -D standby -m fast -w stop >/dev/null
: >standby.log
if start standby 6002 2>/dev/null; then echo 'the standby starts again'; exit 1; fi
as "$bin/pg_ctl" -D standby status | head -n 1
sed -n 's/.*LOG: *\(unexpected timeline.*\), offset.*/  \1/p' standby.log | sort | uniq -c
if ask 6002 'SELECT 1' 2>/dev/null; then exit 1; fi
grep -q 'unexpected timeline ID 1' standby.log
as "$bin/pg_ctl" -D standby -m immediate -w stop >/dev/null 2>&1 || :
rm standby/pg_wal/00000002.history
start standby 6002
as touch standby/pg_wal/00000002.history
[ "$(ask 6002 'SELECT pg_promote()')" = t ]
timeline=$(ask 6002 'SELECT left(pg_walfile_name(pg_current_wal_lsn()), 8)')
echo "promoted while it runs: timeline $timeline"
[ "$timeline" = 00000003 ]
