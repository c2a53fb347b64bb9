#!/usr/bin/env bash
# hosts.sh FOLDER N COMMAND...: runs COMMAND on test host h0, beside N more (h1 ... hN), all on this machine. Every host has
# a network of its own, joined by a bridge (10.77.0.0/24; h0 is 10.77.0.1, hN 10.77.0.1N), and its own name; processes and
# /etc/hosts are private, so that nothing is left on the machine afterwards. FOLDER/hN.pid is a process of host N.
set -euo pipefail
folder=$1 n=$2
shift 2
if [ "${EXMC_HOSTS:-}" != inside ]; then
  user=()
  [ "$(id -u)" = 0 ] || user=(--user --map-root-user)
  EXMC_HOSTS=inside exec unshare "${user[@]}" --mount --net --uts --pid --fork --kill-child --mount-proc \
    "$0" "$folder" "$n" "$@"
fi
hostname h0
ip link set lo up
ip link add hosts type bridge
ip addr add 10.77.0.1/24 dev hosts
ip link set hosts up
printf '127.0.0.1 localhost\n10.77.0.1 h0\n' >"$folder/hosts"
for i in $(seq "$n"); do
  unshare --net --uts sh -c "hostname h$i; exec sleep infinity" &
  pid=$!
  until [ "$(nsenter --target $pid --uts hostname)" = "h$i" ]; do sleep 0.01; done
  ip link add "to_h$i" type veth peer name eth0 netns "$pid"
  ip link set "to_h$i" master hosts up
  nsenter --target $pid --net sh -c "ip addr add 10.77.0.1$i/24 dev eth0; ip link set eth0 up; ip link set lo up"
  echo "10.77.0.1$i h$i" >>"$folder/hosts"
  echo $pid >"$folder/h$i.pid"
done
mount --bind "$folder/hosts" /etc/hosts
export EXMC_HOSTS_FOLDER=$folder
"$@"
