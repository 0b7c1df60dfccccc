# shellcheck shell=sh
# The version of Barman, then a word for each thing that runs it here: `timer` and `receiver` are units of the
# package, `crontab` is its crontab, `overwritten` is one that an older version of this role wrote in its place.
barman --version || exit
for unit in timer=barman.timer receiver=barman-receive-wal@.service; do
  if systemctl cat "${unit#*=}" >/dev/null 2>&1; then echo "${unit%%=*}"; fi
done
crontab=/etc/cron.d/barman
if grep -qs 'Written by Ansible from roles/backup' "$crontab"; then
  echo overwritten
elif grep -Eqs '^[^#]*barman( +-[^ ]+)* +cron' "$crontab"; then
  echo crontab
fi
