#!/bin/sh
# Makes locales of Debian, each by any name glibc knows it by: ru_RU.UTF-8, ru_RU.utf8, ru_RU.koi8r, en_US.
# Usage: sh make-locales.sh <locale>...
set -eu

for wanted; do
  line=$(awk -v wanted="$wanted" '
    function plain(name) { name = tolower(name); gsub(/-/, "", name); return name }
    { base = $1; sub(/[.].*/, "", base) }
    plain($1) == plain(wanted) || plain(base "." $2) == plain(wanted) { print; exit }' /usr/share/i18n/SUPPORTED)
  if [ -z "$line" ]; then
    echo "$wanted is no locale of this system: see /usr/share/i18n/SUPPORTED" >&2
    exit 1
  fi
  grep -qxF "$line" /etc/locale.gen || echo "$line" >>/etc/locale.gen
done
locale-gen
