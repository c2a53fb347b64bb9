#!/usr/bin/env bash
# slurm.sh up|down FOLDER: a real Slurm with two nodes n1, n2 on this host, all of it in FOLDER (its own munge as well); then
# export SLURM_CONF=FOLDER/slurm.conf. Needs root, Debian's slurm-wlm and munge.
set -euo pipefail
folder=$2 host=$(hostname)
free_ports() {  # as many as asked for
  python3 -c 'import socket, sys
held = [socket.create_server(("", 0)) for _ in range(int(sys.argv[1]))]
print(*(s.getsockname()[1] for s in held))' "$1"
}
up() {
  mkdir -p "$folder"/{spool/n1,spool/n2,state,munge}
  chmod 755 "$folder" "$folder/munge"
  head -c 128 /dev/urandom >"$folder/munge/key"
  chmod 400 "$folder/munge/key"
  chown -R munge: "$folder/munge"
  runuser -u munge -- munged --key-file="$folder/munge/key" --socket="$folder/munge/socket" \
    --pid-file="$folder/munge/pid" --log-file="$folder/munge/log" --seed-file="$folder/munge/seed"
  read -r control first second < <(free_ports 3)
  cat >"$folder/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$host
SlurmctldPort=$control
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket,cred_expire=5
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool/%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
MpiDefault=none
SlurmdParameters=config_overrides
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$first CPUs=4
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$second CPUs=4
PartitionName=p Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
CONF
  export SLURM_CONF=$folder/slurm.conf
  slurmctld -c
  slurmd -N n1
  slurmd -N n2
  for _ in $(seq 100); do
    [ "$(sinfo -h -t idle -o %D 2>/dev/null)" != 2 ] || return 0
    sleep 0.2
  done
  echo "the nodes did not come up: $(tail -n 3 "$folder/slurmctld.log")" >&2
  return 1
}
down() {
  local name pid
  for name in slurmd.n1.pid slurmd.n2.pid slurmctld.pid munge/pid; do
    [ -f "$folder/$name" ] || continue
    pid=$(cat "$folder/$name")
    kill "$pid" 2>/dev/null || continue
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  done
}
"$1"
