#!/usr/bin/env bash
# until-complete.sh FILE COMMAND...: runs COMMAND, a launcher with `exmc_mpi --resume CONFIG` that writes FILE, again and
# again until `exmc_mpi --status FILE` says that the file is complete: a launcher's exit code proves nothing where ranks may
# die. While another job writes FILE it waits. At most EXMC_TRIES (20) tries; no second one where another would end the
# same way: bad input (2), a disk that is full or read-only (3), a model that cannot be sampled (4).
#
# A launcher that stays although nobody has written FILE for EXMC_LINGER (60) seconds, as one does where the link to a host was
# cut, is ended.
#
# SIGUSR1 is passed on, again and again, since a launcher that has started no ranks yet forgets it: the ranks write what they
# have and stop, and so does this. In a Slurm job it then puts the job back into the queue, at most EXMC_REQUEUES (100) times.
#
# Exit code: 0 complete, 2, 3, 4 as above, 5 stopped or out of tries, 7 complete, but COMMAND said with --strict that the draws
# are not to be used.
set -u
case ${1:-} in
  -h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0"; exit 0 ;;
esac
if [ $# -lt 2 ] || [[ $1 == -* ]]; then
  echo "until-complete: usage: jobs/until-complete.sh FILE COMMAND..." >&2
  exit 2
fi
file=$1
shift
tries=${EXMC_TRIES:-20}
stopping=no
signalled=no
running=
asking=

say() { printf 'until-complete: %s\n' "$*" >&2; }

# Asks the command that runs to stop, until it does.
ask() {
  [ -n "$running" ] && [ -z "$asking" ] || return 0
  while kill -USR1 "$running"; do sleep 2; done >/dev/null 2>&1 &
  asking=$!
}

pass_on() {
  [ $stopping = yes ] || say "SIGUSR1: the ranks are asked to write what they have and to stop"
  stopping=yes signalled=yes
  ask
}
trap pass_on USR1

# end_lingering LAUNCHER: ends it where FILE was being written and is no longer. (A file system without locks between hosts
# shows no writer: there the file has to stand still as well.)
end_lingering() {
  local linger=${EXMC_LINGER:-60} written=no since=$SECONDS changed='' now
  while sleep $((linger / 6 + 1)) 3>&- && kill -0 "$1"; do
    exmc_mpi --status "$file"
    case $? in
      6) written=yes since=$SECONDS ;;
      0) since=$SECONDS ;;  # the summary of a long run takes its time
    esac
    now=$(stat -c %Y "$file")
    if [ "$now" != "$changed" ]; then changed=$now since=$SECONDS; fi
    if [ $written = yes ] && [ $((SECONDS - since)) -ge "$linger" ]; then
      echo "until-complete: nobody has written $file for $linger s, but the launcher stays: it is ended" >&3
      kill "$1"
      sleep 10 3>&-
      kill -KILL "$1"
    fi
  done 3>&2 >/dev/null 2>&1
}

# attend COMMAND...: runs it to its end, whatever signals arrive meanwhile; the exit code is the command's.
attend() {
  "$@" &
  running=$!
  [ $stopping = no ] || ask  # it was signalled a moment ago
  end_lingering $running &
  local code watcher=$!
  signalled=yes
  while [ $signalled = yes ]; do  # a signal ends `wait` early
    signalled=no
    wait $running
    code=$?
  done
  kill $watcher ${asking:+"$asking"} 2>/dev/null
  running='' asking=''
  return $code
}

status() {
  local code
  while true; do
    exmc_mpi --status "$file" >/dev/null 2>&1
    code=$?
    if [ $code != 6 ] || [ $stopping = yes ]; then return $code; fi
    attend sleep 5
  done
}

stop() {
  if [ -n "${SLURM_JOB_ID:-}" ] && [ "${SLURM_RESTART_COUNT:-0}" -lt "${EXMC_REQUEUES:-100}" ]; then
    scontrol requeue "$SLURM_JOB_ID"
  fi
  exit 5
}

for ((try = 1; try <= tries; ++try)); do
  status && exit 0
  [ $stopping = no ] || stop
  [ $try = 1 ] || say "$file is not complete; try $try of $tries"
  attend "$@"
  code=$?
  if status; then
    [ $code != 7 ] || exit 7
    exit 0
  fi
  case $code in 2 | 3 | 4) exit $code ;; esac
  [ $stopping = no ] || stop
done
say "gave up after $tries tries; $file is not complete"
exit 5
