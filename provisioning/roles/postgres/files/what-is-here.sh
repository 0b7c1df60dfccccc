#!/bin/sh
# Says what of PostgreSQL and Barman is on this host that the lab has not made, one finding a line. The first line,
# owner=, names the lab the host belongs to, if any. Changes nothing. Needs root: data directories are closed to others.
# Usage: sh what-is-here.sh
set -u

owner=$(cat /etc/pg-lab-owner 2>/dev/null)
echo "owner=$owner"

# A data directory, whatever leads to it.
cluster() {
  [ ! -e "$1/PG_VERSION" ] || echo "a cluster of PostgreSQL $(cat "$1/PG_VERSION") in $(readlink -f "$1")"
}

# The data directories that files name: data_directory of a postgresql.conf, PGDATA of a unit, -D of a command.
named_in() {
  grep -rhsE '^[^#]*(data_directory|PGDATA|ExecStart)' "$@" |
    sed -nE -e "s/^ *data_directory *=? *'?([^'# ]+).*/\1/p" -e 's/.*PGDATA="?([^" ]+).*/\1/p' \
      -e 's/^ExecStart.* -D *"?(\/[^" ]+).*/\1/p'
}

# Configurations, of whatever major and name, also of clusters that are stopped or gone.
configurations() {
  for folder in /etc/postgresql/*/*; do
    if [ -e "$folder" ]; then
      echo "a configuration of PostgreSQL in $folder"
      named_in "$folder"/*.conf "$folder"/conf.d | while read -r data; do cluster "$data"; done
    fi
  done
  for file in /etc/barman.conf /etc/barman/*.conf /etc/barman.d/*.conf; do
    if [ -e "$file" ]; then echo "Barman's configuration $file"; fi
  done
}

# Services that start a server, by whatever name.
units() {
  find /etc/systemd/system /usr/local/lib/systemd/system /usr/lib/systemd/system /lib/systemd/system \
    -name '*.service' -type f 2>/dev/null |
    while read -r unit; do
      case ${unit##*/} in
        postgres* | edb-as* | barman* | patroni*) ;;
        *) grep -qsE '^ExecStart=.*/(postgres|postmaster|pg_ctl|pg_ctlcluster|edb-postgres|patroni|pg_autoctl)( |$)' "$unit" || continue ;;
      esac
      echo "the service ${unit##*/}"
      named_in "$unit" "/etc/systemd/system/${unit##*/}.d" | while read -r data; do cluster "$data"; done
    done
  named_in /etc/sysconfig/pgsql | while read -r data; do cluster "$data"; done
}

# Servers that run, of whatever user, on whatever port, also in a container of this host: each has its data directory
# as its working directory, which the kernel does not show everywhere; most name it in their command as well.
running() {
  for process in /proc/[0-9]*; do
    case $(cat "$process/comm" 2>/dev/null) in
      postgres | postmaster | edb-postgres) ;;
      *) continue ;;
    esac
    if version=$(cat "$process/cwd/PG_VERSION" 2>/dev/null); then
      echo "a server of PostgreSQL $version that runs in $(readlink "$process/cwd")"
    else
      # Its other processes have titles in place of a command.
      tr '\0' '\n' <"$process/cmdline" 2>/dev/null | grep -qE '^/.*/(postgres|postmaster|edb-postgres)$' || continue
      data=$(tr '\0' '\n' <"$process/cmdline" | sed -n -e '/^-D$/{n;p;}' -e 's/^-D\(.\)/\1/p')
      echo "a server of PostgreSQL $(cat "$data/PG_VERSION" 2>/dev/null) that runs${data:+ in $data}"
    fi
  done
  # What is not seen so, behind a proxy, shows itself by its port.
  if ss -Hltn 'sport = :5432' 2>/dev/null | grep -q .; then echo 'a server that listens on port 5432'; fi
}

# Data in the usual places of Debian, RHEL and their relatives, and of Barman.
usual_places() {
  for folder in /var/lib/postgresql/*/* /var/lib/postgresql/data /var/lib/pgsql/*/data /var/lib/pgsql/data \
    /var/lib/postgres/data /usr/local/pgsql/data /opt/*/*/data /opt/*/data; do
    cluster "$folder"
  done
  for folder in /var/lib/barman/*/base; do
    if [ -e "$folder" ]; then echo "backups of Barman in ${folder%/base}"; fi
  done
}

# And in all others, but for the layers of containers, whose data lie in volumes. Not on a host that is a lab's already.
unusual_places() {
  [ -z "$owner" ] || return 0
  timeout 60 find / \( -path /proc -o -path /sys -o -path /dev -o -path '*/overlay2' -o -path '*/storage/overlay' -o -fstype nfs -o -fstype nfs4 -o -fstype cifs \) -prune \
    -o -path '*/global/pg_control' -print 2>/dev/null >/dev/fd/3
  [ $? -ne 124 ] || echo 'so many files that data directories could not be looked for within a minute'
}

{
  configurations
  units
  running
  usual_places
  { unusual_places 3>&1 >&4 | while read -r file; do cluster "${file%/global/pg_control}"; done; } 4>&1
} | awk '!told[$0]++'
