"""The contenders: exmc in one process, on five ranks and with one chain; Stan, PyMC, nutpie and walnutpie with four chains.
Each knows how to sample a model once and what that cost. A contender that cannot run says why when it is made."""

import json
import re

import arviz
import harness
import numpy
import peers
import stan_programs

# In the order of the tables; the first three are this program.
LABELS = {"exmc": "exmc, one process", "exmc-5": "exmc, 5 ranks", "exmc-1": "exmc, 1 chain", "stan": "Stan", "nutpie": "nutpie",
          "nutpie_low_rank": "nutpie, low rank", "walnutpie": "walnutpie", "pymc": "PyMC"}
OURS = ["exmc", "exmc-5", "exmc-1"]
CHAINS, RANKS = 4, 5
LIMIT = 900  # seconds, after which a run is given up
# Parameters and statistics only, as the peers keep; the gradients of the warm-up are in its rows.
KEPT = ["output.log_likelihood=false", "output.predictive=false", "output.save_warmup=true"]
LEAST = ["warmup.iterations=1", "warmup.settle=1", "sampler.draws=4"]  # a run that hardly samples
LEAST_RUNS = 3
FIGURES = ["wall", "cpu", "warmup_gradients", "draw_gradients", "divergences"]


class Failed(Exception):
    """A run that did not come to its end; the text says how."""


class Sample:
    """What a run cost, and its draws: parameter -> (chain, draw, element)."""

    def __init__(self, end_to_end, figures, draws):
        self.costs = {"end_to_end": end_to_end} | {key: figures[key] for key in FIGURES}
        self.draws = {name: numpy.asarray(values).reshape(*values.shape[:2], -1) for name, values in draws.items()}


def finished(words, folder, **more):
    run = harness.run([*map(str, words)], folder, limit=LIMIT, **more)
    if run.code != 0:
        last = next((line for _, line in reversed(run.lines) if line.strip()), "no output")
        raise Failed(f"stopped after {LIMIT} s" if run.code == -9 and run.wall >= LIMIT else f"exit code {run.code}: {last[:200]}")
    return run


class Exmc:
    """`ranks`: of mpirun, a chain each; 0: no launcher."""

    def __init__(self, build, chains, ranks=0):
        self.chains, self.ranks = chains, ranks
        self.program = harness.program(build, "exmc_mpi")

    def forget(self, model):
        """It keeps nothing from one run to the next."""

    def _words(self, model, seed, folder, *settings):
        config = folder / "config.json"
        asked = {"seed": seed, "chains": self.chains, "output": {"file": str(folder / "run.h5")}}
        config.write_text(json.dumps(model.config | asked))
        sets = [word for setting in settings for word in ("--set", setting)]
        return [self.program, "--overwrite", "--progress=off", *sets, config]

    def run(self, model, seed, folder, *settings):
        """Of the program, on its ranks; the file is run.h5 in the folder."""
        words = self._words(model, seed, folder, *settings)
        return finished(harness.mpirun(self.ranks, *words) if self.ranks else words, folder)

    def _cpu(self, model, seed, folder):
        """Of the same chains in one process, less that of runs that hardly sample: MPI's start is not sampling."""
        alone = lambda *settings: finished(self._words(model, seed, folder, *KEPT, *settings), folder).cpu
        around = harness.median(alone(*LEAST) for _ in range(LEAST_RUNS))
        return max(alone() - around, 0)

    def sample(self, model, seed, folder):
        """End to end is a run with everything that the defaults make and print; the other figures are of a second run that
        keeps what the peers keep."""
        whole = self.run(model, seed, folder)
        cpu = self._cpu(model, seed, folder)
        run = self.run(model, seed, folder, *KEPT)
        data = arviz.from_netcdf(str(folder / "run.h5"))
        warmup = data.warmup_sample_stats["n_steps"].values
        figures = {"wall": run.logged(harness.WRITTEN) - run.logged(harness.BEGINS), "cpu": cpu,
                   "warmup_gradients": int(warmup[warmup > 0].sum()), "draw_gradients": int(data.sample_stats["n_steps"].sum()),
                   "divergences": int(data.sample_stats["diverging"].sum())}
        draws = {name: data.posterior[name].values for name in model.parameters}
        data.close()
        return Sample(whole.wall, figures, draws)


def stan_compiler(level):
    return stan_programs.Compiler(peers.need("httpstan"), peers.FOLDER / f"stan{level}", level or "native")


