#!/bin/sh
# A newer Docker engine beside the computer's own: Debian's next release in a folder, in namespaces of its own.
# Usage, as root: test/matrix/newer-engine.sh start FOLDER     (makes the folder at first use, about two minutes)
#                 test/matrix/newer-engine.sh run FOLDER COMMAND…   as if the computer had that engine
#                 test/matrix/newer-engine.sh stop FOLDER
# CGROUP=2 shows the engine cgroup v2. On computers with v1 that has no controllers: no --cpus, no --memory.
set -eu

action=$1
folder=$(mkdir -p "$2" && cd "$2" && pwd)
shift 2

suite=forky
root=$folder/root
pid_file=$folder/pid
# The engine's own way out: the computer's end and the engine's of a cable between them.
outside=10.22.250.1
inside=10.22.250.2
cable=pglab-engine

make_root() {
  # Not released yet, so its lists may be out of date; signatures are checked all the same.
  mmdebstrap --quiet --variant=minbase --aptopt='Acquire::Check-Valid-Until false' \
    --include=ca-certificates,docker.io,docker-cli,iptables,iproute2 "$suite" "$root"
}

in_namespaces() {
  nsenter --target "$(cat "$pid_file")" --net env DOCKER_HOST="unix://$root/run/docker.sock" "$@"
}

connect() {
  ip link add "$cable" type veth peer name "$cable-in" netns "$(cat "$pid_file")"
  ip address add "$outside/30" dev "$cable"
  ip link set "$cable" up
  in_namespaces ip address add "$inside/30" dev "$cable-in"
  in_namespaces ip link set "$cable-in" up
  in_namespaces ip link set lo up
  in_namespaces ip route add default via "$outside"
  echo 1 >/proc/sys/net/ipv4/ip_forward
  iptables -t nat -I POSTROUTING -s "$inside" -j MASQUERADE
  iptables -I FORWARD -i "$cable" -j ACCEPT
  iptables -I FORWARD -o "$cable" -j ACCEPT
}

disconnect() {
  ip link delete "$cable" 2>/dev/null || true
  iptables -t nat -D POSTROUTING -s "$inside" -j MASQUERADE 2>/dev/null || true
  iptables -D FORWARD -i "$cable" -j ACCEPT 2>/dev/null || true
  iptables -D FORWARD -o "$cable" -j ACCEPT 2>/dev/null || true
}

# What follows runs in the namespaces, as their first process, which takes all others with it.
# shellcheck disable=SC2016 # a script of its own
engine='
  mount --make-rprivate /
  mount --bind "$1" "$1"
  mount -t proc proc "$1/proc"
  mount --rbind /sys "$1/sys"
  mount --rbind /dev "$1/dev"
  if [ "$2" = 2 ]; then mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"; fi
  cp /etc/resolv.conf "$1/etc/resolv.conf"
  rm -f "$1/run/docker.pid" "$1/run/docker.sock"
  until ip link show "$3-in" >/dev/null 2>&1; do sleep 0.2; done
  cd "$1"
  mkdir -p old
  pivot_root . old # after a mere chroot, `docker exec` would land in the computer and not in the container
  umount --lazy /old
  dockerd --cgroup-parent=/pg-lab-engine &
  trap "kill \$!" TERM
  wait || wait
'

case "$action" in
  start)
    [ -x "$root/usr/sbin/dockerd" ] || make_root
    unshare --mount --net --uts --pid --fork --kill-child \
      sh -c "$engine" sh "$root" "${CGROUP:-1}" "$cable" >"$folder/dockerd.log" 2>&1 &
    starter=$!
    until pgrep -P "$starter" >"$pid_file"; do sleep 0.1; done
    connect
    timeout 120 sh -c "until docker -H unix://$root/run/docker.sock version >/dev/null 2>&1; do sleep 0.5; done" || {
      tail "$folder/dockerd.log" >&2
      exit 1
    }
    in_namespaces docker version --format 'engine {{.Server.Version}}'
    ;;
  run)
    # Shared ssh connections are found by address and port, which machines of the computer's own engine have too.
    # shellcheck disable=SC2016 # a script of its own
    HOME=$folder/home in_namespaces unshare --mount sh -c '
      mkdir -p "$HOME" "$1"
      chmod 700 "$1"
      shared=/tmp/pg-lab-$(id -u)
      mkdir -p -m 700 "$shared"
      mount --bind "$1" "$shared"
      shift
      exec "$@"
    ' sh "$folder/connections" "$@"
    ;;
  stop)
    kill "$(cat "$pid_file")" 2>/dev/null || true
    timeout 60 sh -c "while kill -0 $(cat "$pid_file") 2>/dev/null; do sleep 0.2; done"
    disconnect
    find /sys/fs/cgroup -depth -type d -path '*/pg-lab-engine*' -exec rmdir {} + 2>/dev/null || true
    rm -f "$pid_file"
    ;;
esac
