#!/bin/sh
# What a host of a lab is like, and the mark that the last run of pg-lab has left there. pg-lab compares the two before it
# runs Ansible again. Needs root, for much of it is closed to others.
# Usage: sh host-state.sh look [PSQL DATABASE TABLE]   prints the mark, a line `now`, and what is; changes nothing
#        sh host-state.sh keep <MARK                   replaces the mark, whole or not at all
#        sh host-state.sh forget                       removes it
# A line is `kind<TAB>name<TAB>value`. What cannot be read makes a line `failed`: then nobody knows, and Ansible runs.
# Nothing is secret in it: of a file it has no content, not even a hash, of a role no password.
set -eu
LC_ALL=C
export LC_ALL
mark=/etc/pg-lab-applied
tab=$(printf '\t')

# find's arguments; prints what it finds. The time of change (%C) is the kernel's: nobody can write a file, or change its
# mode or owner, and set it back. A folder's changes whenever a file comes or goes, which shows by itself.
files() {
  find "$@" \( -type d -printf "stat\t%p\t%y %m %u:%g\n" -o -printf "stat\t%p\t%y %m %u:%g %s %C@ %l\n" \) ||
    printf 'failed\tlook for files in %s\t\n' "$1"
}

# All that is configured somewhere, whoever wrote it: also what has come since. Docker writes three of the files again at
# each start. An enabled unit is a link in /etc/systemd; of the system's own units these are ours.
folders() {
  set -- /etc
  for folder in /usr/sbin/pg-lab-guard /usr/local/bin /usr/local/sbin /var/spool/cron /usr/lib/locale /var/lib/dpkg/status; do
    if [ -e "$folder" ]; then set -- "$@" "$folder"; fi
  done
  files "$@" -xdev ! -path "$mark*" ! -path /etc/hosts ! -path /etc/hostname ! -path /etc/resolv.conf
  files /usr/lib/systemd/system /run/systemd -maxdepth 2 \
    \( -name 'postgres*' -o -name 'barman*' -o -name 'cron*' -o -path '/run/systemd/system/*' \)
  printf 'content\t/etc/hosts\t%s\n' "$(sha256sum </etc/hosts)"
}

# Passwords and keys of the users the servers run as, and the model Barman has switched to; not their histories.
homes() {
  for user in postgres barman; do
    home=$(getent passwd "$user" | cut -d: -f6)
    if [ -d "$home" ]; then
      files "$home" -maxdepth 2 \( -name '.pgpass*' -o -name .pg_service.conf -o -name .barman.conf -o -name '.active-model*' \
        -o -path '*/.ssh/*' -o -path '*/.postgresql/*' \)
    fi
  done
}

# Of the data directory what configures it, not what PostgreSQL keeps there.
data() {
  printf 'data\tdirectory\t%s\n' "$(readlink -f "$1")"
  files "$1/" -maxdepth 2 \( -path "$1/" -o -path '*/pg_tblspc/*' -o -name '*.conf' -o -name '*.signal' -o -name PG_VERSION \
    -o -name '*.crt' -o -name '*.key' \) ! -path "$1/base/*"
}

# Debian's file of them is among the files.
packages() {
  if ! command -v dpkg-query >/dev/null; then
    list=$(rpm -qa --queryformat '%{NAME} %{EVR} %{ARCH}\n')
    printf 'packages\t\t%s\n' "$(printf '%s\n' "$list" | sort | sha256sum)"
  fi
}

units() {
  list=$(systemctl list-units --all --plain --no-legend --no-pager 'postgresql*' 'barman*' 'cron*')
  printf '%s\n' "$list" | awk 'NF { print "unit\t" $1 "\t" $2 " " $3 " " $4 }'
}

# ask DATABASE [option...] <SQL
ask() {
  database=$1
  shift
  (
    cd /
    runuser -u postgres -- env PGDATABASE="$database" PGCONNECT_TIMEOUT=10 \
      PGOPTIONS='-c search_path=pg_catalog -c statement_timeout=10s -c role=none' \
      timeout -k 2 15 "$psql" -X -q -A -t -F "$tab" -v ON_ERROR_STOP=1 "$@"
  )
}

# xmin is another one after each change of a row, of a password too.
server() {
  ask postgres <<'SQL'
SELECT 'server', 'cluster', (SELECT system_identifier FROM pg_control_system());
SELECT 'server', 'role', CASE WHEN pg_is_in_recovery() THEN 'standby' ELSE 'primary' END;
SELECT 'server', 'timeline', CASE WHEN pg_is_in_recovery() THEN coalesce((SELECT received_tli FROM pg_stat_wal_receiver),
    (SELECT max(('x' || left(name, 8))::bit(32)::int) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'))
  ELSE ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int END;
SELECT 'setting', name, to_json(concat_ws(' ', setting, source, sourcefile, sourceline))
  FROM pg_settings WHERE source NOT IN ('default', 'client');
SELECT 'waits for a restart', name, '' FROM pg_settings WHERE pending_restart;
SELECT 'role', to_json(rolname), concat_ws(' ', oid, xmin) FROM pg_authid;
SELECT 'membership', concat_ws(' ', roleid, member), xmin FROM pg_auth_members;
SELECT 'settings of a role', concat_ws(' ', setdatabase, setrole), xmin FROM pg_db_role_setting;
SELECT 'database', to_json(datname), concat_ws(' ', oid, datdba, datallowconn, datconnlimit, datacl) FROM pg_database;
SELECT 'tablespace', to_json(spcname), to_json(concat_ws(' ', oid, xmin, pg_tablespace_location(oid))) FROM pg_tablespace;
SELECT 'slot', slot_name, concat_ws(' ', slot_type, to_jsonb(s) ->> 'wal_status' = 'lost') FROM pg_replication_slots s
 WHERE NOT temporary;
SELECT 'privileges', 'functions', md5(string_agg(concat_ws(' ', oid, proowner, proacl), ',' ORDER BY oid))
  FROM pg_proc WHERE proacl IS NOT NULL;
SELECT 'privileges', 'relations', md5(string_agg(concat_ws(' ', oid, relowner, relacl), ',' ORDER BY oid))
  FROM pg_class WHERE relacl IS NOT NULL AND relnamespace = 'pg_catalog'::regnamespace;
SELECT 'data directory', '', current_setting('data_directory');
SQL
  # The lab's own table; what else is in the database is its users' affair.
  ask "$1" --set table="$2" <<'SQL'
SELECT 'schema', nspname, concat_ws(' ', nspowner, nspacl) FROM pg_namespace n WHERE nspname IN ('public', 'pg_catalog');
SELECT 'table', to_json(relname), concat_ws(' ', oid, relowner, relkind, relacl) FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relname = :'table';
SQL
}

look() {
  if [ -e "$mark" ]; then cat "$mark"; fi
  printf '\nnow\t\t\n' # a mark that was cut off may end in the middle of a line
  printf 'host\tname\t%s\n' "$(hostname)"
  folders
  homes
  packages
  units
  if [ $# -gt 0 ]; then
    psql=$1
    answer=$(server "$2" "$3")
    printf '%s\n' "$answer"
    data "$(printf '%s\n' "$answer" | sed -n "s/^data directory$tab$tab//p")"
  fi
  printf 'end\t\t\n'
}

keep() {
  umask 077
  cat >"$mark.new"
  mv -f "$mark.new" "$mark"
}

act=$1
shift
case $act in
  look) look "$@" ;;
  keep) keep ;;
  forget) rm -f "$mark" ;;
esac
