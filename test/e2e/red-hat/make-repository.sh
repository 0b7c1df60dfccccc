#!/bin/sh
# Packs /src again as RPMs, signs them, and lays them out in /repo as postgresql.org does. The release package is
# installed at once: it stands for all that a host has before.
set -eu

name=/src/postgresql
mkdir -p $name/usr/pgsql-15 $name/usr/bin $name/usr/lib/systemd/system $name/usr/lib/tmpfiles.d
# PGDG's lie in a folder of their own. PostgreSQL finds its libraries from where its programs are.
mv $name/usr/lib/postgresql/15/* $name/usr/pgsql-15/
rm -r $name/usr/lib/postgresql
rm -rf $name/etc $name/lib $name/usr/share/doc $name/usr/share/man $name/usr/share/locale
for program in psql pg_dump pg_dumpall pg_restore pg_isready pg_basebackup pg_receivewal pgbench; do
  if [ -e "$name/usr/pgsql-15/bin/$program" ]; then ln -sf "/usr/pgsql-15/bin/$program" "$name/usr/bin/$program"; fi
done
echo 'd /run/postgresql 0755 postgres postgres -' >$name/usr/lib/tmpfiles.d/postgresql-15.conf
cat >$name/usr/lib/systemd/system/postgresql-15.service <<'UNIT'
[Unit]
Description=PostgreSQL 15 database server
After=network-online.target

[Service]
Type=notify
User=postgres
Group=postgres
Environment=PGDATA=/var/lib/pgsql/15/data/
ExecStart=/usr/pgsql-15/bin/postgres -D ${PGDATA}
ExecReload=/bin/kill -HUP $MAINPID
KillMode=mixed
KillSignal=SIGINT
TimeoutSec=0

[Install]
WantedBy=multi-user.target
UNIT

name=/src/cron
mkdir -p $name/usr/lib/systemd/system $name/etc/cron.d
mv $name/usr/sbin/cron $name/usr/sbin/crond
rm -rf $name/lib $name/usr/lib/systemd/system/cron.service $name/usr/share
cat >$name/usr/lib/systemd/system/crond.service <<'UNIT'
[Unit]
Description=Command Scheduler

[Service]
ExecStart=/usr/sbin/crond -f
KillMode=process
Restart=on-failure

[Install]
WantedBy=multi-user.target
UNIT

name=/src/barman
mkdir -p $name/etc/barman.d $name/var/lib/barman $name/var/log/barman
rm -rf $name/usr/share

gpg -q --batch --passphrase '' --quick-generate-key School rsa2048 sign never
cd /src
rpmbuild -bb --quiet --define '_topdir /src/rpm' packages.spec
rpm --initdb
rpm -i --nodeps /src/rpm/RPMS/*/rocky-release-*.rpm
mkdir -p /repo/15/redhat/rhel-9-"$(uname -m)" /repo/common/redhat/rhel-9-"$(uname -m)"
cp /src/rpm/RPMS/*/postgresql15-*.rpm /repo/15/redhat/rhel-9-*
cp /src/rpm/RPMS/*/barman-*.rpm /src/rpm/RPMS/*/cronie-*.rpm /src/rpm/RPMS/*/acl-*.rpm /repo/common/redhat/rhel-9-*
rpmsign --define '__gpg /usr/bin/gpg' --define '_gpg_name School' --addsign /repo/*/redhat/*/*.rpm
for folder in /repo/*/redhat/*; do createrepo_c -q "$folder"; done
gpg --armor --export School >/repo/key.asc
gpg -q --batch --passphrase '' --quick-generate-key Stranger rsa2048 sign never
gpg --armor --export Stranger >/repo/stranger.asc
