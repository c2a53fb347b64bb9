#!/usr/bin/env bash
# clang-tidy over the sources of the build in build/release, or over the files given.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
clang_tidy=$(command -v clang-tidy-14 || command -v clang-tidy)
if [ $# -eq 0 ]; then mapfile -t files < <(git ls-files 'src/*.cpp'); else files=("$@"); fi
printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -n 1 "$clang_tidy" -p build/release --quiet
