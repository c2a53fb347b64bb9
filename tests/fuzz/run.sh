#!/usr/bin/env bash
# Builds the fuzzers (clang) and runs each for SECONDS, 30 where none are given: tests/fuzz/run.sh [SECONDS [FUZZER...]]
# They begin with the models of configs/ and tests/data/bad, and keep what they find in build/fuzz/corpus. A finding ends
# the run and stays in build/fuzz as crash-*, leak-*, oom-* or timeout-*. EXMC_FUZZ_SEED makes a run repeatable, as CI's is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=${1:-30}
fuzzers=("${@:2}")
[ ${#fuzzers[@]} -gt 0 ] || fuzzers=(model csv)
cmake --preset fuzz >build/fuzz-configure.log 2>&1 || { cat build/fuzz-configure.log >&2; exit 1; }
cmake --build --preset fuzz
cd build/fuzz
mkdir -p corpus/model corpus/csv seeds/model seeds/csv
cp ../../configs/models/*.json ../../tests/data/bad/model/*.json seeds/model
cp ../../configs/models/*.csv ../../tests/data/bad/model/*.csv seeds/csv
for fuzzer in "${fuzzers[@]}"; do
  "tests/fuzz/${fuzzer}_fuzzer" -seed="${EXMC_FUZZ_SEED:-0}" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=1024 -malloc_limit_mb=256 \
    -max_len=20000 -print_final_stats=1 -verbosity=0 -dict="../../tests/fuzz/$fuzzer.dict" \
    "corpus/$fuzzer" "seeds/$fuzzer"
done