class Stan:
    """CmdStan's sampler and defaults, compiled with httpstan's headers for this processor; a process a chain."""

    driver = "stan_sampler"

    def __init__(self, level):
        self.compiler = stan_compiler(level)
        self.compiler.prepare(self.driver)

    def forget(self, model):
        self.compiler.forget(model.name, self.driver)

    def sample(self, model, seed, folder):
        program, compiling = self.compiler.program(model.name, self.driver)
        data = folder / "data.json"
        data.write_text(json.dumps(stan_programs.stan_data(model.name, model.data)))
        run = finished([program, data, seed, CHAINS, folder / "draws"], folder)
        chains = [json.loads(line) for _, line in run.lines if line.startswith("{")]
        figures = {key: sum(chain[key] for chain in chains) for key in FIGURES if key != "wall"}
        figures["wall"] = max(chain["ended"] for chain in chains) - min(chain["began"] for chain in chains)
        return Sample(run.wall + compiling, figures, self._draws(model, folder))

    def _draws(self, model, folder):
        files = [folder / f"draws.{chain}.csv" for chain in range(1, CHAINS + 1)]
        with open(files[0], encoding="utf-8") as file:
            columns = file.readline().strip().split(",")
        values = numpy.stack([numpy.loadtxt(file, delimiter=",", skiprows=1) for file in files])
        return by_parameter(model, columns, values)


def by_parameter(model, columns, values):
    """Stan's columns (name.1.2, indices from one, the first the fastest) as parameter -> (chain, draw, element), the last
    index the fastest."""
    draws = {}
    for name in model.parameters:
        mine = [(tuple(map(int, re.findall(r"\d+", column[len(name):]))), i) for i, column in enumerate(columns)
                if column == name or column.startswith(name + ".")]
        draws[name] = values[..., [i for _, i in sorted(mine)]]
    return draws


class Peer:
    """PyMC or nutpie, in a process of their own; what they compile is kept in a folder for each model."""

    def __init__(self, name, *packages):
        self.name = name
        for package in packages:
            peers.need(package)

    def _cache(self, model):
        return peers.FOLDER / "cache" / self.name / model.name

    def forget(self, model):
        peers.remove(self._cache(model))

    def _job(self, model, seed, folder):
        return {"model": model.name, "data": model.data, "parameters": model.parameters, "chains": CHAINS, "seed": seed}

    def sample(self, model, seed, folder):
        job, out = folder / "job.json", folder / "out"
        job.write_text(json.dumps(self._job(model, seed, folder)))
        command = [peers.PYTHON, harness.ROOT / "bench" / "race" / "peers" / "sample.py", self.name, job, out]
        run = finished(command, folder, environment=peers.environment(self._cache(model)))
        with numpy.load(f"{out}.npz") as file:
            draws = self._draws(model, dict(file))
        return Sample(run.wall, json.loads((folder / "out.json").read_text()), draws)

    def _draws(self, model, arrays):
        return arrays


class Walnutpie(Peer):
    """On Stan's compiled program, as its own interface to Stan does."""

    driver = "stan_library"

    def __init__(self, name, level):
        super().__init__(name, "walnutpie")
        self.compiler = stan_compiler(level)
        self.compiler.prepare(self.driver)
        self.compiling = 0

    def forget(self, model):
        self.compiler.forget(model.name, self.driver)

    def _job(self, model, seed, folder):
        library, self.compiling = self.compiler.program(model.name, self.driver)
        data = folder / "data.json"
        data.write_text(json.dumps(stan_programs.stan_data(model.name, model.data)))
        return super()._job(model, seed, folder) | {"library": str(library), "data_file": str(data)}

    def sample(self, model, seed, folder):
        result = super().sample(model, seed, folder)
        result.costs["end_to_end"] += self.compiling
        return result

    def _draws(self, model, arrays):
        return by_parameter(model, list(arrays["columns"]), arrays["draws"])


def maker(name, build, level):
    """How to make a contender. `level`: the processor that Stan's C++ is compiled for, "" for this one."""
    return {
        "exmc": lambda: Exmc(build, CHAINS),
        "exmc-5": lambda: Exmc(build, RANKS, RANKS),
        "exmc-1": lambda: Exmc(build, 1, 1),
        "stan": lambda: Stan(level),
        "nutpie": lambda: Peer(name, "pymc", "nutpie"),
        "nutpie_low_rank": lambda: Peer(name, "pymc", "nutpie"),
        "walnutpie": lambda: Walnutpie(name, level),
        "pymc": lambda: Peer(name, "pymc"),
    }[name]
