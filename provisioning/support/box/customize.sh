#!/bin/sh
# What a machine is beside its packages: one that Vagrant and Ansible can use. build.sh hands this as text to mmdebstrap,
# which runs it, as root, with the new system's folder as its argument.
set -eu
root=$1

# The user Vagrant logs in as, with the key everybody knows; Vagrant replaces it by a fresh one at the first boot.
chroot "$root" useradd --create-home --shell /bin/bash vagrant
echo 'vagrant ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/vagrant"
chmod 0440 "$root/etc/sudoers.d/vagrant"
install -d -m 0700 "$root/home/vagrant/.ssh"
echo 'ssh-rsa AAAAB3NzaC1yc2EAAAABIwAAAQEA6NF8iallvQVp22WDkTkyrtvp9eWW6A8YVr+kz4TjGYe7gHzIw+niNltGEFHzD8+v1I2YJ6oXevct1YeS0o9HZyN1Q9qgCgzUFtdOKLv6IedplqoPkcmF0aYet2PkEDo3MlTBckFXPITAMzF8dJSIFo9D8HfdOV0IAdx4O7PtixWKn5y2hMNG0zQPyUecp4pzC6kivAIhyfHilFR61RGL+GPXQ2MWZWFYbAGjyiYJnAmCP3NOTd0jMZEnDkbUvxhMmBYSdETk1rRgm+R4LOzFUGaHqHDLKLX+FIPKcF96hrucXzcWyLbIbEgE98OHlnVYCzRdK8jlqm8tehUc9c9WhQ== vagrant insecure public key' \
  >"$root/home/vagrant/.ssh/authorized_keys"
chmod 0600 "$root/home/vagrant/.ssh/authorized_keys"
chroot "$root" chown -R vagrant:vagrant /home/vagrant/.ssh

# The first network card is Vagrant's, and gets its address from the provider; Vagrant itself looks after the others.
printf 'auto lo eth0\niface lo inet loopback\niface eth0 inet dhcp\n' >"$root/etc/network/interfaces"
echo 'LABEL=pg-lab-root / ext4 errors=remount-ro 0 1' >"$root/etc/fstab"
echo 'LANG=C.UTF-8' >"$root/etc/default/locale"

# Each machine makes host keys, and a number, of its own. The user's LC_* stay at home: a locale that is not installed
# here spoils initdb. Nobody looks up the name of who logs in.
rm -f "$root"/etc/ssh/ssh_host_*_key*
: >"$root/etc/machine-id"
mkdir -p "$root/etc/ssh/sshd_config.d"
printf '%s\n' 'HostKey /etc/ssh/ssh_host_ecdsa_key' 'UseDNS no' >"$root/etc/ssh/sshd_config.d/pg-lab.conf"
sed -i '/^AcceptEnv/d' "$root/etc/ssh/sshd_config"
mkdir -p "$root/etc/systemd/system/ssh.service.d"
printf '%s\n' '[Service]' 'ExecStartPre=' \
  "ExecStartPre=/bin/sh -c 'cd /etc/ssh && [ -e ssh_host_ecdsa_key ] || ssh-keygen -q -t ecdsa -N \"\" -f ssh_host_ecdsa_key'" \
  'ExecStartPre=/usr/sbin/sshd -t' >"$root/etc/systemd/system/ssh.service.d/host-key.conf"
chroot "$root" systemctl enable ssh.service
# No package changes behind the lab's back, and none is locked while Ansible wants to install.
chroot "$root" systemctl mask apt-daily.timer apt-daily-upgrade.timer

# GRUB without a list of its own: it follows the links to the newest kernel that Debian's kernel packages keep in /. So
# no kernel that is installed later needs it.
mkdir -p "$root/boot/grub"
cat >"$root/boot/grub/grub.cfg" <<'GRUB'
linux /vmlinuz root=LABEL=pg-lab-root ro net.ifnames=0 console=ttyS0 console=tty0
initrd /initrd.img
boot
GRUB
chroot "$root" grub-mkimage -O i386-pc -o /boot/grub/core.img -p '(hd0,msdos1)/boot/grub' biosdisk part_msdos ext2 linux normal
cp "$root/usr/lib/grub/i386-pc/boot.img" "$root/boot/grub/boot.img"
for link in vmlinuz initrd.img; do [ -e "$root/$link" ]; done

mkdir -p "$root/usr/local/share/pg-lab"
chroot "$root" dpkg-query -W >"$root/usr/local/share/pg-lab/packages"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/archives/*.deb
