#!/bin/sh
# Ansible calls the socket of a shared ssh connection by a hash of the inventory's name, port and user. Where only the
# ssh configuration says which machine a name is (`ssh_args = -F lab1/ssh_config -o ControlPersist=60s`), two projects
# whose hosts are both called "master" get the same socket: for a minute the second one works on the first one's machine.
# Seen with ansible-core 2.19.11; `control_path = %(directory)s/%%C` keeps them apart, for ssh's own %C knows the address.
set -eu
suite=${1:-trixie}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir -p lists/partial cache/archives/partial
cat > debian.sources <<EOF
Types: deb
URIs: $(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' | head -n 1)
Suites: $suite
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
EOF
apt() {
  apt-get -q -o Dir::Etc::sourcelist="$folder/debian.sources" -o Dir::Etc::sourceparts=- -o Dir::State="$folder" \
    -o Dir::State::status=/dev/null -o Dir::Cache="$folder/cache" -o APT::Sandbox::User= "$@" >/dev/null
}
apt -o Acquire::Languages=none update
apt download ansible-core python3-jinja2 python3-markupsafe python3-yaml python3-packaging python3-resolvelib
for package in *.deb; do dpkg-deb -x "$package" unpacked; done


for lab in 1 2; do
  printf 'Host master\n  HostName 127.0.0.%s\n  Port 1\n' "$lab" > "config$lab"
  env PYTHONPATH="$folder/unpacked/usr/lib/python3/dist-packages" ANSIBLE_HOME="$folder/home" ANSIBLE_NOCOLOR=1 \
    ANSIBLE_SSH_ARGS="-F $folder/config$lab -o ControlMaster=auto -o ControlPersist=60s" LC_ALL=C.UTF-8 \
    /usr/bin/python3 unpacked/usr/bin/ansible -i master, master -m raw -a true -vvv 2>&1 |
    grep -o 'ControlPath="[^"]*"' | sort -u > "socket$lab" || true
  echo "master is 127.0.0.$lab: $(sed "s|$folder|...|" "socket$lab")"
done
dpkg-deb -f ansible-core*.deb Version
test -s socket1
cmp socket1 socket2
