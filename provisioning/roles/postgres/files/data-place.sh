# shellcheck shell=sh
# Where the data of this server lies: three lines, the folder itself, the same as its configuration calls it, and where a
# new one goes. All are of one filesystem, so that a new data directory is filled where it will stay. In a disk's own
# folder, which cannot be renamed and has a lost+found, that is the folder `data`; so is it in one with other things in it
# that a link leads to. $1 the place the package gives it, $2 its postgresql.conf.
name=$(sed -n "s/^ *data_directory *=\{0,1\} *'\([^']*\)'.*/\1/p" "$2" 2>/dev/null | tail -n 1)
case ${name:=$1} in
  */data)
    # A disk that is not there today has none of the data, and is no place for another cluster.
    if [ ! -e "$name/PG_VERSION" ] && [ "$name" != "$1" ] && [ ! -L "${name%/data}" ] && ! mountpoint -q "${name%/data}"; then
      echo "The data directory is $name, and no disk is mounted at ${name%/data}. Mount it, then go on." >&2
      exit 3
    fi
    ;;
esac
# Without PostgreSQL a host lacks the folders above it, too.
real=$(readlink -m "$name")
# What lies there may be set aside, for a restore or a clone: then that lies beside it.
if [ -L "$name" ] && [ ! -d "$name" ] && ! ls -d "$real".* >/dev/null 2>&1; then
  echo "$name leads to $(readlink "$name"), and there is no such folder. Mount its disk, or make the folder." >&2
  exit 3
fi
inside=
if mountpoint -q "$real" 2>/dev/null; then
  inside=/data
elif [ -L "$name" ] && [ ! -e "$real/PG_VERSION" ] && [ -n "$(ls -A "$real" 2>/dev/null)" ]; then
  inside=/data
fi
if [ -e "$real/PG_VERSION" ]; then printf '%s\n' "$real" "$name"; else printf '%s\n' "$real$inside" "$name$inside"; fi
echo "$real$inside"
