#!/bin/sh
# A variable whose template is a statement that prints nothing, such as `{% if false %}x{% endif %}`, is an empty text for
# ansible-core 2.14 and null for 2.19: `| length`, which was 0, ends the task with "object of type 'NoneType' has no len()".
# With a word before the statement it stays a text in both. Seen with 2.14.18 of Debian 12 and 2.19.11 of Debian 13.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

apt() {
  apt-get -q -o Dir::Etc::sourcelist="$folder/$suite/debian.sources" -o Dir::Etc::sourceparts=- -o Dir::State="$folder/$suite" \
    -o Dir::State::status=/dev/null -o Dir::Cache="$folder/$suite/cache" -o APT::Sandbox::User= "$@" >/dev/null
}

# ask TEMPLATE: its kind and whether `length` takes it
ask() {
  printf -- '- hosts: localhost\n  gather_facts: false\n  vars:\n    asked: "%s"\n  tasks:\n' "$1" >play.yml
  printf '    - ansible.builtin.debug: {msg: "%s"}\n' '{{ asked | type_debug }} {{ asked | length }}' >>play.yml
  PYTHONPATH="$folder/$suite/unpacked/usr/lib/python3/dist-packages" LC_ALL=C.UTF-8 ANSIBLE_NOCOLOR=1 \
    ANSIBLE_HOME="$folder/home" ANSIBLE_LOCAL_TEMP="$folder/tmp" /usr/bin/python3 \
    "$suite/unpacked/usr/bin/ansible-playbook" -i localhost, -c local play.yml >out 2>&1 || true
  grep -oE "\"msg\": \"str [0-9]+\"|object of type 'NoneType' has no len\(\)" out | sort -u
}

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
  ask '{% if false %}x{% endif %}' | tee "$suite.empty"
  ask 'a{% if false %}x{% endif %}' | tee "$suite.word"
done
grep -q ' 0"' bookworm.empty
grep -q NoneType trixie.empty
grep -q ' 1"' bookworm.word
grep -q ' 1"' trixie.word
