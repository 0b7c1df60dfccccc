#!/bin/sh
# Runs ansible-playbook on this machine for the whole lab, as root, in the folder that carry.py has filled.
# Its arguments are ansible-playbook's; the events for pg-lab come on standard output, all else on standard error.
set -eu

# Held until Ansible has ended, also where nobody listens to it any more.
exec 9>/run/pg-lab.lock
flock 9

cd "$(dirname "$0")/../../.."

if ! command -v ansible-playbook >/dev/null; then
  # What the roles do for all hosts later, this one needs now.
  # shellcheck source=/dev/null
  . provisioning/support/packages.env
  sh provisioning/roles/postgres/files/package-mirror.sh "$PACKAGE_MIRROR" >&2
  if [ -n "$PROXY_HTTP" ]; then export http_proxy="$PROXY_HTTP"; fi
  if [ -n "$PROXY_HTTPS" ]; then export https_proxy="$PROXY_HTTPS"; fi
  if [ -n "$PROXY_NONE" ]; then export no_proxy="$PROXY_NONE"; fi
  if command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get -q update >&2
    apt-get -q install -y --no-install-recommends ansible-core >&2
  else
    dnf -q install -y ansible-core >&2
  fi
  unset http_proxy https_proxy no_proxy # the machines of the lab are reached directly
fi

# The sockets of the shared connections lie here too, so they go with the folder.
export ANSIBLE_CONFIG="$PWD/ansible.cfg" ANSIBLE_SSH_CONTROL_PATH_DIR="$PWD" LC_ALL=C.UTF-8
exec ansible-playbook "$@" 3>&1 1>&2
