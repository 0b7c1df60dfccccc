#!/bin/sh
# Finds the file in which Barman's server is, and prints its name and what is in it. $1 is Barman's folder of server files, $2 the server.

grep -lFx -- "[$2]" "$1"/*.conf | head -n 1 | while IFS= read -r file; do
  printf '%s\n' "$file"
  cat -- "$file"
done
