"""The race: models x seeds x contenders, answers first; docs/scoreboard.md says what is measured and how.

A whole race writes docs/scoreboard.md, its two pictures and bench/results/race.json; one of some models or contenders only,
and a quick one, the same below build/race/out. --report writes them again from the runs that are kept."""

import json
import os
import pathlib
import subprocess
import sys

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1]))

import bars  # noqa: E402
import contenders  # noqa: E402
import harness  # noqa: E402
import measures  # noqa: E402
import models  # noqa: E402
import peers  # noqa: E402
import pictures  # noqa: E402
import ranks  # noqa: E402
import scoreboard  # noqa: E402
import summary  # noqa: E402
from harness import ROOT  # noqa: E402

OUT = peers.FOLDER / "out"  # where a race of less than everything writes
FIRST_SEED = 1000  # of the run that is checked, and not among those that count


def said(text):
    print(f"race: {text}", file=sys.stderr, flush=True)


def entrants(names, arguments):
    """(name -> contender, name -> why it is missing)."""
    ready, missing = {}, {}
    for name in names:
        try:
            ready[name] = contenders.maker(name, arguments.build, arguments.level)()
        except (peers.Missing, OSError, subprocess.CalledProcessError) as error:
            missing[name] = str(error)
            said(f"{name} is left out: {error}")
    return ready, missing


class Race:
    """`file` keeps a line a run, as they end: an interrupted race goes on from there."""

    def __init__(self, references, file, resume):
        self.entrants, self.references, self.file = {}, references, file
        file.parent.mkdir(parents=True, exist_ok=True)
        if not resume:
            file.unlink(missing_ok=True)
        self.runs = [json.loads(text) for text in file.read_text().splitlines()] if file.exists() else []

    def _known(self, model, name, seed):
        return next((run for run in self.runs if (run["model"], run["contender"], run["seed"]) == (model, name, seed)), None)

    def run(self, model, name, seed, first=False):
        """One run, unless it is there already."""
        known = self._known(model, name, seed)
        if known:
            return known
        result = {"model": model, "contender": name, "seed": seed, "first": first}
        contender, description = self.entrants[name], models.model(model)
        with harness.scratch() as folder:
            try:
                if first:
                    contender.forget(description)
                sample = contender.sample(description, seed, pathlib.Path(folder))
                result |= sample.costs | measures.judged(sample.draws, self.references.get(model, {}))
            except (contenders.Failed, subprocess.CalledProcessError) as error:
                result["failed"] = str(error)
        self.runs.append(result)
        with open(self.file, "a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")
        said(line(result))
        return result

    def check(self, names):
        """The first run of each with nothing cached: what fails or answers wrongly is not timed."""
        for model in names:
            for name in self.entrants:
                self.run(model, name, FIRST_SEED, first=True)

    def _able(self, model, name):
        first = self._known(model, name, FIRST_SEED)
        return not first or not ("failed" in first or measures.wrong(first))

    def time(self, names, seeds, of=None):
        """In turns; each seed begins with another contender. `of`: some of them only."""
        names_of = [name for name in self.entrants if of is None or name in of]
        for seed in seeds:
            turn = seed % len(names_of)
            order = names_of[turn:] + names_of[:turn]
            for model in names:
                for name in order:
                    if self._able(model, name):
                        self.run(model, name, seed)


def line(run):
    head = f"{run['model']}, {run['contender']}, {'first run' if run['first'] else 'seed ' + str(run['seed'])}: "
    if "failed" in run:
        return head + run["failed"]
    wrong = f", WRONG by {run['error']:.1f} standard errors" if measures.wrong(run) else ""
    return head + (f"{run['end_to_end']:.3g} s, of it sampling {run['wall']:.3g}, R-hat {run['rhat']:.3f}, "
                   f"ESS {run['bulk']:.0f} bulk {run['tail']:.0f} tail{wrong}")


def chosen(text, known, what):
    """The names in a list with commas, in the order of `known`; all of them where there is none."""
    names = text.split(",") if text else known
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"race: no {what} {unknown[0]}; there are {', '.join(known)}")
    return [name for name in known if name in names]


def write(race, record, whole):
    """The page, the pictures, the results."""
    board, labels = summary.Board(race.runs, contenders.LABELS), contenders.LABELS
    folder = ROOT / "docs" if whole else OUT
    results = harness.RESULTS if whole else folder
    for place in (folder, results):
        place.mkdir(parents=True, exist_ok=True)
    (folder / "scoreboard.md").write_text(scoreboard.page(board, record, labels))
    if race.runs:
        where = scoreboard.where(record)
        (folder / "scoreboard-ess.svg").write_text(pictures.effective_draws(board, labels, where))
        (folder / "scoreboard-start.svg").write_text(pictures.start_to_end(board, labels, where))
        (results / "race.json").write_text(json.dumps(record | {"runs": race.runs}, indent=1) + "\n")
    print((folder / "scoreboard.md").read_text())
    said(f"written to {folder}")


def main():
    arguments = harness.options(__doc__.split("\n\n")[0], build=ROOT / "build" / "release", seeds=5, models="", contenders="",
                                level="", resume=False, report=False)
    names = chosen(arguments.contenders, list(contenders.LABELS), "contender")
    of_models = chosen(arguments.models or ",".join(models.QUICK if arguments.quick else []), models.NAMES, "model")
    whole = not (arguments.quick or arguments.level) and len(names) == len(contenders.LABELS) and of_models == models.NAMES
    folder = peers.FOLDER if whole else OUT
    race = Race(measures.references(), folder / "runs.jsonl", arguments.resume or arguments.report)
    record_file = folder / "record.json"  # of where and with what, beside the runs
    if arguments.report:
        write(race, json.loads(record_file.read_text()) if record_file.exists() else {}, whole)
        return
    if arguments.level:
        os.environ |= peers.held_to(arguments.level)
    record = harness.environment(arguments.build) | {"level": arguments.level}
    race.entrants, record["missing"] = entrants(names, arguments)
    record["versions"] = peers.versions() if set(names) - set(contenders.OURS) else {}
    record_file.write_text(json.dumps(record))
    race.check(of_models)
    race.time(of_models, range(1, 1 + (1 if arguments.quick else arguments.seeds)))
    if whole:
        race.time(models.SEVEN, range(arguments.seeds + 1, bars.SEEDS + 1), of=["exmc-5"])
        with harness.scratch() as scratch:
            record["five_ranks"] = ranks.five_against_one(arguments.build, pathlib.Path(scratch))
        record_file.write_text(json.dumps(record))
    write(race, record, whole)
    wrong = [line(run) for run in race.runs if run["contender"] in contenders.OURS and measures.wrong(run)]
    sys.exit("race: wrong answers:\n" + "\n".join(wrong) if wrong else 0)


if __name__ == "__main__":
    main()
