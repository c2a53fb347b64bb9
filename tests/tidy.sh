#!/usr/bin/env bash
# clang-tidy over the sources of the build in build/release, those that differ from a revision, or those given:
#
#   tests/tidy.sh [--since REVISION | FILE...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
clang_tidy=$(command -v clang-tidy-14 || command -v clang-tidy)
case ${1:-} in
  '') mapfile -t files < <(git ls-files 'src/*.cpp') ;;
  --since) mapfile -t files < <(git diff --name-only --diff-filter=d "${2:?--since wants a revision}" -- 'src/*.cpp') ;;
  *) files=("$@") ;;
esac
[ ${#files[@]} -gt 0 ] || exit 0
printf '%s\0' "${files[@]}" | xargs -0 -P "$(nproc)" -n 1 "$clang_tidy" -p build/release --quiet
