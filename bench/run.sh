#!/usr/bin/env bash
# All benchmarks, in one command: set-up, build, and the tables as markdown; raw figures go to bench/results/.
#
#   bench/run.sh [--quick] [--build DIR]
#
# --quick only sees that the benchmarks still work: its figures mean nothing and are not kept. --build DIR takes the
# programs of that build folder (configured with -DEXMC_BENCH=ON) and neither sets up nor builds.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
quick=()
build=
while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=(--quick) ;;
    --build) build=${2:?--build wants a folder}; shift ;;
    *) echo "bench: unknown option $1; the options are --quick and --build DIR" >&2; exit 2 ;;
  esac
  shift
done

if [ -z "$build" ]; then
  jobs/setup.sh --tests
  build=build/native
  . build/env.sh
  cmake --preset native -DEXMC_BENCH=ON >build/configure.log 2>&1 || { cat build/configure.log >&2; exit 1; }
  cmake --build --preset native
else
  . build/env.sh
fi

python=build/python/bin/python
for name in micro scaling startup long_run; do
  "$python" "bench/$name.py" --build "$build" "${quick[@]}"
done
# This program only: bench/race/run.sh has the peers.
"$python" bench/race/run.py --build "$build" --contenders exmc,exmc-5,exmc-1 "${quick[@]}" ${quick:+--models simple}
