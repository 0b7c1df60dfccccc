#!/bin/sh
# Says how mmdebstrap can make a base image on this computer: prints its mode, and the file of keys that it needs.
# Where it cannot, says on standard error why, and returns 1 (something is to be installed), 2 (root could) or 3.
# build.sh goes by it, and so does `create-pg-lab doctor`.
# Usage: base-mode.sh <name of the system> <suite>      (e.g. debian-13 trixie)
set -eu
os=$1 suite=$2

have() {
  command -v "$1" >/dev/null
}

missing() {
  echo "$2" >&2
  exit "$1"
}

# A container without the right to it, as a CI job is, cannot make namespaces: only trying tells.
can_unshare() {
  have newuidmap && timeout 20 mmdebstrap --unshare-helper true </dev/null >/dev/null 2>&1
}

# The programs of the new system run on this one's C library there: an older or newer one does not do.
can_fake() {
  # shellcheck source=/dev/null
  have fakechroot && have fakeroot && [ "$(. /etc/os-release && echo "${VERSION_CODENAME:-}")" = "$suite" ]
}

case "$os" in
  ubuntu-*) keys=ubuntu-archive-keyring ;;
  *) keys=debian-archive-keyring ;;
esac
keyring=/usr/share/keyrings/$keys.gpg

have mmdebstrap || missing 1 "mmdebstrap is not installed"
[ -e "$keyring" ] || missing 1 "the distribution's keys are not there (package $keys)"
if [ "$(id -u)" = 0 ]; then
  chroot / true 2>/dev/null || missing 3 "mmdebstrap may not chroot here"
  echo root "$keyring"
elif can_unshare; then
  echo unshare "$keyring"
elif can_fake; then
  echo fakechroot "$keyring"
elif have newuidmap; then
  missing 2 "mmdebstrap may not make namespaces here: only root can make an image"
else
  missing 1 "mmdebstrap needs newuidmap where it is not root (package uidmap)"
fi
