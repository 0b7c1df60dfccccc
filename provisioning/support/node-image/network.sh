#!/bin/sh
# Makes the network the lab's containers share, or removes it when none is left in it.
# Usage: provisioning/support/node-image/network.sh make NAME SUBNET
#        provisioning/support/node-image/network.sh remove NAME
#
# Vagrant could make it, but dies with "undefined method `size' for nil" where Docker is 28 or newer. It only joins the
# containers to one that is there.
set -eu

action=$1
name=$2

folder=$(cd "$(dirname "$0")/../../.." && pwd)

fail() {
  printf 'network %s: %s\n' "$name" "$1" >&2
  exit 1
}

is_there() {
  docker network inspect "$name" >/dev/null 2>&1
}

create() {
  docker network create --subnet "$1" --label "pg-lab.folder=$folder" "$name"
}

# Labs made by older versions have it under Vagrant's name. Containers that are in it, running or not, keep their
# addresses. Machines that start side by side do this together: what one has done the others need not.
move_from() {
  members=
  for container in $(docker ps --all --no-trunc --filter "network=$1" --format '{{.ID}}'); do
    address=$(docker inspect --format "{{(index .NetworkSettings.Networks \"$1\").IPAMConfig.IPv4Address}}" "$container") ||
      continue
    members="$members $container=$address"
    docker network disconnect --force "$1" "$container" || true
  done
  docker network rm "$1" || true
  create "$2" || true
  for member in $members; do docker network connect --ip "${member#*=}" "$name" "${member%%=*}" || true; done
}

case "$action" in
  make)
    former=vagrant_network_$3
    if docker network inspect "$former" >/dev/null 2>&1; then move_from "$former" "$3" >/dev/null 2>&1; fi

    # A lab that is there has the addresses. One whose folder is gone may be this lab under its old name.
    docker ps --all --filter "network=$name" --format '{{.Label "pg-lab.folder"}}' | while read -r owner; do
      [ "$owner" = "$folder" ] || [ ! -d "$owner" ] || fail "the lab in $owner has it; choose another network.subnet"
    done

    # Where another machine of the lab is about to make it, its name or its addresses are taken before it is there.
    tries=10
    until is_there || error=$(create "$3" 2>&1); do
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
