#!/bin/sh
# `tasks_from: below/x` names a file in a folder of a role's tasks. In ansible-core 2.14 include_role runs that file, but
# import_role drops the folder: it runs tasks/x.yml where there is one, without a word, and else says that tasks/x is not there.
# In 2.19 both run the file in the folder. Seen with 2.14.18 of Debian 12 and 2.19.11 of Debian 13.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt() {
  apt-get -q -o Dir::Etc::sourcelist="$folder/$suite/debian.sources" -o Dir::Etc::sourceparts=- -o Dir::State="$folder/$suite" \
    -o Dir::State::status=/dev/null -o Dir::Cache="$folder/$suite/cache" -o APT::Sandbox::User= "$@" >/dev/null
}

# ask ACTION: which of the two files runs
ask() {
  printf -- '- hosts: localhost\n  gather_facts: false\n  tasks:\n    - ansible.builtin.%s: {name: r, tasks_from: below/x}\n' "$1" >play.yml
  PYTHONPATH="$folder/$suite/unpacked/usr/lib/python3/dist-packages" LC_ALL=C.UTF-8 ANSIBLE_NOCOLOR=1 \
    ANSIBLE_HOME="$folder/home" ANSIBLE_LOCAL_TEMP="$folder/tmp" /usr/bin/python3 \
    "$suite/unpacked/usr/bin/ansible-playbook" -i localhost, -c local play.yml >out 2>&1 || true
  echo "$1 $(grep -oE 'from-(below|top)' out | sort -u)"
}

mkdir -p roles/r/tasks/below
printf -- '- ansible.builtin.debug: {msg: from-top}\n' >roles/r/tasks/x.yml
printf -- '- ansible.builtin.debug: {msg: from-below}\n' >roles/r/tasks/below/x.yml
# shellcheck disable=SC2016 # apt fills it in
for suite in bookworm trixie; do
  mkdir -p "$suite/lists/partial" "$suite/cache/archives/partial"
  cat >"$suite/debian.sources" <<SOURCES
Types: deb
URIs: $(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' | head -n 1)
Suites: $suite
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
SOURCES
  apt -o Acquire::Languages=none update
  (cd "$suite" && apt download ansible-core python3-jinja2 python3-markupsafe python3-packaging python3-resolvelib)
  for package in "$suite"/*.deb; do dpkg-deb -x "$package" "$suite/unpacked"; done
  dpkg-deb -f "$suite"/ansible-core*.deb Version
  { ask include_role && ask import_role; } | tee "$suite.said"
done
grep -qx 'include_role from-below' bookworm.said
grep -qx 'import_role from-top' bookworm.said
grep -qx 'include_role from-below' trixie.said
grep -qx 'import_role from-below' trixie.said
