#!/bin/sh
# The first process of a machine: gets systemd the control groups it wants, then becomes systemd.
#
# systemd wants a tree of groups of kind v2 that it may write to; since release 258 it starts with nothing else. Docker
# shows a container its groups read-only, and on computers with cgroup v1 only those of that kind. But a kernel that
# has v1 has v2 beside it, and a cgroup namespace makes the container's own group the root of all that is seen. So
# systemd gets that group and no other of the computer's, on both kinds alike; Docker removes it with the container.
set -eu

groups=/sys/fs/cgroup

# Where Docker shows v2 already, it is read-only, and mount of Debian 11 and 12 puts it on no place twice.
if [ -e "$groups/cgroup.controllers" ]; then umount "$groups"; fi
mount -t cgroup2 cgroup2 "$groups"
own=$groups$(sed -n 's/^0:://p' /proc/self/cgroup)
# Processes outside the container are seen as number 0. Where v1 is managed by the computer's systemd, Docker leaves a
# container in a group of v2 that it shares with them; then the machine makes one of its own in it.
if grep -qx 0 "$own/cgroup.procs"; then
  own=$own/machine-$(cat /proc/sys/kernel/random/uuid)
  mkdir "$own"
  echo $$ >"$own/cgroup.procs"
fi
umount "$groups"

exec unshare --cgroup sh -c "mount -t cgroup2 cgroup2 $groups && exec /sbin/init"
