#!/bin/sh
# The units of PostgreSQL servers that systemd knows, running or not: postgresql@15-main on Debian, postgresql-15 on
# RHEL. Debian's plain `postgresql` only stands for all of them. $1 is what systemctl does with them.

units=$(systemctl list-units --all --plain --no-legend --type=service 'postgresql@*' 'postgresql-[0-9]*' |
  while read -r unit _; do echo "$unit"; done)
[ -n "$units" ] || exit 4
# shellcheck disable=SC2086 # a word each
systemctl "$1" $units
