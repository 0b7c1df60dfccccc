#!/bin/sh
# Makes the network the lab's containers share, or removes it when none is left in it.
# Usage: provisioning/node-image/network.sh make NAME SUBNET
#        provisioning/node-image/network.sh remove NAME
#
# Vagrant could make it, but dies with "undefined method `size' for nil" where Docker is 28 or newer. It only joins the
# containers to one that is there, and removes it with the last running one.
set -eu

action=$1
name=$2

folder=$(cd "$(dirname "$0")/../.." && pwd)

fail() {
  printf 'network %s: %s\n' "$name" "$1" >&2
  exit 1
}

is_there() {
  docker network inspect "$name" >/dev/null 2>&1
}

case "$action" in
  make)
    # Where another machine of the lab is about to make it, its name or its addresses are taken before it is there.
    tries=10
    until is_there || error=$(docker network create --subnet "$3" --label "pg-lab.folder=$folder" "$name" 2>&1); do
      tries=$((tries - 1))
      case "$error" in
        *"already exists"* | *overlaps*) [ "$tries" -gt 0 ] || fail "$error (docker network ls)" ;;
        *) fail "$error" ;;
      esac
      sleep 1
    done
    ;;
  remove)
    # Stopped containers count: they come back into it.
    if is_there && [ -z "$(docker ps --all --quiet --filter "network=$name")" ]; then
      docker network rm "$name" >/dev/null
    fi
    ;;
esac
