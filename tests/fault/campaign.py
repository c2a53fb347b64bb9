"""The fault campaign: real runs under the launcher, whose ranks are killed from outside by SIGKILL.

  campaign.py --exmc PROGRAM --mpiexec LAUNCHER [--runs N] [--seconds S] [--seed N] [--kinds a,b] [--without c] [--raw FILE] ...

Kills fall at times uniform over the run as it was measured, or in a phase of the protocol in which the fault plan holds
the victim. A run counts only if every victim was alive when it was killed. Afterwards the file must have the datasets of
an undisturbed run, bit for bit; where all ranks were killed, after a resume. Prints a table and every problem; exit code
1 where there was one.
"""

import argparse
import collections
import datetime
import json
import math
import os
import pathlib
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import h5py
from disturbed_run import DisturbedRun, Kill, lost_draws, ranks

RANKS = 5
SHORTEST, AIM = 3, 4  # seconds that an undisturbed run has to take
FEWEST_DRAWS = 400  # of a chain; with more draws the warm-up is longer as well


def settings(draws):
    return {"chains": RANKS, "seed": 1, "warmup": {"iterations": draws // 2, "settle": draws // 20},
            "sampler": {"draws": draws}, "output": {"flush_seconds": 0.1, "save_warmup": True}}


LOG_LINE = re.compile(r"^(\S+ \S+) warning: (.*)$", re.MULTILINE)
RECOVERY = {"the death is noticed": " died", "a rank has taken over": "coordinates the run now",
            "a chain is given to a rank": "was given to", "its first draws arrive": "goes on with"}
PASSES = 10  # tries at a run that counts
RESUMES = 3  # tries, for a job that was killed as a whole

# Phases in which the plan holds a rank: who gets there, and before which iteration (a fraction: of the draws). "writer" is
# rank 0, "takeover" rank 1 in its place.
PHASES = {"init": ("any", 1), "job": ("any", 1), "waiting": ("worker", 1), "warmup": ("writer", 1 / 2),
          "broadcast": ("any", 1), "broadcast_piece": ("any", 2), "settling": ("worker", 1 / 20),
          "sampling": ("any", 9 / 10), "sent": ("any", 3), "idle": ("any", 1), "before_append": ("writer", 10),
          "after_append": ("writer", 10), "before_fsync": ("writer", 5), "between_fsyncs": ("writer", 5),
          "after_fsync": ("writer", 5), "takeover": ("takeover", 2), "closed": ("writer", 1), "leaving": ("any", 1)}
LONGEST_HOLD = 0.3  # seconds

# What a whole campaign is made of; a shorter one is a random part of it. Each phase is a kind of its own as well.
SHARES = {"uniform": 100, "rank0": 40, "several": 40, "all": 20, "spare": 20, **dict.fromkeys(PHASES, 20)}


class Scenario:
    """Which ranks are killed when. Made from `generator` alone, so that a seed tells a campaign."""

    def __init__(self, kind, duration, draws, generator):
        self.kind, self.size = kind, RANKS + (kind == "spare")
        at = generator.uniform(0, duration)
        someone = generator.randrange(self.size)
        if kind in PHASES:
            self.kills = self.in_a_phase(kind, duration, draws, generator)
        elif kind == "rank0":
            self.kills = [Kill(0, at)]
        elif kind == "several":
            victims = generator.sample(range(self.size), generator.randint(2, self.size - 1))
            together = generator.random() < 0.5
            self.kills = [Kill(rank, at if together else generator.uniform(0, duration)) for rank in victims]
        elif kind == "all":
            self.kills = [Kill(rank, at) for rank in generator.sample(range(self.size), self.size)]
        else:
            self.kills = [Kill(someone, at)]

    @staticmethod
    def in_a_phase(phase, duration, draws, generator):
        who, end = PHASES[phase]
        rank = {"writer": 0, "takeover": 1, "worker": generator.randrange(1, RANKS), "any": generator.randrange(RANKS)}[who]
        kill = Kill(rank, phase=phase, iteration=generator.randrange(end if end >= 1 else int(end * draws)),
                    delay=generator.uniform(0, LONGEST_HOLD))
        return [Kill(0, generator.uniform(0, duration)), kill] if who == "takeover" else [kill]

    def label(self):
        return f"{self.kind}: " + ", ".join(kill.label() for kill in self.kills)


class Campaign:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.generator = random.Random(options.seed)
        self.records, self.passed_over = [], 0

    def measure(self):
        """Makes the undisturbed file, of a run long enough."""
        draws = FEWEST_DRAWS
        while True:
            folder = self.folder / f"undisturbed{draws}"
            folder.mkdir()
            seconds = []
            for _ in range(2):
                run = DisturbedRun(folder, RANKS, [*self.arguments(folder, draws), "--overwrite"], [], 600).carry_out()
                if run.hung or self.status(folder) != 0:
                    raise SystemExit(f"an undisturbed run failed:\n{run.log_text()}")
                seconds.append(run.seconds)
            self.duration = statistics.median(seconds)
            if min(seconds) >= SHORTEST:
                break
            draws = math.ceil(draws * max(1.2, AIM / min(seconds)))
        self.draws, self.limit = draws, 5 * self.duration + 20
        self.reference = ranks.digest(folder / "run.h5")
        with h5py.File(folder / "run.h5") as file:
            self.lp = file["sample_stats/lp"][:]

    def arguments(self, folder, draws):
        """Writes the config of a run."""
        model = str(ranks.CONFIGS / "models" / f"{self.options.model}.json")
        (folder / "run.json").write_text(json.dumps({"model": model, **settings(draws)}))
        return ["run.json"]

    def status(self, folder):
        return subprocess.run([ranks.programs.exmc, "--status", "run.h5"], cwd=folder, capture_output=True).returncode

    def schedule(self):
        kinds = [kind for kind in self.options.kinds if kind not in self.options.without]
        phase_runs = self.options.runs_a_phase
        planned = [kind for kind in kinds for _ in range(phase_runs if kind in PHASES else SHARES[kind])]
        self.generator.shuffle(planned)
        return planned * math.ceil(self.options.runs / len(planned)) if self.options.runs else planned

    def run(self):
        self.measure()
        ranks.programs.exmc = self.options.mistaken or ranks.programs.exmc
        print(f"seed {self.options.seed}; an undisturbed run of {RANKS} ranks and {self.draws} draws a chain takes "
              f"{self.duration:.2f} s", flush=True)
        begin = time.monotonic()
        for kind in self.schedule():
            for _ in range(PASSES):
                if self.one(Scenario(kind, self.duration, self.draws, self.generator)):
                    break
                self.passed_over += 1
            caught = self.options.mistaken and self.records and self.records[-1]["problem"]
            if caught or len(self.records) == self.options.runs or time.monotonic() - begin > self.options.seconds:
                break

    def one(self, scenario):
        """Returns whether the run counted."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        run = DisturbedRun(folder, scenario.size, self.arguments(folder, self.draws), scenario.kills,
                           self.limit)
        run.carry_out()
        if run.counted() or run.hung:
            record = self.judge(scenario, run, folder)
            self.records.append(record)
            if self.options.raw:
                with open(self.options.raw, "a") as raw:
                    raw.write(json.dumps(record) + "\n")
            if record["problem"]:
                print(f"PROBLEM {record['problem']} ({scenario.label()})\n  " +
                      "\n  ".join((run.log_text() + record["resume_log"]).splitlines()[-6:]), flush=True)
        if not self.options.keep or not (run.hung or run.counted() and self.records[-1]["problem"]):
            shutil.rmtree(folder)
        return run.counted() or run.hung

    def judge(self, scenario, run, folder):
        record = {"kind": scenario.kind, "kills": [vars(kill) for kill in scenario.kills],
                  "seconds": run.seconds, "hung": run.hung, "lost": lost_draws(run.kept, self.lp), "resumes": 0,
                  "mismatches": [], "told_twice": [], "problem": "", "resume_log": ""}
        status = self.status(folder)
        if scenario.kind == "all" and not run.hung:
            while status != 0 and record["resumes"] < RESUMES:
                record["resumes"] += 1
                again = DisturbedRun(folder, RANKS, ["--resume", *self.arguments(folder, self.draws)], [], self.limit)
                record["hung"] = again.carry_out().hung
                record["resume_log"] = again.log_text()
                status = self.status(folder)
        record["status"] = status
        if status == 0:
            found = ranks.digest(folder / "run.h5")
            record["mismatches"] = sorted(name for name in self.reference.keys() | found.keys()
                                          if self.reference.get(name) != found.get(name))
            record["recoveries"] = recoveries(run.log_text(), scenario.kills)
            record["told_twice"] = told_twice(folder / "run.h5")
        record["problem"] = ("hung" if record["hung"] else f"{record['lost']} lost draws" if record["lost"] else
                             f"not finished, status {status}" if status != 0 else
                             f"differs in {', '.join(record['mismatches'])}" if record["mismatches"] else
                             f"told twice of {record['told_twice']}" if record["told_twice"] else "")
        return record


def recoveries(log, kills):
    """Seconds from the kill before it to each line of the log that tells of a death or a recovery: {what: [seconds]}."""
    walls = sorted(kill.wall for kill in kills)
    found = {}
    for when, text in LOG_LINE.findall(log):
        second = datetime.datetime.strptime(when, "%Y-%m-%d %H:%M:%S.%f").timestamp()
        before = [wall for wall in walls if wall < second]
        for what, words in RECOVERY.items():
            if words in text and before:
                found.setdefault(what, []).append(second - before[-1])
    return found


def told_twice(file):
    """Deaths and takeovers that /run/events has more than once: [(kind, rank)]."""
    with h5py.File(file) as opened:
        table = opened["run/events"]
        count = int(table["count"][()])
        kinds, ranks_of = (table[name][:count] for name in ("kind", "rank"))
    rows = collections.Counter()
    twice = []
    for kind, rank in zip(kinds, ranks_of):
        if kind == b"continued":
            rows.clear()
        row = (kind.decode(), int(rank))
        rows[row] += 1
        if kind in (b"death", b"takeover") and rows[row] > 1:
            twice.append(row)
    return twice


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def print_table(campaign):
    records = campaign.records
    print(f"\n{'kind':16}{'runs':>6}{'kills':>7}{'finished':>10}{'resumes':>9}{'mismatches':>12}{'hangs':>7}"
          f"{'lost draws':>12}")
    kinds = sorted({record["kind"] for record in records}, key=list(SHARES).index)
    for kind in [*kinds, "all together"]:
        part = [record for record in records if kind in (record["kind"], "all together")]
        print(f"{kind:16}{len(part):6}{sum(len(r['kills']) for r in part):7}{sum(r['status'] == 0 for r in part):10}"
              f"{sum(r['resumes'] for r in part):9}{sum(len(r['mismatches']) for r in part):12}"
              f"{sum(r['hung'] for r in part):7}{sum(r['lost'] for r in part):12}")
    print(f"{campaign.passed_over} more runs did not count: their victim was gone, or never came to the phase")
    for what in RECOVERY:
        for kinds, of in ((list(SHARES), "all"), (["spare"], "with a spare rank")):
            times = [seconds for record in records if record["kind"] in kinds
                     for seconds in record.get("recoveries", {}).get(what, [])]
            if times:
                print(f"seconds from the kill until {what}, {of}: median {statistics.median(times):.3f}, 90 % "
                      f"{quantile(times, 0.9):.3f}, largest {max(times):.3f} ({len(times)})")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--exmc", type=os.path.abspath, required=True)
    parser.add_argument("--mpiexec", type=os.path.abspath, required=True)
    parser.add_argument("--runs", type=int, default=0, help="instead of as many as make up a whole campaign")
    parser.add_argument("--runs-a-phase", type=int, default=20, help="of a whole campaign")
    parser.add_argument("--seconds", type=float, default=math.inf, help="begin no run after this time")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=list(SHARES),
                        help=f"some of {', '.join(SHARES)}")
    parser.add_argument("--without", type=lambda text: text.split(","), default=[], help="kinds to leave out")
    parser.add_argument("--model", default="logistic", help="one of configs/models")
    parser.add_argument("--mistaken", type=os.path.abspath,
                        help="the program to disturb, one with a mistake: success is that it is caught")
    parser.add_argument("--raw", help="appends one JSON object a run to this file")
    parser.add_argument("--keep", action="store_true", help="keep the folders of runs with problems")
    options = parser.parse_args(namespace=ranks.programs)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="exmc_campaign_"))
    try:
        campaign = Campaign(options, folder)
        campaign.run()
    finally:
        if not options.keep:
            shutil.rmtree(folder)
    print_table(campaign)
    problems = sum(bool(record["problem"]) for record in campaign.records)
    print(f"{len(campaign.records)} runs, {problems} problems" + (f"; kept in {folder}" if options.keep else ""))
    return 1 if bool(problems) != bool(options.mistaken) else 0


if __name__ == "__main__":
    sys.exit(main())
