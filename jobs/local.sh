#!/usr/bin/env bash
# From nothing to a result: installs what is missing, builds for this processor, runs, prints the summary table and
# where the file is.
#
#   jobs/local.sh [CONFIG] [-n RANKS] [-- ARGS]
#
# RANKS is 5 unless given; ARGS go to exmc_mpi (-- --resume, -- --set seed=2). Without a CONFIG it is
# configs/eight_schools.json, whose file goes to build/eight_schools.h5.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
usage() { printf 'local: %s\nusage: jobs/local.sh [CONFIG] [-n RANKS] [-- ARGS]\n' "$1" >&2; exit 2; }

config=
ranks=5
while [ $# -gt 0 ]; do
  case $1 in
    -n) [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || usage "-n wants a number of ranks, not '${2:-}'"; ranks=$2; shift 2 ;;
    -h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0"; exit 0 ;;
    --) shift; break ;;
    -*) usage "unknown option $1" ;;
    *) [ -z "$config" ] || usage "two configs: $config and $1"; config=$1; shift ;;
  esac
done
arguments=("$@")
if [ -z "$config" ]; then
  config=$root/configs/eight_schools.json
  # The demonstration may be repeated; a file of one's own is never replaced without being asked.
  arguments=(--set "output.file=$root/build/eight_schools.h5" ${arguments[@]+"${arguments[@]}"})
  case " ${arguments[*]} " in *' --resume '* | *' --overwrite '* | *' --check '*) ;; *) arguments+=(--overwrite) ;; esac
fi

export HOME="${HOME:-$root/build}"
"$root/jobs/setup.sh"
. "$root/build/env.sh"
quietly_at_root() { (cd "$root" && "$@") >"$root/build/build.log" 2>&1 || { cat "$root/build/build.log" >&2; exit 1; }; }
quietly_at_root cmake --preset native
echo "local: building"
quietly_at_root cmake --build --preset native --target exmc_mpi
echo "local: mpirun -n $ranks exmc_mpi ${arguments[*]-} $config"
exec mpirun -n "$ranks" exmc_mpi ${arguments[@]+"${arguments[@]}"} "$config"
