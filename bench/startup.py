"""How long until the program works, beyond what starting MPI costs anyway? bench/README.md has the method."""

import pathlib

import harness
from harness import ROOT, alternate, median

QUESTION = """\
Seconds. First iteration: from the start of the launcher to the line that announces it, less the time to the end of
MPI_Init in an MPI program that does nothing else; the bar is 0.3 s. Bad input: the whole run on a model with a misspelt
distribution, less the whole run of the empty program; the bar is 0.5 s. Medians of pairs run in turn (A B A B), with the
quartiles of the differences."""
RANKS = 5


def quartiles(values):
    ordered = sorted(values)
    return f"{ordered[len(ordered) // 4]:.3f} … {ordered[(3 * len(ordered)) // 4]:.3f}"


def compare(name, repetitions, case, empty, bar):
    """Row of the table: medians of both, of the difference of each pair."""
    case_seconds, empty_seconds = alternate(repetitions, case, empty)
    differences = [a - b for a, b in zip(case_seconds, empty_seconds)]
    row = [name, median(case_seconds), median(empty_seconds), median(differences), quartiles(differences), bar]
    return row, {"program": case_seconds, "empty": empty_seconds}


def main():
    arguments = harness.options(__doc__, repetitions=15)
    repetitions = 1 if arguments.quick else arguments.repetitions
    program = harness.program(arguments.build, "exmc_mpi")
    empty = harness.program(arguments.build, "empty_mpi")

    with harness.scratch() as folder:
        bad = pathlib.Path(folder) / "bad.json"
        bad.write_text('{"model": {"exmc_ir": 1, "name": "bad", "nodes": {"mu": {"dist": "normall", "mu": 0, "sigma": 1}}}}\n')

        def until(line, model, *settings):
            def once():
                pairs = ["output.file=start.h5", "seed=1", *settings]
                sets = [word for pair in pairs for word in ("--set", pair)]
                config = ROOT / "configs" / f"{model}.json"
                run = harness.run(harness.mpirun(RANKS, program, "--overwrite", "--progress=off", *sets, config), folder)
                return run.arrived(line)

            return once

        def refused():
            run = harness.run(harness.mpirun(RANKS, program, bad), folder)
            if "normall" not in run.text():
                raise SystemExit(f"bench: the bad model was not refused:\n{run.text()}")
            return run.wall

        initialised = lambda: harness.run(harness.mpirun(RANKS, empty), folder).arrived("initialised")
        nothing = lambda: harness.run(harness.mpirun(RANKS, empty), folder).wall
        version = [harness.run([program, "--version"], folder).wall for _ in range(repetitions)]

        least = ["warmup.iterations=1", "warmup.settle=1", "sampler.draws=4"]
        cases = {
            "first iteration, simple": (until(harness.BEGINS, "simple"), initialised, 0.3),
            "first iteration, logistic": (until(harness.BEGINS, "logistic"), initialised, 0.3),
            "4 draws written, simple": (until(harness.WRITTEN, "simple", *least), initialised, None),
            "bad input": (refused, nothing, 0.5),
        }
        results = {name: compare(name, repetitions, *case) for name, case in cases.items()}
    rows = [row for row, _ in results.values()] + [["--version, no mpirun", median(version), None, None, quartiles(version), None]]
    header = [f"{RANKS} ranks", "exmc_mpi", "empty MPI program", "difference", "quartiles", "bar"]
    raw = {name: seconds for name, (_, seconds) in results.items()} | {"version": version}
    harness.publish("startup", arguments, QUESTION, [harness.markdown(header, rows)], raw)


if __name__ == "__main__":
    main()
