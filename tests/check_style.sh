#!/usr/bin/env bash
# Formatting, and who may include what: MPI, HDF5, JSON, the clock and the log each live in one place.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
status=0
clang_format=$(command -v clang-format-14 || command -v clang-format)
git ls-files -z '*.cpp' '*.hpp' | xargs -0 "$clang_format" --dry-run -Werror || status=1

# only PATTERN WHERE...: an #include matching PATTERN may stand in the folders WHERE and in no other source.
only() {
  local pattern=$1 found
  shift
  found=$(git grep -nE "^ *# *include *[<\"]$pattern" -- src include "${@/#/:!}" || true)
  [ -z "$found" ] || { printf 'may be included in %s only:\n%s\n' "$*" "$found" >&2; status=1; }
}
# never PATTERN WHERE...: an #include matching PATTERN may not stand in the folders WHERE.
never() {
  local pattern=$1 found
  shift
  found=$(git grep -nE "^ *# *include *[<\"]$pattern" -- "$@" || true)
  [ -z "$found" ] || { printf 'may not be included in %s:\n%s\n' "$*" "$found" >&2; status=1; }
}
# A level's objects (docs/decisions/0012) would align Eigen's vectors otherwise than the rest of the program.
found=$(git grep -nE 'Eigen' -- src/density ':!src/density/model/model_density.cpp' ':!src/density/model/evaluator.cpp' \
  ':!src/density/model/point_transform.cpp' ':!src/density/model/coordinates.cpp' \
  ':!src/density/distributions/regression.cpp' ':!src/density/numbers/triangular_factor.*' ':!*/CMakeLists.txt' || true)
[ -z "$found" ] || { printf 'Eigen may be used in the sources of common_source (src/density/CMakeLists.txt) only:\n%s\n' "$found" >&2; status=1; }
# layers NAME MAY...: the layer may include headers of itself and of the layers named.
layers() {
  local name=$1 found
  found=$(git grep -nE '^ *# *include *"exmc/' -- "src/$name" "include/exmc/$name" |
          grep -vE "\"exmc/($(IFS='|'; echo "$*"))/" || true)
  [ -z "$found" ] || { printf '%s may include %s only:\n%s\n' "$name" "$*" "$found" >&2; status=1; }
}

only 'mpi(-ext)?\.h' src/runtime/mpi
only '(hdf5|H5)' src/io
only '(cvodes|nvector|sundials|sunlinsol|sunmatrix|sunnonlinsol)/' src/density/ode
only 'nlohmann/' src/json
only 'json/' src/json src/ir src/config src/app/summary_json.cpp src/app/evaluated_json.cpp src/app/status_json.cpp
for folder in sampler density diagnostics; do
  never '(chrono|ctime|spdlog|iostream|fstream)' "src/$folder" "include/exmc/$folder"
done
layers core
layers json core
layers ir core
layers config core
layers density core ir
layers sampler core
layers diagnostics core
layers runtime core
layers io core
exit $status
