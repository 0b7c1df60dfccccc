#!/bin/sh
# Stops the unit $1, on a machine that has one of that name.

if systemctl cat "$1" >/dev/null 2>&1; then
  systemctl stop "$1"
fi
