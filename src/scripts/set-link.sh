#!/bin/sh
# Sets the network interface of the lab up or down. $1 is the machine's address in the lab's network, $2 `up` or
# `down`. A link that is down keeps its address.

link=$(ip -o -4 address show to "$1" | {
  read -r _ link _
  echo "$link"
})
[ -n "$link" ] && ip link set "$link" "$2"
