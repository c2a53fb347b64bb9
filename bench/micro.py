"""Runs the benchmark programs that need no MPI and keeps what they print. Each says at its top what it asks and how."""

import harness
from harness import ROOT

# The question, and the arguments.
PROGRAMS = {
    "density_bench": ("Microseconds per log density + gradient of the seven models, beside hand-written C++.", [ROOT / "configs" / "models"]),
    "sampler_bench": ("What does the sampler itself cost per leapfrog step, beside the density?", []),
    "io_bench": ("What does the way from a sampler's row to the closed file cost, beside a bare loop of H5Dwrite and fsync?", []),
}


def main():
    arguments = harness.options(__doc__)
    with harness.scratch() as folder:
        for name, (question, words) in PROGRAMS.items():
            run = harness.run([harness.program(arguments.build, name), *words], folder)
            if run.code != 0:
                raise SystemExit(f"bench: {name} ended with {run.code}:\n{run.text()}")
            harness.publish(name, arguments, question, [f"```\n{run.text()}\n```"], run.text().split("\n"))


if __name__ == "__main__":
    main()
