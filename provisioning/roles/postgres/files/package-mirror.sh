#!/bin/sh
# Has the system's own packages come from a mirror, or again from where they came before. Says `changed` where it did that.
# What the distribution wrote is kept beside, as *.before-pg-lab; repositories of others stay as they are.
# Usage, as root: package-mirror.sh MIRROR     (empty: none; ROOT is the folder of another system)
set -eu
mirror=${1%/}
root=${ROOT:-}
# shellcheck source=/dev/null
. "$root/etc/os-release"

case "$ID" in
  debian | ubuntu)
    ours=$root/etc/apt/sources.list.d/pg-lab-mirror.sources
    set -- "$root/etc/apt/sources.list" "$root/etc/apt/sources.list.d/$ID.sources"
    components=main
    [ "$ID" = debian ] || components='main universe'
    text="Types: deb
URIs: $mirror
Suites: $VERSION_CODENAME $VERSION_CODENAME-updates
Components: $components
Signed-By: /usr/share/keyrings/$ID-archive-keyring.gpg"
    ;;
  *)
    ours=$root/etc/yum.repos.d/pg-lab-mirror.repo
    case "$ID" in rocky) names=rocky ;; almalinux) names=almalinux ;; *) names="$ID redhat" ;; esac
    set --
    for name in $names; do set -- "$@" "$root/etc/yum.repos.d/$name".repo "$root/etc/yum.repos.d/$name"-*.repo; done
    keys=
    for key in "$root"/etc/pki/rpm-gpg/RPM-GPG-KEY-*; do keys="$keys file://${key#"$root"}"; done
    text=
    for part in BaseOS AppStream; do
      text="${text}[pg-lab-$part]
name=$part
baseurl=$mirror/\$releasever/$part/\$basearch/os/
gpgkey=${keys# }
gpgcheck=1
"
    done
    text=$(printf '%s' "$text")
    ;;
esac

if [ -z "$mirror" ]; then
  [ -e "$ours" ] || exit 0
  rm "$ours"
  for file in "$@"; do
    case "$file" in
      # Where the glob finds no file of today, its name is that of one that is kept.
      *'*'*) for kept in $file.before-pg-lab; do [ ! -e "$kept" ] || mv "$kept" "${kept%.before-pg-lab}"; done ;;
      *) if [ -e "$file.before-pg-lab" ] && [ ! -e "$file" ]; then mv "$file.before-pg-lab" "$file"; fi ;;
    esac
  done
  echo changed
  exit 0
fi

changed=no
for file in "$@"; do
  [ ! -e "$file" ] || { mv -f "$file" "$file.before-pg-lab" && changed=yes; }
done
if [ "$(cat "$ours" 2>/dev/null)" != "$text" ]; then
  mkdir -p "$(dirname "$ours")"
  printf '%s\n' "$text" >"$ours"
  changed=yes
fi
[ "$changed" = no ] || echo changed
