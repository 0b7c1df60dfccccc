#!/bin/sh
# Debian's coming release has no VERSION_ID in /etc/os-release: os-release(5) calls the field optional, and Debian leaves it out
# until the release is made. Programs that compose "$ID-$VERSION_ID", or compare it as a number, get "debian-" there. What tells
# the releases apart before that is VERSION_CODENAME alone. Seen with base-files 14 (forky), against 13 (trixie).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
for suite in trixie forky; do
  mkdir -p $suite/lists/partial $suite/cache/archives/partial
  cat > $suite/debian.sources <<EOF
Types: deb
URIs: $(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' | head -n 1)
Suites: $suite
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
Check-Valid-Until: no
EOF
  apt="apt-get -q -o Dir::Etc::sourcelist=$folder/$suite/debian.sources -o Dir::Etc::sourceparts=- -o Dir::State=$folder/$suite
    -o Dir::State::status=/dev/null -o Dir::Cache=$folder/$suite/cache -o APT::Sandbox::User= -o Acquire::Languages=none"
  (cd $suite && $apt update >/dev/null && $apt download base-files >/dev/null)
  dpkg-deb -x $suite/base-files_*.deb $suite/unpacked
  echo "$suite, base-files $(dpkg-deb -f $suite/base-files_*.deb Version):"
  grep -E '^(ID|VERSION_ID|VERSION_CODENAME)=' $suite/unpacked/usr/lib/os-release | sed 's/^/  /'
done
grep -qx 'VERSION_ID="13"' trixie/unpacked/usr/lib/os-release
grep -qx 'VERSION_CODENAME=forky' forky/unpacked/usr/lib/os-release
if grep '^VERSION_ID=' forky/unpacked/usr/lib/os-release; then exit 1; fi
