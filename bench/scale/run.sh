#!/usr/bin/env bash
# What the coordinator's decisions and the writer cost, up to 10,000 ranks and 10^6 chains, in one process each: the
# constants of docs/scaling.md. Minutes; files of up to 2 GB are made in a temporary folder and removed.
#
#   bench/scale/run.sh [--build DIR]
#
# --build DIR takes the programs of that build folder (configured with -DEXMC_BENCH=ON) and neither sets up nor builds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
build=
case ${1:-} in
  "") ;;
  --build) build=${2:?--build wants a folder} ;;
  *) echo "bench: unknown option $1; the option is --build DIR" >&2; exit 2 ;;
esac
if [ -z "$build" ]; then
  jobs/setup.sh
  build=build/native
  . build/env.sh
  cmake --preset native -DEXMC_BENCH=ON >build/configure.log 2>&1 || { cat build/configure.log >&2; exit 1; }
  cmake --build --preset native --target coordinator_bench writer_bench
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
grep -m1 'model name' /proc/cpuinfo
"$build/bench/scale/coordinator_bench"
"$build/bench/scale/writer_bench" "$folder"
