#!/bin/sh
# Builds the image the lab's containers start from. When it is there already, this does nothing.
# Usage: provisioning/node-image/build.sh     (settings: provisioning/node-image.env)
#
# The base image is pulled. Where that is impossible (Docker Hub is blocked for whole countries), it is made from
# the distribution's package mirror with mmdebstrap.
set -eu

pull_seconds=180

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

# Vagrantfile computes the same name: it changes with what the image is built from.
image="pg-lab/node:$OS_NAME-$(cat Dockerfile start.sh ../node-image.env | sha256 | cut -c1-12)"
# The base we make ourselves gets a name of our own: nobody shall take it for the official image.
own_base="pg-lab/base:$OS_NAME"

if have_image "$image"; then exit 0; fi
docker version >/dev/null 2>&1 || fail "the Docker daemon does not answer: try \`docker version\`"

# One build at a time, where flock exists; the others then find the image.
if command -v flock >/dev/null; then
  exec 9<Dockerfile
  flock 9
  if have_image "$image"; then exit 0; fi
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
    2) road="sudo sh provisioning/node-image/build.sh" ;;
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

echo "node image: building $image from $base"
set -- --build-arg "BASE_IMAGE=$base" --build-arg "PACKAGE_MIRROR=$PACKAGE_MIRROR"
for name in http_proxy https_proxy no_proxy; do
  if printenv "$name" >/dev/null; then set -- "$@" --build-arg "$name"; fi
done
docker build --quiet --tag "$image" "$@" . 2>&1
