#!/bin/sh
# A handler may include a file of tasks, and a block in there is accepted. Its `rescue` is not run: included by a task the file
# ends rescued, included by a handler its first failure ends the host, with no word that there was a rescue. So what is to be put
# back after a failed restart cannot stand in one. Seen with ansible-core 2.14.18 of Debian 12.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
packages='ansible-core python3-jinja2 python3-packaging python3-resolvelib python3-markupsafe'
# shellcheck disable=SC2086 # one word a package
apt-get -q download $packages >/dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" unpacked; done
export PYTHONPATH="$folder/unpacked/usr/lib/python3/dist-packages" LC_ALL=C.UTF-8 ANSIBLE_NOCOLOR=1 ANSIBLE_LOCAL_TEMP="$folder/tmp"
python3 "$folder/unpacked/usr/bin/ansible" --version | head -n 1

cat >more.yml <<'YAML'
- block:
    - ansible.builtin.command: "false"
  rescue:
    - ansible.builtin.debug: {msg: rescued}
YAML
cat >task.yml <<'YAML'
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.include_tasks: more.yml
YAML
cat >handler.yml <<'YAML'
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.command: "true"
      notify: more
  handlers:
    - name: more
      ansible.builtin.include_tasks: more.yml
YAML
play() {
  ended=0
  python3 "$folder/unpacked/usr/bin/ansible-playbook" -i localhost, -c local "$1.yml" >out 2>&1 || ended=$?
  echo "$1: exit $ended,$(sed -n 's/^localhost .*\( failed=[0-9]*\).*\( rescued=[0-9]*\).*/\1\2/p' out)"
}
play task
[ "$ended" -eq 0 ]
grep -q '"msg": "rescued"' out
play handler
[ "$ended" -eq 2 ]
if grep -q rescued\" out; then exit 1; fi
