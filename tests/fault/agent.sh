#!/usr/bin/env bash
# agent.sh HOST COMMAND...: what the launcher calls instead of ssh (see hosts.sh).
host=$1
shift
case $host in 10.77.0.1[1-9]) host=h${host#10.77.0.1} ;; esac
exec nsenter --target "$(cat "$EXMC_HOSTS_FOLDER/$host.pid")" --net --uts sh -c "$*"
