#!/bin/sh
# Makes the image of a control host: a computer with the tools of a newer Debian, from which a lab is driven.
# Usage: sh control-host.sh 13|14     prints the image's name; makes it unless it is there already.
set -eu

common=ca-certificates,ansible-core,docker-cli,nodejs,openssh-client,rsync,iproute2,procps,git
case "$1" in
  13) suite=trixie packages=$common,vagrant later= ;;
  # This year's ansible-lint is here. Vagrant is not any more; that of unstable installs on it.
  14) suite=forky packages=$common,ansible-lint later=vagrant ;;
  *) echo 'usage: control-host.sh 13|14' >&2; exit 2 ;;
esac
image="pg-lab-control:$1-$(sha256sum "$0" | cut -c1-12)" # another script, another image
echo "$image"
if docker image inspect "$image" >/dev/null 2>&1; then exit 0; fi

tarball=$(mktemp)
trap 'rm -f "$tarball"' EXIT
set -- --quiet --dpkgopt=force-unsafe-io --variant=minbase --include="$packages" --format=tar \
  --keyring=/usr/share/keyrings/debian-archive-keyring.gpg
if [ -n "$later" ]; then
  # The lists of a suite that is not released may be older than they say they may be. Their signature is checked.
  # shellcheck disable=SC2016 # mmdebstrap's shell reads $1, the folder of the system
  set -- "$@" --aptopt='Acquire::Check-Valid-Until "false"' \
    --customize-hook="sed -n 's/ $suite main/ sid main/p' \"\$1/etc/apt/sources.list\" >\"\$1/etc/apt/sources.list.d/sid.list\"" \
    --customize-hook="printf 'Package: *\nPin: release n=sid\nPin-Priority: 100\n' >\"\$1/etc/apt/preferences.d/sid\"" \
    --customize-hook='chroot "$1" apt-get -q update' \
    --customize-hook="chroot \"\$1\" apt-get -qy --no-install-recommends install $later"
fi
mmdebstrap "$@" "$suite" "$tarball" >&2
docker import "$tarball" "$image" >/dev/null
