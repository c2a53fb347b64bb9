#!/usr/bin/env bash
# The race against Stan, nutpie, walnutpie and PyMC, in one command: sets up, builds (preset release, as docs/install.md does),
# installs the peers below build/race, and writes docs/scoreboard.md, its pictures and bench/results/race.json.
#
#   bench/race/run.sh [--quick] [--build DIR] [--resume] [--report] [--seeds N] [--models A,B] [--contenders A,B]
#                     [--level x86-64-v3]
#
# --quick: two models, one seed; it, and any race of less than everything, writes below build/race/out. --resume goes on
# with a race that was stopped; --report writes the page again from the runs that are kept. --build DIR takes that folder's
# programs and neither sets up nor builds. --level holds a portable build, Stan and numba to a lesser processor.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
case " $* " in
  *" --build "* | *" --report "*) ;;
  *)
    jobs/setup.sh --tests
    . build/env.sh
    cmake --preset release >build/configure.log 2>&1 || { cat build/configure.log >&2; exit 1; }
    cmake --build --preset release --target exmc_mpi
    ;;
esac
. build/env.sh
exec build/python/bin/python bench/race/run.py "$@"
