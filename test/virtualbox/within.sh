#!/bin/sh
# Runs a program in that Debian: within.sh FOLDER LAB VAGRANT_HOME PROGRAM…
# What it starts in the background, as VBoxManage does, ends with it; the machines it made stay.
set -eu

root=$1/root lab=$2 home=$3
shift 3
export root lab home
# shellcheck disable=SC2016 # it is expanded within
exec unshare --mount --pid --fork sh -c '
  set -eu
  mount -t proc proc "$root/proc"
  mount -t tmpfs tmpfs "$root/dev"
  for name in null zero random urandom; do
    touch "$root/dev/$name"
    mount --bind "/dev/$name" "$root/dev/$name"
  done
  mount --bind "$lab" "$root/lab"
  mount --bind "$home" "$root/vagrant"
  mount --bind "$PWD" "$root/pg-lab"
  exec chroot "$root" env -i HOME=/root LC_ALL=C.UTF-8 PATH="${KNOWN-/known:}/usr/sbin:/usr/bin:/sbin:/bin" \
    VAGRANT_HOME=/vagrant VAGRANT_CHECKPOINT_DISABLE=1 sh -c "cd /lab && exec \"\$@\"" within "$@"' within "$@"
