#!/bin/sh
# A relative `url` in a box catalogue (`vagrant box add http://…/metadata.json`) is not taken from where the catalogue
# is, as links in web pages are, but from the folder in which Vagrant is started: the server is never asked for the box,
# and a file of that name there, whatever it is, is taken instead. Seen with Vagrant 2.3.4; an absolute address works.
set -eu
folder=$(mktemp -d)
server=
clean() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$folder"
}
trap clean EXIT
mkdir "$folder/served" "$folder/empty" "$folder/other"
echo '{"provider":"libvirt"}' >"$folder/metadata.json"
tar -C "$folder" -cf "$folder/served/machine.box" metadata.json
cp "$folder/served/machine.box" "$folder/other/machine.box"
cat >"$folder/served/metadata.json" <<'JSON'
{"name": "finding/relative", "versions": [{"version": "1.0", "providers": [{"name": "libvirt", "url": "machine.box"}]}]}
JSON
python3 -m http.server --bind 127.0.0.1 --directory "$folder/served" 8931 >"$folder/log" 2>&1 &
server=$!
export VAGRANT_HOME="$folder/home" VAGRANT_CHECKPOINT_DISABLE=1
vagrant --version
add() {
  cd "$1"
  timeout 120 vagrant box add --provider libvirt http://127.0.0.1:8931/metadata.json 2>&1 | tr '\r' '\n' || true
}
add "$folder/empty" | grep "Couldn't open file $folder/empty/machine.box"
add "$folder/other" | grep "Successfully added box 'finding/relative' (v1.0)"
if grep -q 'machine.box' "$folder/log"; then
  echo "the server was asked"
  exit 1
fi
