#!/bin/sh
# The job of the playbook, by hand over plain ssh: what nothing that does the same work can be much faster than.
# Usage: raw.sh <ssh_config> <master address> <slave address> <backup address>
set -eu
config=$1 master=$2 slave=$3 backup=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

on() { # on <host>: runs the shell script on standard input there, as root
  ssh -F "$config" "$1" sudo LC_ALL=C.UTF-8 sh -eu -s
}

install() { # install <host> <package>...
  host=$1
  shift
  on "$host" >"$work/$host.log" 2>&1 <<SCRIPT
mkdir -p /etc/postgresql-common/createcluster.d
echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/raw.conf
apt-get -qq update
DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $*
SCRIPT
}

password() { head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
replica=$(password) barman=$(password) streaming=$(password)

install master acl postgresql-15 &
one=$!
install slave acl postgresql-15 &
two=$!
install backup acl postgresql-15 barman cron &
wait "$one" "$two" "$!"

server_settings="listen_addresses = '*'
wal_level = replica
max_wal_senders = 10
max_replication_slots = 10
max_slot_wal_keep_size = 2GB
wal_log_hints = on
shared_buffers = 256MB"

hba="host replication replica $slave/32 scram-sha-256
host replication barman_streaming $backup/32 scram-sha-256
host postgres barman,barman_streaming $backup/32 scram-sha-256"

on master >"$work/server.log" 2>&1 <<SCRIPT
pg_createcluster 15 main -- --data-checksums --locale=C.UTF-8 --auth-local=peer --auth-host=scram-sha-256
cat >>/etc/postgresql/15/main/postgresql.conf <<CONF
$server_settings
CONF
cat >>/etc/postgresql/15/main/pg_hba.conf <<CONF
$hba
CONF
systemctl start postgresql@15-main
cd /
sudo -u postgres psql -q <<SQL
CREATE ROLE replica LOGIN REPLICATION PASSWORD '$replica';
CREATE ROLE barman_streaming LOGIN REPLICATION PASSWORD '$streaming';
CREATE ROLE barman LOGIN PASSWORD '$barman';
GRANT EXECUTE ON FUNCTION pg_switch_wal(), pg_create_restore_point(text), pg_backup_start(text, boolean), pg_backup_stop(boolean) TO barman;
GRANT pg_read_all_settings, pg_read_all_stats TO barman;
SELECT pg_create_physical_replication_slot('slave_slot', true);
CREATE DATABASE otus;
\\connect otus
CREATE TABLE dz (k serial PRIMARY KEY, v text);
SQL
SCRIPT

on slave >"$work/clone.log" 2>&1 <<SCRIPT &
install -o postgres -g postgres -m 600 /dev/null /var/lib/postgresql/.pgpass
echo '$master:5432:replication:replica:$replica' >/var/lib/postgresql/.pgpass
cd /
mkdir -p /etc/postgresql/15/main
sudo -u postgres /usr/lib/postgresql/15/bin/pg_basebackup -d 'host=$master user=replica' -D /var/lib/postgresql/15/main \
  -X stream --checkpoint=fast -S slave_slot --no-password
sudo -u postgres touch /var/lib/postgresql/15/main/standby.signal
cat >/etc/postgresql/15/main/postgresql.conf <<CONF
data_directory = '/var/lib/postgresql/15/main'
hba_file = '/etc/postgresql/15/main/pg_hba.conf'
$server_settings
primary_conninfo = 'host=$master user=replica passfile=/var/lib/postgresql/.pgpass'
primary_slot_name = 'slave_slot'
CONF
cat >/etc/postgresql/15/main/pg_hba.conf <<CONF
local all all peer
$hba
CONF
chown -R postgres: /etc/postgresql/15
systemctl start postgresql@15-main
until [ "\$(sudo -u postgres psql -At -c 'SELECT status FROM pg_stat_wal_receiver')" = streaming ]; do sleep 0.1; done
SCRIPT
clone=$!

on backup >"$work/barman.log" 2>&1 <<SCRIPT
install -o barman -g barman -m 600 /dev/null /var/lib/barman/.pgpass
printf '%s\n' '$master:5432:*:barman:$barman' '$master:5432:*:barman_streaming:$streaming' >/var/lib/barman/.pgpass
cat >/etc/barman.d/master.conf <<CONF
[master]
conninfo = host=$master user=barman dbname=postgres
streaming_conninfo = host=$master user=barman_streaming dbname=postgres
backup_method = postgres
streaming_archiver = on
archiver = off
slot_name = barman
create_slot = auto
immediate_checkpoint = true
path_prefix = /usr/lib/postgresql/15/bin
retention_policy = RECOVERY WINDOW OF 7 DAYS
minimum_redundancy = 1
CONF
systemctl start cron
cd /
archive() {
  sudo -u barman psql -qAt 'host=$master user=barman dbname=postgres' -c "SELECT pg_create_restore_point('raw')"
  sudo -u barman barman switch-wal --archive --archive-timeout 60 master
}
sudo -u barman barman cron
until sudo -u barman psql -At 'host=$master user=barman dbname=postgres' \
  -c "SELECT active FROM pg_replication_slots WHERE slot_name = 'barman'" | grep -q t; do sleep 0.1; done
archive
sudo -u barman barman backup master
archive
sudo -u barman barman check master
SCRIPT
wait "$clone"
