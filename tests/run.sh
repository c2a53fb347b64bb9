#!/usr/bin/env bash
# Set-up, build, and the whole test suite; what is given goes to ctest (tests/run.sh -R sampler).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export HOME="${HOME:-$PWD/build}"
jobs/setup.sh --tests
. build/env.sh
cmake --preset release -DEXMC_WERROR=ON >build/configure.log 2>&1 || { cat build/configure.log >&2; exit 1; }
cmake --build --preset release
exec ctest --preset release -j "$(nproc)" "$@"
