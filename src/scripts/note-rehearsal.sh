#!/bin/sh
# Writes down what became of a rehearsal: the rest of a JSON object comes by stdin, $1 is the file. By this host's
# clock, as all that is compared with it.

umask 077
mkdir -p "${1%/*}" || exit
{
  printf '{"at":"%s",' "$(date -u +%FT%TZ)"
  cut -c 2-
} >"$1.new" && mv "$1.new" "$1"
