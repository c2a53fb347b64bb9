"""Microseconds per gradient of the seven models for each level that a portable build has, and of the build for this processor:

    build/python/bin/python bench/levels.py       needs build/release and build/native
"""
import os
import pathlib
import re
import subprocess
import sys

import harness

LEVELS = ["x86-64", "x86-64-v3", "x86-64-v4"]


def gradient(program, model, level):
    """What the program's own --check measures: the best of batches during 0.1 s."""
    result = subprocess.run([program, "--check", str(harness.ROOT / "configs" / f"{model}.json")], capture_output=True,
                            text=True, env=dict(os.environ, EXMC_PROCESSOR=level))
    found = re.search(r"^time per gradient +(\S+) us$", result.stdout, re.MULTILINE)
    return float(found[1]) if found else sys.exit(result.stderr.strip())


def main():
    options = harness.options(__doc__, portable=str(harness.ROOT / "build" / "release"), repetitions=15)
    portable = harness.program(pathlib.Path(options.portable), "exmc_mpi")
    native = harness.program(options.build, "exmc_mpi")
    rows = []
    for model in harness.MODELS:
        cases = [lambda program=program, level=level: gradient(program, model, level)
                 for program, level in [(portable, level) for level in LEVELS] + [(native, "")]]
        rows.append([model] + [min(times) for times in harness.alternate(1 if options.quick else options.repetitions, *cases)])
    print(harness.markdown(["model", *LEVELS, "native"], rows))


if __name__ == "__main__":
    main()
