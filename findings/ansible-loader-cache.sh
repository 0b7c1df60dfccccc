#!/bin/sh
# ansible-core 2.19 and newer: a callback that reads a task file through Ansible's own loader, as
# `playbook._loader.load_from_file(path)`, spoils it for the run. The text is kept in the loader's cache without the
# mark that says its templates may be filled in, Ansible's own include_tasks takes it from there, and every template of
# the file stays as it is written: no error, no warning. With ansible-core 2.14 the same callback does no harm.
# Seen with 2.19.11 (Debian 13) and 2.22.0~beta2; load_from_file(path, cache="none") leaves the cache alone.
set -eu
suite=${1:-trixie}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir -p lists/partial cache/archives/partial plugins
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

cat > plugins/reader.py <<'EOF'
import os
from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_NAME = "reader"

    def v2_playbook_on_start(self, playbook):
        if "READS" in os.environ:
            playbook._loader.load_from_file(os.path.join(playbook._basedir, "said.yml"))
EOF
echo '[{name: Say, ansible.builtin.debug: {msg: "{{ 6 * 7 }}"}}]' > said.yml
echo '[{hosts: localhost, gather_facts: false, tasks: [{ansible.builtin.include_tasks: said.yml}]}]' > site.yml

play() {
  env "$@" PYTHONPATH="$folder/unpacked/usr/lib/python3/dist-packages" ANSIBLE_CALLBACK_PLUGINS="$folder/plugins" \
    ANSIBLE_LOCALHOST_WARNING=False ANSIBLE_NOCOLOR=1 LC_ALL=C.UTF-8 \
    /usr/bin/python3 unpacked/usr/bin/ansible-playbook -i localhost, -c local site.yml 2>&1
}
play QUIET=1 > quiet.log
play READS=1 > reads.log
dpkg-deb -f ansible-core*.deb Version
echo "include_tasks alone:                $(grep '"msg"' quiet.log)"
echo "after a callback has read the file: $(grep '"msg"' reads.log)"
grep -Eq '"msg": "?42"?' quiet.log
grep -q '{{ 6 \* 7 }}' reads.log
grep -q 'failed=0' reads.log
