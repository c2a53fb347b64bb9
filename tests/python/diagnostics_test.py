"""Compares the convergence diagnostics with the real ArviZ: diagnostics_test.py PROGRAM."""
import subprocess
import sys
import warnings

warnings.simplefilter("ignore")
import arviz as az
import numpy as np

TOLERANCE = 1e-8
# An R-hat beyond this is the rounding of a within-chain variance that is zero: no two programs have the same.
STUCK = 1e10


def autoregressive(rng, chains, draws, coefficient):
    x = rng.standard_normal((chains, draws))
    for i in range(1, draws):
        x[:, i] = coefficient * x[:, i - 1] + np.sqrt(1 - coefficient**2) * x[:, i]
    return x


def data_sets():
    rng = np.random.default_rng(20260101)
    normal = rng.standard_normal
    slow = autoregressive(rng, 4, 1000, 0.95)
    yield "independent", normal((4, 1000))
    yield "one_chain", normal((1, 800))
    yield "one_draw_short_of_enough", normal((4, 3))
    for draws in (4, 5, 6, 7, 9, 10, 11, 13):
        yield f"{draws}_draws", normal((3, draws))
    yield "odd", autoregressive(rng, 5, 1001, 0.5)
    yield "many_chains", normal((40, 50))
    yield "slow", slow
    yield "very_slow", autoregressive(rng, 2, 3000, 0.999)
    yield "antithetic", autoregressive(rng, 4, 1000, -0.7)
    yield "strongly_antithetic", autoregressive(rng, 4, 999, -0.97)
    yield "alternating", np.tile([1.0, -1.0], (2, 100)) + 1e-3 * normal((2, 200))
    yield "heavy_tails", rng.standard_cauchy((4, 1000))
    yield "shifted_chain", normal((4, 500)) + np.array([[0], [0], [0], [3]])
    yield "scaled_chain", normal((4, 500)) * np.array([[1], [1], [1], [5]])
    yield "trend", normal((4, 500)) + np.linspace(0, 3, 500)
    yield "large_offset", 1e6 + slow
    yield "tiny_scale", 1e-12 * slow
    yield "integers", rng.poisson(3, (4, 500)).astype(float)
    yield "binary", (rng.random((4, 501)) < 0.1).astype(float)
    yield "constant", np.full((4, 100), 2.0)
    yield "one_chain_constant", np.vstack([normal((3, 100)), np.zeros((1, 100))])
    yield "with_nan", np.where(np.arange(400).reshape(4, 100) == 77, np.nan, normal((4, 100)))
    yield "all_nan", np.full((2, 10), np.nan)
    yield "one_draw", normal((4, 1))
    yield "short_chain_alone", normal((1, 5))
    yield "shorter_chain_alone", normal((1, 3))
    yield "alone_with_nan", np.append(normal(99), np.nan)[None, :]
    yield "constant_odd", np.full((4, 101), 0.1)
    yield "constant_alone", np.full((1, 100), 1.5)
    yield "constant_but_one_draw", np.vstack([np.zeros((3, 101)), np.arange(101.0) == 50])
    yield "stuck_apart", np.repeat(np.arange(4.0)[:, None], 100, axis=1)
    yield "stuck_from_200", np.where((np.arange(500) > 200) & (np.arange(4)[:, None] == 2), 0.3, normal((4, 500)))
    yield "rejections", np.repeat(normal((4, 100)), 5, axis=1)
    yield "alternating_exactly", np.where(np.arange(101) % 2, -1.0, 1.0) * np.ones((3, 1))
    yield "equal_chains", np.tile(normal(200), (4, 1))
    yield "rounded", np.round(normal((4, 400)), 1)
    yield "rare", (rng.random((4, 300)) < 0.002).astype(float)
    yield "lognormal", np.exp(5 * normal((4, 400)))
    yield "one_infinite", np.where(np.arange(400).reshape(4, 100) == 77, np.inf, normal((4, 100)))
    yield "mostly_infinite", np.where(np.arange(400).reshape(4, 100) > 100, np.inf, normal((4, 100)))
    yield "infinite", np.full((4, 100), np.inf)
    yield "overflowing", 1e160 * normal((4, 100))
    yield "underflowing", 1e-200 * normal((4, 100))
    yield "quantiles_are_draws", rng.permuted(np.tile(np.arange(101.0), (2, 1)), axis=1)
    yield "energy", 50 + np.cumsum(normal((3, 300)), axis=1)


def arviz_diagnostics(x):
    yield "rhat", az.rhat(x)
    for method in ("bulk", "tail", "mean", "sd"):
        yield f"ess_{method}", az.ess(x, method=method)
    yield "ess_quantile_0.3", az.ess(x, method="quantile", prob=0.3)
    yield "mcse_mean", az.mcse(x, method="mean")
    yield "mcse_sd", az.mcse(x, method="sd")
    yield "mcse_quantile_0.05", az.mcse(x, method="quantile", prob=0.05)
    yield "mcse_quantile_0.5", az.mcse(x, method="quantile", prob=0.5)
    yield "bfmi_first", az.bfmi(x)[0]
    yield "bfmi_last", az.bfmi(x)[-1]


SCALES = {"overflowing": 1e160, "underflowing": 1e-200}


def of_scaled(x, scale):
    """What ArviZ would say of draws whose squares it cannot hold: that of the same draws in another unit."""
    for (diagnostic, value), (_, raw) in zip(arviz_diagnostics(x / scale), arviz_diagnostics(x), strict=True):
        yield diagnostic, raw if diagnostic.startswith("bfmi") else value * (scale if diagnostic.startswith("mcse") else 1)


def agree(diagnostic, ours, theirs, x):
    if np.isnan(theirs) or np.isnan(ours):
        return np.isnan(theirs) and np.isnan(ours)
    if diagnostic == "rhat" and min(ours, theirs) > STUCK:
        return True
    # The standard error of a constant's mean is the rounding of that mean.
    rounding = np.finfo(float).eps * np.abs(x).max() if diagnostic == "mcse_mean" else 0
    return ours == theirs or abs(ours - theirs) <= max(TOLERANCE * abs(theirs), rounding)


def main():
    sets = dict(data_sets())
    text = "".join(
        f"{name} {x.shape[0]} {x.shape[1]} " + " ".join(map(repr, x.ravel().tolist())) + "\n" for name, x in sets.items()
    )
    lines = subprocess.run([sys.argv[1]], input=text, capture_output=True, text=True, check=True, timeout=60).stdout.split("\n")
    ours = {tuple(line.split()[:2]): float(line.split()[2]) for line in lines if line}
    compared, wrong = 0, 0
    for name, x in sets.items():
        for diagnostic, theirs in of_scaled(x, SCALES.get(name, 1)):
            compared += 1
            if not agree(diagnostic, ours[name, diagnostic], theirs, x):
                wrong += 1
                print(f"{name}: {diagnostic} is {ours[name, diagnostic]!r}, ArviZ {az.__version__} says {theirs!r}")
    print(f"{len(sets)} data sets, {compared} values compared, {wrong} differ by more than {TOLERANCE}")
    assert compared == len(ours)
    return 1 if wrong else 0


if __name__ == "__main__":
    np.seterr(all="ignore")
    sys.exit(main())
