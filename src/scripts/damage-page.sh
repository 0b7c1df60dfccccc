#!/bin/sh
# Writes over eight bytes in the middle of the fourth page of the file $1, as a bad disk would: its checksum is wrong from then on.

printf 'DAMAGED!' | dd of="$1" bs=1 seek=$((3 * 8192 + 4000)) conv=notrunc status=none
