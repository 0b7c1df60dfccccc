#!/bin/sh
# Makes a Vagrant box from the distribution's own signed packages, so that no box server is needed.
# Usage: provisioning/support/box/build.sh SYSTEM SUITE PROVIDER FOLDER     (e.g. debian-13 trixie libvirt /var/tmp/boxes)
#        provisioning/support/box/build.sh --check SYSTEM SUITE: whether this computer can; if not, says why, and returns
#        1 (something is to be installed), 2 (root could) or 3
#
# The box and what Vagrant adds it by, a catalogue with its checksum, come into FOLDER; the catalogue's path is the last
# line that is printed. Until both are whole, neither is there. PACKAGE_MIRROR is used where it is set.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin:/sbin
# In a lab: its package mirror and its proxy.
PACKAGE_MIRROR=${PACKAGE_MIRROR:-} PROXY_HTTP='' PROXY_HTTPS='' PROXY_NONE=''
# shellcheck source=/dev/null
if [ -e "$here/../packages.env" ]; then . "$here/../packages.env"; fi

# cannot <code> <why>
cannot() {
  echo "$2" >&2
  exit "$1"
}

# check <system> <suite>: sets mode and keyring
check() {
  [ "$(uname -s)" = Linux ] || cannot 3 "boxes are made on Linux only, and this is $(uname -s)"
  [ "$(uname -m)" = x86_64 ] || cannot 3 "boxes are made on amd64 only, and this computer is $(uname -m)"
  for program in mmdebstrap qemu-img sfdisk mke2fs flock; do
    command -v "$program" >/dev/null || cannot 1 "$program is not installed"
  done
  said=$(sh "$here/../node-image/base-mode.sh" "$1" "$2" 2>&1) || cannot "$?" "$said"
  mode=${said% *} keyring=${said##* }
  [ "$mode" != fakechroot ] || cannot 2 "mmdebstrap may not make namespaces here: only root can make a box"
}

if [ "$1" = --check ]; then
  check "$2" "$3"
  exit 0
fi

system=$1 suite=$2 provider=$3 folder=$4

size_gb=10        # of the machine's disk; what is not written takes no room here
first_sector=2048 # 1 MiB: the boot loader lies before it
needed_mb=5000    # the packages, the disk, and the disk as the provider wants it, side by side
name=pg-lab/$system
file=$system-$provider.box

say() {
  echo "box: $*"
}

fail() {
  printf 'box %s: %s\n' "$name" "$1" >&2
  exit 1
}

check "$system" "$suite"
# Its files get other owners than the user, in a namespace where the user is root.
within=
if [ "$mode" = unshare ]; then within='mmdebstrap --unshare-helper'; fi

mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
# One build at a time; what another one that was killed has left goes.
exec 9>"$folder/.lock"
flock 9
work=$folder/.building
scratch=${TMPDIR:-/var/tmp}
tree=pg-lab-box-$(echo "$folder" | cksum | cut -d ' ' -f 1)
clean() {
  rm -rf "$work"
  # shellcheck disable=SC2086 # none, or words
  $within find "$scratch" -maxdepth 1 -name "$tree.*" -user 0 -exec rm -rf {} +
}
clean
for place in "$folder" "$scratch"; do
  free_mb=$(df -Pk "$place" | awk 'END { print int($4 / 1024) }')
  [ "$free_mb" -ge "$needed_mb" ] || fail "$place has $free_mb MB free, and a build takes $needed_mb MB for a while"
done
trap clean EXIT
trap 'exit 130' HUP INT TERM
mkdir "$work"

if [ -n "$PROXY_HTTP" ]; then export http_proxy="$PROXY_HTTP"; fi
if [ -n "$PROXY_HTTPS" ]; then export https_proxy="$PROXY_HTTPS"; fi
if [ -n "$PROXY_NONE" ]; then export no_proxy="$PROXY_NONE"; fi

# The cloud kernel is small, and knows only the devices of libvirt.
components=main
case "$system-$provider" in
  ubuntu-*) kernel=linux-image-virtual components=main,universe ;;
  *-libvirt) kernel=linux-image-cloud-amd64 ;;
  *) kernel=linux-image-amd64 ;;
esac
case "$suite" in
  bullseye | bookworm | trixie | jammy | noble) dhcp=isc-dhcp-client ;;
  *) dhcp=dhcpcd-base ;;
esac
# Debian dates the lists of a suite that is not released a week ahead only; signatures are checked all the same.
set --
if [ "$suite" = forky ]; then set -- --aptopt='Acquire::Check-Valid-Until false'; fi

