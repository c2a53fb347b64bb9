#!/usr/bin/env bash
# The source tarball holds every source and nothing else, and builds: source_tarball_test.sh CMAKE CPACK BUILD SOURCE MPI_HOME.
set -euo pipefail
cmake=$1 cpack=$2 build=$3 source=$4 mpi_home=$5
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$cpack" --config "$build/CPackSourceConfig.cmake" -B "$scratch" >/dev/null
tarballs=("$scratch"/exmc_mpi-*.tar.gz)
tar -xzf "${tarballs[0]}" -C "$scratch"
unpacked=${tarballs[0]%.tar.gz}

# The sources of a tarball are not a clone: there is nothing to compare with there.
if git -C "$source" rev-parse --git-dir >/dev/null 2>&1; then
  diff <(git -C "$source" ls-files --cached --others --exclude-standard | sort) <(cd "$unpacked" && find . -type f | cut -c3- | sort)
fi
options=()
[ -z "$mpi_home" ] || options+=(-DMPI_HOME="$mpi_home")
"$cmake" -S "$unpacked" -B "$scratch/build" -G Ninja "${options[@]}" >/dev/null
"$cmake" --build "$scratch/build" --target exmc_json
[ -e "$scratch/build/src/json/libexmc_json.a" ]
