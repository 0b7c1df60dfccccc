#!/bin/sh
# Builds the images the lab's containers start from: one for the servers, and one for the backup host. When they are
# there already, and not too old, this does nothing.
# Usage: provisioning/support/node-image/build.sh [--fresh]     (settings: provisioning/support/node-image.env)
#        --fresh: with today's packages, however young the ones that are there may be
#
# The packages are in the images. Where they cannot be had, or PACKAGES is empty, the images are bare, and the roles
# install on each machine.
#
# The base image is pulled. Where that is impossible (Docker Hub is blocked for whole countries), it is made from
# the distribution's package mirror with mmdebstrap.
set -eu

pull_seconds=180
maximum_age_days=30

cd "$(dirname "$0")"
# shellcheck source=/dev/null
. ../node-image.env

fail() {
  printf 'node image: %s\n' "$@" >&2
  exit 1
}

sha256() {
  if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi
}

have_image() {
  docker image inspect "$1" >/dev/null 2>&1
}

# vagrant.rb computes the same names: they change with what the images are built from.
hash=$(cat Dockerfile start.sh packages.sh ../node-image.env | sha256 | cut -c1-12)
node_image="pg-lab/node:$OS_NAME-$hash"
backup_image="pg-lab/backup:$OS_NAME-$hash"
# The base we make ourselves gets a name of our own: nobody may take it for the official image.
own_base="pg-lab/base:$OS_NAME"

if [ "${1:-}" = --fresh ]; then fresh=yes; else fresh=no; fi

# label <image> <name>: what the image says of itself
label() {
  docker image inspect --format "{{index .Config.Labels \"pg-lab.$2\"}}" "$1"
}

# older_than <days> <image>
older_than() {
  [ "$(($(date +%s) - $(label "$2" made)))" -ge "$(($1 * 86400))" ]
}

# Not there, or too old. One that was left without its packages gets another chance the next day.
is_due() {
  if [ "$fresh" = yes ] || ! have_image "$1"; then return 0; fi
  if [ -z "$PACKAGES" ]; then return 1; fi
  case "$(label "$1" packages)" in
    yes) older_than "$maximum_age_days" "$1" ;;
    *) older_than 1 "$1" ;;
  esac
}

any_is_due() {
  is_due "$node_image" || { [ -n "$BACKUP_PACKAGES" ] && is_due "$backup_image"; }
}

any_is_due || exit 0
docker version >/dev/null 2>&1 || fail "the Docker daemon does not answer: try \`docker version\`"

# One build at a time, where flock exists; the others then find the images.
if command -v flock >/dev/null; then
  exec 9<Dockerfile
  flock 9
  any_is_due || exit 0
fi

# apt, inside and outside, goes through the proxy; docker build hands these on without keeping them in the image.
if [ -n "$PROXY_HTTP" ]; then export http_proxy="$PROXY_HTTP"; fi
if [ -n "$PROXY_HTTPS" ]; then export https_proxy="$PROXY_HTTPS"; fi
if [ -n "$PROXY_NONE" ]; then export no_proxy="$PROXY_NONE"; fi

pull_base() {
  echo "node image: pulling $BASE_IMAGE"
  if command -v timeout >/dev/null; then
    timeout "$pull_seconds" docker pull --quiet "$BASE_IMAGE" 2>&1
  else
    docker pull --quiet "$BASE_IMAGE" 2>&1
  fi
}

# cannot_make <what base-mode.sh returned> <what it said>
cannot_make() {
  case "$1" in
    1) road="sudo apt-get install --no-install-recommends mmdebstrap uidmap debian-archive-keyring" ;;
    2) road="sudo sh provisioning/support/node-image/build.sh" ;;
    *) road="pull it where you may, and bring it here: docker save, docker load" ;;
  esac
  fail "$BASE_IMAGE cannot be pulled, and $2." "Either: $road" \
    "or name a registry that answers: mirrors.docker in the lab's config."
}

make_base() {
  echo "node image: $BASE_IMAGE cannot be pulled; making it from the package mirror (about half a minute)"
  said=$(sh ./base-mode.sh "$OS_NAME" "$SUITE" 2>&1) || cannot_make "$?" "$said"
  mode=${said% *} keyring=${said##* }
  components=main
  case "$OS_NAME" in ubuntu-*) components=main,universe ;; esac
  # Debian dates the lists of a suite that is not released a week ahead only, so a mirror that is somewhat behind would
  # be refused, now and by the machines later. Signatures are checked all the same, and released suites fully.
  set --
  if [ "$SUITE" = forky ]; then set -- --aptopt='Acquire::Check-Valid-Until false'; fi
  tarball=$(mktemp "${TMPDIR:-/tmp}/pg-lab-base.XXXXXX")
  trap 'rm -f "$tarball"' EXIT
  trap 'exit 130' HUP INT TERM
  mmdebstrap --quiet --mode="$mode" --variant=minbase --include=ca-certificates --components="$components" \
    --keyring="$keyring" --format=tar "$@" "$SUITE" "$tarball" ${PACKAGE_MIRROR:+"$PACKAGE_MIRROR"} 2>&1
  docker import "$tarball" "$own_base" >/dev/null
}

if have_image "$BASE_IMAGE"; then
  base=$BASE_IMAGE
elif have_image "$own_base"; then
  base=$own_base
elif pull_base; then
  base=$BASE_IMAGE
else
  make_base
  base=$own_base
fi

# What was fetched this week does for every lab; --fresh fetches once more.
as_of=$(date +%G-%V)
[ "$fresh" = no ] || as_of=$(date +%s)

set -- --build-arg "BASE_IMAGE=$base" --build-arg "PACKAGE_MIRROR=$PACKAGE_MIRROR" --build-arg "AS_OF=$as_of" \
  --build-arg "PACKAGES=$PACKAGES" --build-arg "BACKUP_PACKAGES=$BACKUP_PACKAGES" \
  --build-arg "REPOSITORY_URL=$REPOSITORY_URL" --build-arg "REPOSITORY_SUITE=$REPOSITORY_SUITE" \
  --build-arg "REPOSITORY_ORIGIN=$REPOSITORY_ORIGIN" --build-arg "REPOSITORY_KEY=$REPOSITORY_KEY" \
  --label "pg-lab.made=$(date +%s)"
for name in http_proxy https_proxy no_proxy; do
  if printenv "$name" >/dev/null; then set -- "$@" --build-arg "$name"; fi
done

# build <image> <what of the Dockerfile> <its packages>
build() {
  image=$1 stage=$2 packages=$3
  shift 3
  if [ -n "$packages" ]; then
    echo "node image: building $image from $base, with $packages"
    docker build --quiet --tag "$image" --target "$stage" --label pg-lab.packages=yes "$@" . 2>&1 && return
    # An older one with its packages is better than a new one without.
    if have_image "$image" && [ "$(label "$image" packages)" = yes ]; then
      echo "node image: the packages cannot be had now; those of the last time stay"
      return
    fi
    echo "node image: the packages cannot be had here; the machines will fetch them, or say why they cannot"
  fi
  echo "node image: building $image from $base"
  docker build --quiet --tag "$image" --target bare --label pg-lab.packages=no "$@" . 2>&1
}

build "$node_image" node "$PACKAGES" "$@"
if [ -n "$BACKUP_PACKAGES" ]; then build "$backup_image" backup "${PACKAGES:+$BACKUP_PACKAGES}" "$@"; fi