say "fetching the packages of $system"
# What runs in the namespace may not read the user's files, so the script is handed over as text.
mmdebstrap --quiet --mode="$mode" --variant=minbase --components="$components" --keyring="$keyring" --format=tar \
  --include="$kernel,grub-pc-bin,systemd-sysv,udev,dbus,ifupdown,$dhcp,iproute2,iputils-ping,openssh-server" \
  --include=openssh-client,sudo,python3,python3-apt,cron,locales,procps,ca-certificates,kmod,e2fsprogs \
  "$@" --customize-hook="$(cat "$here/customize.sh")" \
  --customize-hook="download /usr/local/share/pg-lab/packages $work/packages" \
  "$suite" "$work/root.tar" ${PACKAGE_MIRROR:+"$PACKAGE_MIRROR"} 9>&- 2>"$work/said" || {
  cat "$work/said" >&2
  case "$(cat "$work/said")" in
    *"No space left"*) fail "the disk is full: $folder and $scratch need $needed_mb MB for a while" ;;
    *"not signed"* | *NO_PUBKEY* | *BADSIG* | *EXPKEYSIG* | *"GPG error"* | *"invalid signature"*)
      fail "what the package mirror has is not signed with the keys of the distribution, $keyring"
      ;;
    *"Could not resolve"* | *"Could not connect"* | *"Temporary failure"* | *"Failed to fetch"* | *"timed out"*)
      fail "the package mirror does not answer, or lacks packages: ${PACKAGE_MIRROR:-that of the distribution}"
      ;;
    *) fail "mmdebstrap failed, and says above why" ;;
  esac
}

say "making the disk"
truncate --size "${size_gb}G" "$work/disk.raw"
echo "$first_sector,,L,*" | sfdisk --quiet "$work/disk.raw"
# Only what the boot loaders and kernels of all releases know, whatever this computer's mke2fs would like.
features=none,has_journal,ext_attr,resize_inode,dir_index,filetype,extent,flex_bg,sparse_super,large_file,huge_file,dir_nlink,extra_isize,metadata_csum
# shellcheck disable=SC2016 # it is expanded where it runs
make_disk='set -eu
  umask 022
  root=$(mktemp -d "$1.XXXXXX")
  trap "rm -rf \"$root\"" EXIT
  trap "exit 130" HUP INT TERM
  mkdir "$root/tree"
  tar -C "$root/tree" --numeric-owner --xattrs -xf -
  truncate --size "$(($2 * 1024 - 1))M" "$root/part"
  mke2fs -q -t ext4 -O "$3" -L pg-lab-root -d "$root/tree" "$root/part"
  tar -C "$root" -cSf - part tree/boot/grub/boot.img tree/boot/grub/core.img'
# shellcheck disable=SC2086 # none, or words
$within sh -c "$make_disk" make_disk "$scratch/$tree" "$size_gb" "$features" <"$work/root.tar" 9>&- | tar -C "$work" -xSf -
rm "$work/root.tar"
dd if="$work/part" of="$work/disk.raw" bs=1M seek=1 conv=sparse,notrunc status=none
rm "$work/part"
# As the boot loader's own installer does on a disk with a gap before its first partition.
dd if="$work/tree/boot/grub/boot.img" of="$work/disk.raw" bs=440 count=1 conv=notrunc status=none
dd if="$work/tree/boot/grub/core.img" of="$work/disk.raw" bs=512 seek=1 conv=notrunc status=none

# What it is made of: the packages with their versions, and what was done to them.
hash=$(cat "$work/packages" "$here/build.sh" "$here/customize.sh" "$here/box.ovf" | sha256sum | cut -c1-12)
version=$(date -u +%Y%m%d.%H%M).h$hash

say "writing it as $provider wants it"
box=$work/box
mkdir "$box"
made="\"architecture\":\"amd64\",\"made_by\":\"create-pg-lab\",\"built_from\":\"$hash\""
case "$provider" in
  libvirt)
    parts=box.img
    qemu-img convert -c -O qcow2 "$work/disk.raw" "$box/box.img"
    printf '{"provider":"libvirt","format":"qcow2","virtual_size":%d,%s}\n' "$size_gb" "$made" >"$box/metadata.json"
    ;;
  virtualbox)
    parts='box.ovf box.vmdk'
    qemu-img convert -O vmdk -o subformat=streamOptimized "$work/disk.raw" "$box/box.vmdk"
    # VirtualBox 7.2 reads to a full 64 KiB at its end, and fails where qemu-img left it shorter.
    truncate --size %65536 "$box/box.vmdk"
    sed -e "s|@NAME@|$system|" -e "s|@CAPACITY@|$((size_gb * 1024 * 1024 * 1024))|" "$here/box.ovf" >"$box/box.ovf"
    printf '{"provider":"virtualbox",%s}\n' "$made" >"$box/metadata.json"
    ;;
  *) fail "no box can be made for $provider: libvirt and virtualbox are known" ;;
esac
# shellcheck disable=SC2086 # they are words
tar -C "$box" -cf "$work/$file" metadata.json $parts
checksum=$(sha256sum "$work/$file" | cut -d ' ' -f 1)
cat >"$work/metadata.json" <<CATALOGUE
{
  "name": "$name",
  "versions": [
    {
      "version": "$version",
      "providers": [
        {
          "name": "$provider",
          "url": "file://$folder/$file",
          "checksum_type": "sha256",
          "checksum": "$checksum",
          "architecture": "amd64",
          "default_architecture": true
        }
      ]
    }
  ]
}
CATALOGUE
mv "$work/$file" "$folder/$file"
mv "$work/metadata.json" "$folder/$system-$provider.json"
echo "$folder/$system-$provider.json"
