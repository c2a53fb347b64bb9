"""Samples a model of the race with one of the peers: sample.py CONTENDER JOB.json OUT. Run by the peers' own Python.

The job: model, data (by the names of the IR), parameters, chains, seed, library (walnutpie's). Writes the draws into
OUT.npz and the figures into OUT.json. Wall and CPU seconds are those of warm-up and draws, without building and compiling.
Every program has its own defaults, but for 1000 draws a chain."""

import ctypes
import json
import pathlib
import resource
import sys
import time

import numpy


class Stopwatch:
    """Of a with block: wall and CPU seconds, the latter of all threads and of the processes that ended within."""

    def __enter__(self):
        self._wall, self._cpu = time.perf_counter(), self._used()
        return self

    def __exit__(self, *_):
        self.wall, self.cpu = time.perf_counter() - self._wall, self._used() - self._cpu

    @staticmethod
    def _used():
        usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def of_arviz(data, job, wall, cpu):
    """(figures, draws) of what PyMC and nutpie return."""
    steps = lambda statistics: int(statistics["n_steps"].sum())
    figures = {"wall": wall, "cpu": cpu, "warmup_gradients": steps(data.warmup_sample_stats),
               "draw_gradients": steps(data.sample_stats), "divergences": int(data.sample_stats["diverging"].sum())}
    return figures, {name: data.posterior[name].values for name in job["parameters"]}


def pymc(job):
    """What pm.sample does with its defaults; the sampler is compiled first, so that its CPU can be told apart."""
    import pymc as pm
    import pymc_models

    with pymc_models.build(job["model"], job["data"]):
        points, step = pm.init_nuts(init="auto", chains=job["chains"], random_seed=job["seed"], progressbar=False)
        with Stopwatch() as watch:
            data = pm.sample(chains=job["chains"], step=step, initvals=points, random_seed=job["seed"], progressbar=False,
                             discard_tuned_samples=False, compute_convergence_checks=False)
    return of_arviz(data, job, data.posterior.attrs["sampling_time"], watch.cpu)


def nutpie(job, **options):
    import nutpie
    import pymc_models

    compiled = nutpie.compile_pymc_model(pymc_models.build(job["model"], job["data"]))
    with Stopwatch() as watch:
        data = nutpie.sample(compiled, draws=1000, chains=job["chains"], seed=job["seed"], progress_bar=False, **options)
    return of_arviz(data, job, watch.wall, watch.cpu)


def nutpie_low_rank(job):
    return nutpie(job, low_rank_modified_mass_matrix=True)


def library(file):
    """The functions of bench/stan_models/stan_library.cpp."""
    stan, pointer = ctypes.CDLL(file), ctypes.c_void_p
    stan.stan_open.restype, stan.stan_open.argtypes = pointer, [ctypes.c_char_p]
    stan.stan_dimension.argtypes = stan.stan_gradients.argtypes = stan.stan_names.argtypes = [pointer]
    stan.stan_gradients.restype, stan.stan_names.restype = ctypes.c_long, ctypes.c_char_p
    stan.stan_constrain.argtypes = [pointer, pointer, pointer]
    return stan


def walnutpie(job):
    """On Stan's compiled program. It says neither what part of the gradients the warm-up took nor what diverged. Both ends
    of sampling are fixed at 1000 draws; the warm-up ends when it finds that it has converged, which is its default."""
    import walnutpie as package

    stan = library(job["library"])
    model = stan.stan_open(job["data_file"].encode())
    callback, handle = package.logp_cfunc_type(("stan_gradient", stan)), ctypes.c_void_p(model)
    with Stopwatch() as watch:
        chains = package.walnuts_pyfunc((callback, handle), num_params=stan.stan_dimension(model), num_chains=job["chains"],
                                        seed=job["seed"], min_sampling_iter=1000, max_sampling_iter=1000)
    names = stan.stan_names(model).decode().split(",")
    draws = numpy.empty((len(chains), 1000, len(names)))
    for chain, points in zip(draws, chains):
        for row, point in zip(chain, numpy.ascontiguousarray(points, dtype=float)):
            stan.stan_constrain(model, point.ctypes.data, row.ctypes.data)
    figures = {"wall": watch.wall, "cpu": watch.cpu, "warmup_gradients": None, "draw_gradients": stan.stan_gradients(model),
               "divergences": None}
    return figures, {"columns": numpy.array(names), "draws": draws}


def main():
    contender, job_file, out = sys.argv[1:]
    figures, draws = globals()[contender](json.loads(pathlib.Path(job_file).read_text()))
    numpy.savez(f"{out}.npz", **draws)
    pathlib.Path(f"{out}.json").write_text(json.dumps(figures))


if __name__ == "__main__":
    main()
