# shellcheck shell=sh
# Goes behind data-place.sh, which finds the data directory: $real. What ALTER SYSTEM, pg_basebackup -R or pg_rewind -R have
# written there wins over every other file. Takes these settings out of it, and leaves the rest. Says each that was there.
# $3 where a copy is kept, outside the data directory, as long as there is none; then the settings.
# shellcheck disable=SC2154 # data-place.sh has set it
auto=$real/postgresql.auto.conf
[ -s "$auto" ] || exit 0
copy=$3
shift 3
settings=" $(echo "$*" | tr '[:upper:]' '[:lower:]') "
# $1: whether the lines of these settings are printed, or the others.
lines() {
  awk -v settings="$settings" -v theirs="$1" '
    { name = tolower($0); sub(/^[ \t]*/, "", name); sub(/[ \t=].*/, "", name) }
    (name != "" && index(settings, " " name " ") > 0) == theirs { print }' "$auto"
}
taken=$(lines 1)
[ -n "$taken" ] || exit 0
[ -e "$copy" ] || cp -p "$auto" "$copy"
cp -p "$auto" "$auto.pg-lab"
lines 0 >"$auto.pg-lab"
mv -f "$auto.pg-lab" "$auto"
echo "$taken" | sed 's/^[ \t]*//; s/[ \t=].*//'
