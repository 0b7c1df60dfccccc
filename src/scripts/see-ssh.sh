#!/bin/sh
# What whoever runs this has for SSH, a line each: `kind<TAB>…`. Nothing of it is secret: of his private key the mode and
# the public half. $1 are the public halves of the host's keys, with a `*`.
cd ~/.ssh 2>/dev/null || exit 0
mode=$(stat -c '%a %U' id_ed25519 2>/dev/null) && printf 'mode\t%s\n' "$mode"
key=$(ssh-keygen -y -P '' -f id_ed25519 2>/dev/null </dev/null | cut -d ' ' -f 1,2) && printf 'key\t%s\n' "$key"
for file in known_hosts authorized_keys; do
  if [ -e "$file" ]; then sed -e '/^ *\(#.*\)\{0,1\}$/d' -e "s/^/$file	/" "$file"; fi
done
# shellcheck disable=SC2086 # the shell finds them
cut -d ' ' -f 1,2 $1 | sed 's/^/host	/'
for program in rsync barman-wal-restore; do
  if command -v "$program" >/dev/null; then printf 'program\t%s\n' "$program"; fi
done
