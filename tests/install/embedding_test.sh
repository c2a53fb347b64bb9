#!/usr/bin/env bash
# docs/embedding builds from what is installed alone, and samples: embedding_test.sh CMAKE BUILD SOURCE.
set -euo pipefail
cmake=$1 build=$2 source=$3
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$cmake" --install "$build" --prefix "$scratch/prefix" --component development >/dev/null
[ ! -e "$scratch/prefix/bin" ] || { echo "the component \"development\" installs more than it says"; exit 1; }
cp -r "$source/docs/embedding" "$scratch/banana"
lines=$(grep -c . "$scratch/banana/banana.cpp")
[ "$lines" -lt 30 ] || { echo "banana.cpp has $lines lines; it is shown for being short"; exit 1; }
"$cmake" -G Ninja -S "$scratch/banana" -B "$scratch/build" -DCMAKE_PREFIX_PATH="$scratch/prefix" -DCMAKE_BUILD_TYPE=Release
"$cmake" --build "$scratch/build"

says=$("$scratch/build/banana")
echo "$says"
# x is standard normal: its mean is within four standard errors of 0, which are small but not nothing.
echo "$says" | awk '{ exit !($1 == "mean" && $2^2 < ($4 * 4)^2 && $4 > 0.005 && $4 < 0.1 && $6 > 0.99 && $6 < 1.02) }'
