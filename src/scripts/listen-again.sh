#!/bin/sh
# Lets PostgreSQL listen at an address that was not there when it started; $1 is the address. A PostgreSQL that runs
# and does not listen there is restarted.

ip -o -4 address show to "$1" | grep -q . || exit 1
listens() { ss -Hltn "sport = :5432" | grep -q "$1"; }
listens . || exit 0
listens "$1:" || systemctl restart 'postgresql@*' 'postgresql-[0-9]*'
