#!/usr/bin/env python3
"""Reference moments of four posteriors, from long runs of another sampler (PyMC's models, nutpie's NUTS).

    pip install pymc nutpie && python make_references.py      writes references.json beside itself

In `medium` and `stress` the group means a are integrated out of the density that is sampled and drawn afterwards from
their conditional normal distribution: the same posterior without the narrow neck at small tau, where a sampler of the
full density may miss a little mass. Of every parameter on the constrained scale the file holds mean, sd, mean of squares and
the Monte Carlo standard error of each (ArviZ's of a mean)."""
import json
import os

import arviz
import numpy as np
import nutpie
import pymc as pm

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = os.path.join(HERE, "..", "..", "..", "configs", "models")
CHAINS, WARMUP, DRAWS, SEED, TARGET_ACCEPT = 4, 2000, 50000, 20261123, 0.95


def load(name):
    """The data of configs/models/<name>.json: written there, or a CSV file beside it."""
    with open(os.path.join(MODELS, name + ".json")) as file:
        data = json.load(file)["data"]
    return {key: read_csv(value) if isinstance(value, dict) else np.asarray(value) for key, value in data.items()}


def read_csv(entry):
    with open(os.path.join(MODELS, entry["file"])) as file:
        table = np.genfromtxt(file, delimiter=",", names=True)
    columns = entry.get("columns", entry.get("column"))
    return table[columns] if isinstance(columns, str) else np.stack([table[column] for column in columns], axis=1)


def simple(data):
    mu, sigma = pm.Normal("mu", 0, 10), pm.HalfNormal("sigma", 5)
    pm.Normal("y", mu, sigma, observed=data["y"])


def logistic(data):
    alpha, beta = pm.Normal("alpha", 0, 10), pm.Normal("beta", 0, 10, shape=data["X"].shape[1])
    pm.Bernoulli("y", logit_p=alpha + pm.math.dot(data["X"], beta), observed=data["y"])


def hierarchical_without_group_means(data, sigma_shape):
    """The n values of a group tell of a and sigma through their mean and their sum of squares about it."""
    y = data["y"]
    n = y.shape[1]
    squares = ((y - y.mean(1, keepdims=True)) ** 2).sum(1)
    mu, tau = pm.Normal("mu_pop", 0, 10), pm.HalfNormal("tau", 5)
    sigma = pm.HalfNormal("sigma", 5, shape=sigma_shape)
    pm.Normal("group_mean", mu, pm.math.sqrt(tau**2 + sigma**2 / n), observed=y.mean(1), shape=y.shape[0])
    pm.Potential("within", pm.math.sum(-(n - 1) * pm.math.log(sigma) * np.ones(y.shape[0]) - squares / (2 * sigma**2)))


def draw_group_means(data, posterior, random):
    y = data["y"]
    mu, tau = posterior["mu_pop"][..., None], posterior["tau"][..., None]
    sigma = posterior["sigma"] if posterior["sigma"].ndim == 3 else posterior["sigma"][..., None]
    precision = 1 / tau**2 + y.shape[1] / sigma**2
    mean = (mu / tau**2 + y.sum(1) / sigma**2) / precision
    return mean + random.standard_normal(mean.shape) / np.sqrt(precision)


def draws_of(name):
    data = load(name)
    with pm.Model() as model:
        if name == "simple":
            simple(data)
        elif name == "logistic":
            logistic(data)
        else:
            hierarchical_without_group_means(data, () if name == "medium" else len(data["y"]))
    result = nutpie.sample(nutpie.compile_pymc_model(model), chains=CHAINS, tune=WARMUP, draws=DRAWS, cores=1, seed=SEED,
                           target_accept=TARGET_ACCEPT, progress_bar=False)
    names = [variable.name for variable in model.free_RVs]
    draws = {variable: result.posterior[variable].values for variable in names}
    if name in ("medium", "stress"):
        draws["a"] = draw_group_means(data, draws, np.random.default_rng(SEED))
    return draws, int(result.sample_stats.diverging.sum())


def moments(draws):
    """draws: (chain, draw). The sd's error is that of the mean squared deviation over twice the sd (delta method)."""
    mean, sd = draws.mean(), draws.std(ddof=1)
    return {"mean": mean, "sd": sd, "mean_sq": (draws**2).mean(), "mcse_mean": arviz.mcse(draws, method="mean"),
            "mcse_sd": arviz.mcse((draws - mean) ** 2, method="mean") / (2 * sd),
            "mcse_mean_sq": arviz.mcse(draws**2, method="mean"), "rhat": arviz.rhat(draws)}


def main():
    references = {"how": f"nutpie {nutpie.__version__}, PyMC {pm.__version__}, {CHAINS} x {DRAWS} draws, seed {SEED}"}
    for name in ("simple", "medium", "stress", "logistic"):
        draws, divergences = draws_of(name)
        elements = {}
        for variable, values in draws.items():
            flat = values.reshape(*values.shape[:2], -1)
            rows = [moments(flat[..., i]) for i in range(flat.shape[2])]
            elements[variable] = {key: [np.asarray(row[key]).item() for row in rows] for key in rows[0]}
        worst = max(max(moment["rhat"]) for moment in elements.values())
        print(f"{name}: {divergences} divergences, largest R-hat {worst:.5f}", flush=True)
        references[name] = elements
    with open(os.path.join(HERE, "references.json"), "w") as file:
        json.dump(references, file, indent=1)


if __name__ == "__main__":
    main()
