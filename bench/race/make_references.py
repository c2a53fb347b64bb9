"""Writes references.json beside itself: posterior means of those models of the race that neither tests/data/race nor
posteriordb has. Run by the peers' Python: build/race/venv/bin/python bench/race/make_references.py (some minutes)

Eight schools by quadrature over (mu, tau), the funnel's y by its definition, the others by long runs of nutpie on the
PyMC programs; sv is written by its innovations there, where that sampler converges."""

import json
import pathlib
import sys

import arviz
import numpy
import nutpie
import pymc as pm

HERE = pathlib.Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE / "peers")]
import models  # noqa: E402
import pymc_models  # noqa: E402

# Half-Cauchy scales keep their tails where the data do not hold them, and have no posterior mean then; the slab no variance.
NO_MEAN = {"horseshoe": {"tau", "lam", "c2"}}
LONG = ["sv", "radon_slopes", "crossed_lkj", "item_response", "poisson_groups", "survival", "horseshoe"]
arviz.Numba.disable_numba()  # its way to a standard error fails with NumPy 2.4
RUN = {"chains": 4, "cores": 1, "tune": 1000, "draws": 5000, "seed": 20261130, "target_accept": 0.95, "progress_bar": False}


def eight_schools(data):
    """Given tau, mu is normal (school effects integrated out); given both, so is theta."""
    y, variance = numpy.asarray(data["y"], float), numpy.asarray(data["sd"], float) ** 2
    tau = (numpy.arange(200_000) + 0.5) * 2e-4  # to 40, eight standard deviations of its prior
    spread = variance + tau[:, None] ** 2
    precision = (1 / spread).sum(1) + 1 / 5**2
    mean = (y / spread).sum(1) / precision
    log_weight = -0.5 * (tau / 5) ** 2 - 0.5 * numpy.log(spread).sum(1) - 0.5 * numpy.log(precision)
    log_weight += 0.5 * precision * mean**2 - 0.5 * (y**2 / spread).sum(1)
    weight = numpy.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    theta = (y * tau[:, None] ** 2 + mean[:, None] * variance) / spread
    means = {"mu": [weight @ mean], "tau": [weight @ tau], "theta": list(weight @ theta)}
    return {name: {"mean": list(map(float, values)), "mcse_mean": [1e-6] * len(values)} for name, values in means.items()}


def sv_by_innovations(data):
    with pm.Model() as model:
        sigma, nu = pm.Exponential("sigma", 50), pm.Exponential("nu", 0.1)
        s = pm.Deterministic("s", sigma * pm.math.cumsum(pm.Normal("z", 0, 1, shape=100)))
        pm.StudentT("obs", nu=nu, mu=0, sigma=pm.math.exp(s), observed=numpy.asarray(data["returns"]))
    return model


def long_run(name):
    model = models.model(name)
    program = sv_by_innovations(model.data) if name == "sv" else pymc_models.build(name, model.data)
    result = nutpie.sample(nutpie.compile_pymc_model(program), **RUN)
    found, worst = {}, 0
    for parameter in [p for p in model.parameters if p not in NO_MEAN.get(name, ())]:
        values = result.posterior[parameter].values
        flat = values.reshape(*values.shape[:2], -1)
        elements = [flat[:, :, i] for i in range(flat.shape[2])]
        # A constant (of a Cholesky factor) is known exactly.
        found[parameter] = {"mean": [float(e.mean()) for e in elements],
                            "mcse_mean": [float(arviz.mcse(e)) if numpy.ptp(e) else 0.0 for e in elements]}
        worst = max([worst, *(float(arviz.rhat(e)) for e in elements if numpy.ptp(e))])
    print(f"{name}: {int(result.sample_stats.diverging.sum())} divergences, largest R-hat {worst:.5f}", flush=True)
    return found


def main():
    """Those named on the command line, or all; the rest of the file stays."""
    file = HERE / "references.json"
    found = json.loads(file.read_text()) if file.exists() else {}
    found["how"] = f"nutpie {nutpie.__version__}, PyMC {pm.__version__}, {RUN}; eight_schools: quadrature; funnel: exact"
    found["eight_schools"] = eight_schools(models.model("eight_schools").data)
    found["funnel"] = {"y": {"mean": [0.0], "mcse_mean": [0.0]}}
    for name in ["", *(sys.argv[1:] or LONG)]:
        if name:
            found[name] = long_run(name)
        file.write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
