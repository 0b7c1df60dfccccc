#!/bin/sh
# Sees to it that whoever runs this has a key of SSH, made once, and says what others have to know of him: the public half
# of his key, then the keys of this host. One that cannot be read, or asks for a passphrase, is set aside.
# Usage: sh make-ssh-key.sh <comment> <public halves of the host's keys, with a *>
# Says `changed` on stderr where it made something.
set -eu
umask 077
key=$HOME/.ssh/id_ed25519
mkdir -p "$HOME/.ssh"
for place in "$HOME/.ssh 700" "$key 600"; do
  if [ -e "${place% *}" ] && [ "$(stat -c %a "${place% *}")" != "${place##* }" ]; then
    chmod "${place##* }" "${place% *}"
    echo changed >&2
  fi
done
public() { ssh-keygen -y -P '' -f "$key" 2>/dev/null </dev/null; }
if ! public >/dev/null; then
  if [ -e "$key" ]; then mv --backup=numbered "$key" "$key.before"; fi
  rm -f "$key.pub"
  ssh-keygen -q -t ed25519 -N '' -C "$1" -f "$key"
  echo changed >&2
fi
public | cut -d ' ' -f 1,2
# shellcheck disable=SC2086 # the shell finds them
cut -d ' ' -f 1,2 $2
