#!/bin/sh
# Its name, addresses, system, processors and memory, a line each; a container has no memory of its own to tell of.

hostname
hostname -I
# shellcheck disable=SC1091 # the machine's own
. /etc/os-release
echo "$ID" "$VERSION_ID$([ "$VERSION_ID" ] || echo "$VERSION_CODENAME")"
nproc
LC_ALL=C lsmem --bytes --summary=only 2>/dev/null
