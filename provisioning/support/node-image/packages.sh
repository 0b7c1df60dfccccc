#!/bin/sh
# Installs, while the image is built, what the roles install on a bare machine, and leaves behind what they leave: see
# roles/postgres/tasks/packages-Debian.yml and repository-Debian.yml. They then find that nothing is to be done.
# Usage: packages.sh PACKAGE…     (REPOSITORY_URL, _SUITE, _ORIGIN and _KEY name one that is not the distribution's)
set -eu

export DEBIAN_FRONTEND=noninteractive

install_packages() {
  apt-get -q install -y --no-install-recommends "$@"
}

add_repository() {
  install_packages ca-certificates gpg
  install -d -m 0755 /etc/apt/keyrings # Debian 11 has none
  python3 -c 'import sys, urllib.request; urllib.request.urlretrieve(sys.argv[1], sys.argv[2])' \
    "$REPOSITORY_KEY" /etc/apt/keyrings/postgresql.asc
  cat >/etc/apt/preferences.d/pg-lab <<PREFERENCES
Package: postgresql* libpq* barman* python3-barman
Pin: release o=$REPOSITORY_ORIGIN
Pin-Priority: 900
PREFERENCES
  cat >/etc/apt/sources.list.d/pg-lab.sources <<SOURCES
Types: deb
URIs: $REPOSITORY_URL
Suites: $REPOSITORY_SUITE
Components: main
Signed-By: /etc/apt/keyrings/postgresql.asc
SOURCES
  apt-get -q update
}

# The package would make a cluster of its own.
mkdir -p /etc/postgresql-common/createcluster.d
echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/pg-lab.conf

apt-get -q update
if [ -n "${REPOSITORY_URL:-}" ] && [ ! -e /etc/apt/sources.list.d/pg-lab.sources ]; then add_repository; fi
install_packages "$@"

apt-get clean
rm -rf /var/lib/apt/lists/*
