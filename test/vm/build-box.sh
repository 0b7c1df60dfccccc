#!/bin/sh
# Makes a Vagrant box for libvirt from Debian's packages: build-box.sh SUITE FILE.box
# Needs root, mmdebstrap, qemu-img, extlinux, sfdisk and mke2fs.
set -eu

suite=$1
box=$2
size_mb=6144
first_sector=2048 # 1 MiB: the boot loader lies before it

work=$(mktemp -d)
trap 'umount "$work/mounted" 2>/dev/null || true; rm -rf "$work"' EXIT
trap 'exit 130' HUP INT TERM

# The machine's first user, as Vagrant expects it; its well-known key goes at the first boot.
cat >"$work/customize" <<'CUSTOMIZE'
set -eu
root=$1
chroot "$root" useradd --create-home --shell /bin/bash vagrant
echo 'vagrant ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/vagrant"
chmod 0440 "$root/etc/sudoers.d/vagrant"
install -d -m 0700 "$root/home/vagrant/.ssh"
cat /usr/share/rubygems-integration/all/gems/vagrant-*/keys/vagrant.pub >"$root/home/vagrant/.ssh/authorized_keys"
chmod 0600 "$root/home/vagrant/.ssh/authorized_keys"
chroot "$root" chown -R vagrant:vagrant /home/vagrant/.ssh
printf 'auto lo eth0\niface lo inet loopback\niface eth0 inet dhcp\n' >"$root/etc/network/interfaces"
echo '/dev/vda1 / ext4 errors=remount-ro 0 1' >"$root/etc/fstab"
echo 'LANG=C.UTF-8' >"$root/etc/default/locale"
echo 'UseDNS no' >"$root/etc/ssh/sshd_config.d/no-dns.conf"
CUSTOMIZE

mmdebstrap --quiet --variant=minbase --components=main \
  --include=linux-image-cloud-amd64,systemd-sysv,udev,dbus,ifupdown,isc-dhcp-client,iproute2,iputils-ping \
  --include=openssh-server,sudo,python3,python3-apt,cron,locales,procps,ca-certificates,kmod \
  --customize-hook="sh $work/customize \"\$1\"" \
  "$suite" "$work/root"

version=$(ls "$work/root/lib/modules")
mkdir "$work/root/boot/extlinux" "$work/mounted"
cat >"$work/root/boot/extlinux/extlinux.conf" <<BOOT
DEFAULT linux
LABEL linux
  KERNEL /boot/vmlinuz-$version
  INITRD /boot/initrd.img-$version
  APPEND root=/dev/vda1 ro net.ifnames=0 console=ttyS0
BOOT

truncate --size "${size_mb}M" "$work/disk.raw"
echo "$first_sector,,L,*" | sfdisk --quiet "$work/disk.raw"
mke2fs -q -t ext4 -O ^64bit -d "$work/root" -E offset=$((first_sector * 512)) "$work/disk.raw" $((size_mb - 1))M
mount -o "loop,offset=$((first_sector * 512))" "$work/disk.raw" "$work/mounted"
extlinux --install "$work/mounted/boot/extlinux" 2>/dev/null
umount "$work/mounted"
dd if=/usr/lib/EXTLINUX/mbr.bin of="$work/disk.raw" bs=440 count=1 conv=notrunc status=none

qemu-img convert -O qcow2 "$work/disk.raw" "$work/box.img"
printf '{"provider":"libvirt","format":"qcow2","virtual_size":%d}\n' $((size_mb / 1024)) >"$work/metadata.json"
tar -C "$work" -czf "$box" metadata.json box.img
