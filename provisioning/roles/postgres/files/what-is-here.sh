#!/bin/sh
# Says what of PostgreSQL and Barman is on this host that the lab has not made, one finding a line. The first line,
# owner=, names the lab the host belongs to, if any. Changes nothing. Needs root: data directories are closed to others.
# Usage: sh what-is-here.sh
set -eu

echo "owner=$(cat /etc/pg-lab-owner 2>/dev/null)"

for file in /var/lib/postgresql/*/*/PG_VERSION /var/lib/pgsql/*/data/PG_VERSION /var/lib/pgsql/data/PG_VERSION; do
  if [ -e "$file" ]; then echo "a cluster of PostgreSQL $(cat "$file") in ${file%/PG_VERSION}"; fi
done

for file in /etc/barman.conf /etc/barman.d/*.conf; do
  if [ -e "$file" ]; then echo "Barman's configuration $file"; fi
done

# A server that runs from another place, or in a container, shows itself by its port.
if ss -Hltn 'sport = :5432' 2>/dev/null | grep -q .; then echo 'a server that listens on port 5432'; fi
