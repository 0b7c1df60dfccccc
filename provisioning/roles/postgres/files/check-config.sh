#!/bin/sh
# Whether PostgreSQL would start with a new postgresql.conf: its own parser is asked, and what that does not look at, namely the
# libraries that are loaded at the start or by every session, and the memory. A server that has it and cannot start stays down.
# $1 the server's programs, $2 its major version, $3 the file, $4 the one it runs with.
set -eu
bin=$1 major=$2 in_use=$4
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp "$3" "$scratch/new.conf"
if [ -e "$in_use" ]; then cp "$in_use" "$scratch/running.conf"; else : >"$scratch/running.conf"; fi
echo "$major" >"$scratch/PG_VERSION"
mkdir "$scratch/pg_notify"
chown -R postgres: "$scratch"
cd "$scratch"

# Over an empty data directory: nothing of the one in use is touched.
server() { runuser -u postgres -- "$bin/postgres" "$@" -D "$scratch" -c data_directory="$scratch" 2>"$scratch/said"; }
asked() { server -C "$1" -c config_file="$scratch/$2.conf"; }
say_why() {
  sed -n '/skipping missing/d; s/^.* \(FATAL\|ERROR\|HINT\|DETAIL\|LOG\): */\1: /p' "$scratch/said" >&2
  exit 1
}

# Where the server looks for a library, and there with and without .so. $2: folders, with colons between.
paths_of() {
  case $1 in
    "\$libdir"/*) echo "$lib/${1#*/}" ;;
    */*) echo "$1" ;;
    *) echo "$2" | tr ':' '\n' | sed "s|^\$libdir|$lib|; s|\$|/$1|" ;;
  esac
}

lib=${bin%/bin}/lib
dynamic=$(asked dynamic_library_path new) || say_why
for setting in shared_preload_libraries session_preload_libraries local_preload_libraries; do
  # What every session may load lies apart.
  if [ "$setting" = local_preload_libraries ]; then folders=$lib/plugins; else folders=$dynamic; fi
  libraries=$(asked $setting new) || say_why
  echo "$libraries" | tr ',' '\n' | sed 's/^ *"*//; s/"* *$//; /^$/d' | while read -r library; do
    paths=$(paths_of "$library" "$folders")
    echo "$paths" | while read -r one; do [ ! -e "$one" ] && [ ! -e "$one.so" ] || echo "$one"; done | grep -q . || {
      echo "$setting: there is no $(echo "$paths" | head -n 1).so. Install the package that brings it, or take $library out of postgres.settings." >&2
      exit 1
    }
  done
done

# What the server holds already cannot be had a second time.
huge=$(asked huge_pages new) || say_why
if [ "$huge" = on ] && [ "$(asked huge_pages running)" = on ]; then huge=try; fi
if [ "$major" -ge 15 ]; then set -- --check; else set -- --boot -x0; fi
server "$@" -c config_file="$scratch/new.conf" -c huge_pages="$huge" >/dev/null || say_why

# For the case that it does not start all the same. One that is there is of a run that was cut off, before any restart.
if [ -e "$in_use" ] && [ ! -e "$in_use.before" ]; then cp -p "$in_use" "$in_use.before"; fi
