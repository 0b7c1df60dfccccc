#!/bin/sh
# `systemctl stop postgresql` of Debian comes back while the server is still shutting down, and `systemctl status postgresql`
# says "active (exited)" while no server runs. The unit of that name starts /bin/true; the server is postgresql@<major>-main, PartOf
# the other: stopping that one queues a job for this one, and systemctl waits for the job of the unit it was given alone. So a script
# that goes on behind `systemctl stop postgresql` (copies the data directory, drops the slot) meets a running server.
# `systemctl stop postgresql@15-main` waits.
# Seen with postgresql-common 248 and systemd 252 of Debian 12, booted in Docker 20.10 on cgroup v1; as root, with mmdebstrap.
set -eu
folder=$(mktemp -d)
image=finding/wrapper-unit:$$
name=finding-wrapper-unit-$$
stop() {
  docker rm --force "$name" >/dev/null 2>&1 || :
  docker image rm "$image" >/dev/null 2>&1 || :
  rm -rf "$folder"
}
trap stop EXIT
mmdebstrap --quiet --variant=minbase --include=systemd-sysv,dbus,postgresql,libc-bin bookworm - 2>/dev/null | docker import - "$image" >/dev/null
docker run --detach --name "$name" --cap-add SYS_ADMIN --security-opt seccomp=unconfined --security-opt apparmor=unconfined \
  --tmpfs /run --tmpfs /run/lock --tmpfs /tmp --volume /sys/fs/cgroup:/sys/fs/cgroup:ro "$image" /sbin/init >/dev/null
inside() { docker exec "$name" timeout 120 sh -c "$1"; }
inside 'until systemctl is-system-running 2>/dev/null | grep -qE "running|degraded"; do sleep 0.2; done'
inside 'dpkg-query --show postgresql-common systemd'
inside 'until su postgres -c "psql -X -A -t -c \"SELECT 1\"" >/dev/null 2>&1; do sleep 0.2; done'

# A shutdown that takes a moment: a session holds it up, as a standby or Barman that still wants WAL does.
slow='su postgres -c "psql -X -c \"SELECT pg_sleep(6)\"" >/dev/null 2>&1 &'
inside "mkdir -p /etc/systemd/system/postgresql@15-main.service.d
  printf '[Service]\nExecStop=\nExecStop=/usr/bin/pg_ctlcluster -m smart %%i stop\n' >/etc/systemd/system/postgresql@15-main.service.d/smart.conf
  systemctl daemon-reload"
inside "$slow sleep 1; systemctl stop postgresql; systemctl is-active postgresql@15-main" >"$folder/wrapper" || :
echo 'after systemctl stop postgresql: the state of postgresql@15-main'
sed 's/^/  /' "$folder/wrapper"
grep -q deactivating "$folder/wrapper"
inside 'until systemctl is-active postgresql@15-main | grep -q inactive; do sleep 0.2; done; systemctl start postgresql@15-main'
inside "$slow sleep 1; systemctl stop postgresql@15-main; systemctl is-active postgresql@15-main" >"$folder/server" || :
echo 'after systemctl stop postgresql@15-main'
sed 's/^/  /' "$folder/server"
if grep -q deactivating "$folder/server"; then exit 1; fi
inside 'systemctl start postgresql; systemctl stop postgresql@15-main; systemctl is-active postgresql' | sed 's/^/the wrapper, with no server: /'
