#!/usr/bin/env bash
# What is installed runs from any folder with the source and the build folder gone: install_test.sh CMAKE BUILD SOURCE.
set -euo pipefail
cmake=$1 build=$2 source=$3

if [ "$(id -u)" = 0 ]; then alone=(unshare --mount); else alone=(unshare --mount --map-root-user); fi
if ! "${alone[@]}" mount -t tmpfs none "$source" 2>/dev/null; then
  echo "skipped: this machine does not let the test hide the build folder (unshare --mount)"
  exit 77
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$cmake" --install "$build" --prefix "$scratch/prefix" >/dev/null

cat >"$scratch/use.sh" <<'USE'
set -e
mount -t tmpfs none "$1"
if [ "$2" != "$1" ]; then mount -t tmpfs none "$2" 2>/dev/null || true; fi
[ -z "$(ls -A "$1")" ]
. "$3/prefix/share/exmc_mpi/env.sh"
mkdir "$3/elsewhere"
cd "$3/elsewhere"
cp -r "$3/prefix/share/exmc_mpi/configs" .
mpirun -n 5 exmc_mpi --quiet configs/simple.json
exmc_mpi --status configs/simple.h5
[ "$(exmc_mpi --version)" = "$4" ]  # and so is compiled for the same level
ln -s "$3/prefix/bin/exmc_mpi" link
[ "$(./link --version)" = "$4" ]
USE
env -i HOME="$scratch" PATH=/usr/local/bin:/usr/bin:/bin "${alone[@]}" sh "$scratch/use.sh" "$source" "$build" "$scratch" "$("$build/bin/exmc_mpi" --version)"
