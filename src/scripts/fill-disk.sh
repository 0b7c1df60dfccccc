#!/bin/sh
# In a container the disk is the computer's own, which nobody may fill; so a small one (a tmpfs) is laid over the
# folder into which WAL is streamed, with what lies there and a file that leaves no room for another WAL file of 16
# MB. Without that file there is room for all that the slot keeps meanwhile: Barman archives once a minute, and a
# disk that is full again would cut off the next .partial. $1 is the folder, $2 the file's name. May be run again.

mountpoint -q "$1" && exit
set -e
big=$(mktemp -d)
mount --bind "$1" "$big"
mount -t tmpfs -o size=128m tmpfs "$1"
cp -a "$big/." "$1"
umount "$big"
rmdir "$big"
head -c 108M /dev/zero >"$1/$2"
