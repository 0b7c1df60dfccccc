#!/bin/sh
# Makes a Debian with VirtualBox and Vagrant in FOLDER, unless it is there: chroot.sh FOLDER
# VirtualBox's kernel module is not in it: VBoxManage does everything but start a machine. Needs root and mmdebstrap.
set -eu

folder=$1
if [ -e "$folder/ready" ]; then exit 0; fi
rm -rf "$folder"
mkdir -p "$folder"

# Debian's vagrant does not want to be beside VirtualBox 7.1 or newer, so VirtualBox comes second, and as files.
# shellcheck disable=SC2016 # it is expanded in the hook
mmdebstrap --quiet --variant=minbase --components=main,contrib --aptopt='Acquire::Check-Valid-Until false' \
  --include=virtualbox,nodejs,openssh-client,procps,ca-certificates,iproute2 \
  --customize-hook='set -eu
    cd "$1"
    chroot . sh -c "cd /var/tmp && apt-get download virtualbox"
    chroot . env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends vagrant
    chroot . sh -c "dpkg -x /var/tmp/virtualbox_*.deb / && rm /var/tmp/virtualbox_*.deb"' \
  sid "$folder/root"

# Debian's Vagrant knows VirtualBox up to 7.0. Where that is first on PATH, VBoxManage gives that version, and is
# otherwise what it is.
mkdir "$folder/root/known"
cat >"$folder/root/known/VBoxManage" <<'WRAPPER'
#!/bin/sh
case "$*" in
  --version | -v) echo 7.0.20r163906 ;;
  *) exec /usr/bin/VBoxManage "$@" ;;
esac
WRAPPER
chmod +x "$folder/root/known/VBoxManage"
mkdir "$folder/root/lab" "$folder/root/vagrant" "$folder/root/pg-lab"
touch "$folder/ready"
