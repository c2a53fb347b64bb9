"""The peers' own Python environment below build/race: what peers/requirements.txt pins, a package at a time, so that one
that cannot be installed here leaves out its own contenders only."""

import functools
import json
import pathlib
import re
import shutil
import subprocess
import sys

from harness import ROOT

FOLDER = ROOT / "build" / "race"
PYTHON = FOLDER / "venv" / "bin" / "python"
REQUIREMENTS = pathlib.Path(__file__).parent / "peers" / "requirements.txt"
PACKAGES = ["pymc", "nutpie", "walnutpie", "pystan", "httpstan", "pytensor", "numba", "numpy"]
BROUGHT_BY = {"httpstan": "pystan"}


class Missing(Exception):
    """A package that cannot be had here; the text says which and why."""


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)


def _versions():
    """package -> version, of those in the environment, which is made when there is none."""
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", PYTHON.parent.parent], check=True)
    code = "import json, importlib.metadata as m; print(json.dumps({d.name.lower(): d.version for d in m.distributions()}))"
    return json.loads(subprocess.run([PYTHON, "-c", code], check=True, capture_output=True, text=True).stdout)


def _install(pin):
    print(f"race: installing {pin}", file=sys.stderr)
    command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", pin]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise Missing(f"pip cannot install {pin}: {(result.stderr.strip().splitlines() or ['it says nothing'])[-1]}")


@functools.cache
def need(package):
    """The folder of a package, which is installed when it is not there."""
    pins = dict(pin.split("==") for pin in REQUIREMENTS.read_text().split())
    name = BROUGHT_BY.get(package, package)
    if _versions().get(name) != pins[name]:
        _install(f"{name}=={pins[name]}")
    code = f"import importlib.util as u; print(u.find_spec({package!r}).submodule_search_locations[0])"
    return subprocess.run([PYTHON, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def versions():
    """Of the packages that the figures depend on. Stan's own: of the headers inside httpstan."""
    installed = _versions()
    found = {name: installed[name] for name in PACKAGES if name in installed}
    if "httpstan" in found:
        text = (pathlib.Path(need("httpstan")) / "include" / "stan" / "version.hpp").read_text()
        numbers = dict(re.findall(r"#define (STAN_\w+) (\d+)", text))
        found["stan"] = ".".join(numbers[key] for key in ("STAN_MAJOR", "STAN_MINOR", "STAN_PATCH") if key in numbers)
    return found


def held_to(level):
    """The environment that holds exmc (a portable build) and numba to a processor level such as x86-64-v3."""
    processors = {"x86-64": "x86-64", "x86-64-v2": "nehalem", "x86-64-v3": "haswell", "x86-64-v4": "skylake-avx512"}
    if level not in processors:
        sys.exit(f"race: no level {level}; there are {', '.join(processors)}")
    return {"EXMC_PROCESSOR": level, "NUMBA_CPU_NAME": processors[level]}


def environment(cache):
    """Of a process of PyMC or nutpie that keeps what it compiles in the folder `cache`."""
    return {"PYTENSOR_FLAGS": f"base_compiledir={cache}/pytensor", "NUMBA_CACHE_DIR": f"{cache}/numba", "PYTHONWARNINGS": "ignore"}
