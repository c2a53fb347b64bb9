#!/usr/bin/env bash
# jobs/report.sh FILE [OUT.html]: one self-contained page about a result file, made with ArviZ; also of a run that is not
# over. OUT is FILE with .html where it is not given. A file that cannot be read: one line, exit code 3.
#
# Python with ArviZ is EXMC_PYTHON, else build/python (jobs/setup.sh --tests), else python3.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
fail() { printf 'report: %s\n' "$1" >&2; exit "$2"; }
case ${1:-} in
  -h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0"; exit 0 ;;
  -*) fail "unknown option $1; usage: jobs/report.sh FILE [OUT.html]" 2 ;;
esac
[ $# = 1 ] || [ $# = 2 ] || fail "usage: jobs/report.sh FILE [OUT.html]" 2
file=$1
out=${2:-${file%.h5}.html}

exmc=$(command -v exmc_mpi || true)
for build in native release; do
  if [ -z "$exmc" ] && [ -x "$root/build/$build/bin/exmc_mpi" ]; then exmc=$root/build/$build/bin/exmc_mpi; fi
done
[ -n "$exmc" ] || fail "no exmc_mpi on PATH (. build/env.sh)" 2
python=${EXMC_PYTHON:-$root/build/python/bin/python}
[ -x "$(command -v "$python")" ] || python=python3
"$python" -c 'import arviz' 2>/dev/null || fail "$python has no ArviZ: pip install 'arviz==0.23.*'" 2

# What is wrong with a file the program itself says best.
summary=$(mktemp)
trap 'rm -f "$summary"' EXIT
"$exmc" --summary --json "$file" >"$summary" || exit $?
MPLBACKEND=Agg exec "$python" "$root/jobs/report/report.py" "$file" "$summary" "$out"
