#!/bin/sh
# A COMMIT that waits for a synchronous standby is ended by none of PostgreSQL's timeouts: statement_timeout and transaction_timeout
# are switched off before the commit begins, and lock_timeout is not about it. So a client that set all three "to be safe" waits
# without end once the standby is away. Cancelling its statement (Ctrl-C, pg_cancel_backend) does end it, with a warning, and the row
# stays: the commit is done here and may be lost with this server.
# A bound has to come from outside: a limit on the client's process, or synchronous_commit = local for what need not wait.
# Seen with PostgreSQL 17.12 of Debian 13; as root, with mmdebstrap.
set -eu
folder=$(mktemp -d)
as_postgres() { chroot "$folder/root" setpriv --reuid=postgres --regid=postgres --clear-groups -- env LC_ALL=C "$@"; }
bin=/usr/lib/postgresql/17/bin
stop() {
  as_postgres $bin/pg_ctl -D /tmp/data -m immediate stop >/dev/null 2>&1 || :
  umount "$folder/root/proc" 2>/dev/null || :
  rm -rf "$folder"
}
trap stop EXIT
mmdebstrap --quiet --variant=minbase --include=postgresql trixie "$folder/root" 2>/dev/null
mount -t proc proc "$folder/root/proc"
as_postgres $bin/postgres --version

ask() { as_postgres psql -X -A -t -q -h /tmp -d postgres "$@"; }
as_postgres $bin/initdb -D /tmp/data -A trust -N >/dev/null
as_postgres $bin/pg_ctl -D /tmp/data -w -l /tmp/log -o "-c listen_addresses= -c unix_socket_directories=/tmp" start >/dev/null
ask -c 'CREATE TABLE t (how text)'
ask -c "ALTER SYSTEM SET synchronous_standby_names = 'away'" -c 'SELECT pg_reload_conf()' >/dev/null
until [ "$(ask -c 'SHOW synchronous_standby_names')" = away ]; do :; done

bounded="SET statement_timeout = '1s'; SET transaction_timeout = '1s'; SET lock_timeout = '1s'"
# timeout ends psql after 6 s: 124.
for how in implicit explicit; do
  case $how in
    implicit) rc=0 && timeout 6 chroot "$folder/root" setpriv --reuid=postgres --regid=postgres --clear-groups -- \
      psql -X -q -h /tmp -d postgres -c "$bounded" -c "INSERT INTO t VALUES ('implicit')" || rc=$? ;;
    explicit) rc=0 && timeout 6 chroot "$folder/root" setpriv --reuid=postgres --regid=postgres --clear-groups -- \
      psql -X -q -h /tmp -d postgres -c "$bounded" -c BEGIN -c "INSERT INTO t VALUES ('explicit')" -c COMMIT || rc=$? ;;
  esac
  echo "$how commit, three timeouts of 1 s, after 6 s: ended with $rc"
  [ "$rc" -eq 124 ]
done
ask -c "SELECT 'waits: ' || wait_event_type || '/' || wait_event || ', ' || left(query, 30) FROM pg_stat_activity WHERE wait_event = 'SyncRep'" | sort | tee "$folder/waiting"
[ "$(wc -l <"$folder/waiting")" -ge 1 ]
ask -c "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'" >/dev/null
until [ "$(ask -c "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")" = 0 ]; do :; done
grep -h 'canceling wait' "$folder/root/tmp/log" | sed 's/^.*WARNING/  WARNING/' | sort | uniq -c
[ "$(ask -c 'SELECT count(*) FROM t')" = 2 ]
ask -c "SELECT 'rows after they were cancelled: ' || string_agg(how, ', ' ORDER BY how) FROM t"
