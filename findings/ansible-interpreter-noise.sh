#!/bin/sh
# A login shell that prints a line of its own before the command it was given ("Welcome", the news of the day in ~/.bashrc) leaves
# Ansible's modules in peace: what comes before their JSON is skipped. Its search for Python is not so patient: with
# interpreter_python = auto_silent (or auto) the answer is not understood, /usr/bin/python is taken without a word, and where there
# is none, as on Debian, the first task of all ends in "The module failed to execute correctly" or, at fact gathering, "The
# following modules failed to execute: ansible.legacy.setup", and nothing points to the line. With the path in interpreter_python
# the same host is fine. Seen with ansible-core 2.14.18 of Debian 12.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
packages='ansible-core python3-jinja2 python3-packaging python3-resolvelib python3-markupsafe'
# shellcheck disable=SC2086 # one word a package
apt-get -q download $packages >/dev/null 2>&1
for package in *.deb; do dpkg-deb -x "$package" unpacked; done
export PYTHONPATH="$folder/unpacked/usr/lib/python3/dist-packages" LC_ALL=C.UTF-8 ANSIBLE_NOCOLOR=1 ANSIBLE_LOCAL_TEMP="$folder/tmp"
ansible="$folder/unpacked/usr/bin/ansible"
python3 "$ansible" --version | head -n 1
[ ! -e /usr/bin/python ] || { echo 'there is a /usr/bin/python here: it is found by accident'; exit 1; }

printf '#!/bin/sh\necho Welcome\nexec /bin/sh "$@"\n' >greets
chmod +x greets
cat >inventory <<INI
quiet ansible_connection=local
greets ansible_connection=local ansible_shell_executable=$folder/greets
INI
try() {
  printf '%s, %s: ' "$1" "$2"
  ANSIBLE_PYTHON_INTERPRETER=$2 python3 "$ansible" -i inventory "$1" -m setup -a gather_subset=min >out 2>&1 && echo fine && return 0
  grep -m1 -oE 'you probably need to set the interpreter|/usr/bin/python: not found' out
  return 1
}
try quiet auto_silent
if try greets auto_silent; then exit 1; fi
grep -q '"discovered_interpreter_python": "/usr/bin/python"' out
try greets /usr/bin/python3
