#!/bin/sh
# Prints the settings of every PostgreSQL that Debian and Ubuntu have, one line of JSON a major, from pg_settings of a server that is made and thrown away in a root of its own. As root, with mmdebstrap.
#   sh scripts/postgres-settings.sh | npx jiti scripts/merge-postgres-settings.ts >src/catalog/postgres-settings.json
set -eu
folder=$(mktemp -d)
trap 'umount "$folder"/*/proc 2>/dev/null || :; rm -rf "$folder"' EXIT
chmod 755 "$folder"
QUERY="SELECT json_build_object('major', current_setting('server_version_num')::int / 10000, 'settings', json_agg(json_strip_nulls(
  json_build_object('name', name, 'type', vartype, 'unit', unit, 'context', context, 'min', min_val, 'max', max_val,
    'values', enumvals, 'default', boot_val)) ORDER BY name))
  FROM pg_settings WHERE name NOT LIKE '%.%'"

# $1 the suite, $2 the package, further words are options and sources for mmdebstrap.
ask() {
  suite=$1 package=$2 root=$folder/$1-$2
  shift 2
  mmdebstrap --quiet --variant=minbase --include="$package" --keyring="$keys" \
    --aptopt='Acquire::Check-Valid-Until "false"' "$suite" "$root" "$@" >&2
  mount -t proc proc "$root/proc"
  bin=$(cd "$root" && echo usr/lib/postgresql/*/bin)
  # shellcheck disable=SC2016 # the shell in there expands it
  chroot --userspec=postgres:postgres "$root" env LC_ALL=C sh -euc '
    "/$1/initdb" -D /tmp/data -A trust -N >/dev/null
    "/$1/pg_ctl" -D /tmp/data -w -l /tmp/log -o "-c listen_addresses= -c unix_socket_directories=/tmp" start >/dev/null
    "/$1/psql" -X -A -t -h /tmp -d postgres -c "$2"
    "/$1/pg_ctl" -D /tmp/data -m immediate stop >/dev/null' sh "$bin" "$QUERY"
  umount "$root/proc"
  rm -rf "$root"
}

keys=/usr/share/keyrings/debian-archive-keyring.gpg
ask bullseye postgresql-13
ask bookworm postgresql-15
ask trixie postgresql-17
ask forky postgresql-18
# Debian has it in experimental, with the libpq it wants.
# shellcheck disable=SC2016 # mmdebstrap's own shell expands it
ask forky postgresql-common --customize-hook='sed "s/ forky / experimental /" "$1/etc/apt/sources.list" >"$1/etc/apt/sources.list.d/new.list"
  chroot "$1" apt-get -q -o Acquire::Check-Valid-Until=false update
  chroot "$1" env DEBIAN_FRONTEND=noninteractive apt-get -qy install --no-install-recommends -t experimental postgresql-19'

# What Debian has left out, or never had. Its own archive brings the keys.
mmdebstrap --quiet --variant=extract --include=ubuntu-keyring --keyring="$keys" trixie "$folder/keys" >&2
keys=$folder/keys/usr/share/keyrings/ubuntu-archive-keyring.gpg
# A minor release may bring a setting as well: the newest of each.
for each in focal:12 jammy:14 noble:16; do
  suite=${each%:*} mirror=http://archive.ubuntu.com/ubuntu
  ask "$suite" "postgresql-${each#*:}" "deb $mirror $suite main" "deb $mirror $suite-updates main"
done
