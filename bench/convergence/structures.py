"""Other models as people write them: series, surfaces, states that were not seen, sparse regressions."""

import numpy

from hierarchies import half_normal, ir, normal


def latent_gp(centred):
    """Counts at 40 times with a latent Gaussian process of squared exponential covariance."""
    random = numpy.random.default_rng(11)
    t = numpy.linspace(0, 10, 40)
    f = numpy.sin(t) + 0.3 * numpy.cos(2.3 * t)
    square = (t[:, None] - t[None, :]) ** 2
    nodes = {"length": {"dist": "inverse_gamma", "alpha": 5, "beta": 5}, "amplitude": half_normal(1), "level": normal(0, 1)}
    nodes["L"] = {"expr": "cholesky(amplitude**2 * exp(-0.5 * apart / length**2) + jitter)", "save": False}
    if centred:
        nodes["f"] = {"dist": "mv_normal", "mu": 0, "chol": "L", "shape": [40]}
    else:
        nodes |= {"z": normal(0, 1, shape=[40]), "f": {"expr": "L @ z"}}
    nodes["y"] = {"dist": "poisson", "log_mu": "level + f", "observed": "count"}
    return ir(nodes, apart=square, jitter=1e-6 * numpy.eye(40), count=random.poisson(numpy.exp(1 + f)))


def basis_gp(centred):
    """Counts at 200 times with a Gaussian process by 20 basis functions (Hilbert space), written in the likelihood."""
    random = numpy.random.default_rng(17)
    t = numpy.linspace(-1, 1, 200)
    frequency = numpy.pi * numpy.arange(1, 21) / 3
    basis = numpy.sin(frequency * (t[:, None] + 1.5)) / numpy.sqrt(1.5)
    nodes = {"length": {"dist": "inverse_gamma", "alpha": 5, "beta": 1}, "amplitude": half_normal(1), "level": normal(0, 1),
             "beta": normal(0, 1, shape=[20]),
             "density": {"expr": "amplitude * sqrt(2.5066 * length) * exp(-0.25 * (length * frequency)**2)", "save": False},
             "y": {"dist": "poisson", "log_mu": "level + basis @ (density * beta)", "observed": "count"}}
    count = random.poisson(numpy.exp(1 + numpy.sin(4 * t)))
    return ir(nodes, basis=basis, frequency=frequency, count=count)


def capture_recapture(centred):
    """Cormack-Jolly-Seber: 7 occasions, survival varies over time around a mean."""
    random = numpy.random.default_rng(12)
    phi, p, marked = numpy.array([0.75, 0.6, 0.8, 0.7, 0.65, 0.75]), 0.5, 40
    released, seen = numpy.zeros(6), numpy.zeros((6, 7))
    for first in range(6):
        for _ in range(marked):
            at = first
            while at < 6:
                released[at] += 1
                last, alive = at, True
                for t in range(at, 6):
                    alive = alive and random.random() < phi[t]
                    if alive and random.random() < p:
                        seen[last, t] += 1
                        at = t + 1
                        break
                else:
                    seen[last, 6] += 1
                    at = 7
    nodes = {"level": normal(0, 1.5), "sd": half_normal(1), "p": {"dist": "beta", "alpha": 1, "beta": 1}}
    if centred:
        nodes["logit_phi"] = normal("level", "sd", shape=[6])
    else:
        nodes |= {"z": normal(0, 1, shape=[6]), "logit_phi": {"expr": "level + sd * z"}}
    nodes["phi"] = {"expr": "sigmoid(logit_phi)"}
    for i in range(6):
        cells = [f"phi[{i}] * p"]
        for t in range(i + 1, 6):
            alive = " * ".join(f"phi[{s}]" for s in range(i, t + 1))
            cells.append(f"{alive} * (1 - p)**{t - i} * p")
        row = "[" + ", ".join(cells) + "]"
        nodes[f"q{i}"] = {"expr": row, "save": False}
        counts = [float(c) for c in seen[i, i:6]]
        nodes[f"m{i}"] = {"dist": "multinomial", "n": float(seen[i].sum()), "p": f"concat([q{i}, [1 - sum(q{i})]])",
                          "observed": counts + [float(seen[i, 6])]}
    return ir(nodes)


def ordered_mixture(centred):
    """Two normals whose means are ordered, 200 observations."""
    random = numpy.random.default_rng(13)
    first = random.random(200) < 0.35
    y = numpy.where(first, random.normal(-1.5, 0.8, 200), random.normal(1.2, 1.1, 200))
    nodes = {"mu": {"dist": "flat", "support": "ordered", "shape": [2]}, "mu_prior": {"potential": "-0.5 * (mu / 5)**2"}}
    nodes |= {"sigma": half_normal(2, shape=[2]), "w": {"dist": "dirichlet", "a": [2, 2]}}
    nodes["y"] = {"dist": "mixture", "w": "w", "components": normal("mu", "sigma"), "shape": [200], "observed": "values"}
    return ir(nodes, values=y)


def ar_covariates(centred):
    """A regression with AR(1) errors, 120 months."""
    random = numpy.random.default_rng(14)
    X = numpy.column_stack([numpy.ones(120), random.normal(0, 1, 120), numpy.arange(120) / 60 - 1])
    e = numpy.zeros(120)
    for t in range(120):
        e[t] = 0.7 * e[t - 1] * (t > 0) + random.normal(0, 0.5)
    nodes = {"beta": normal(0, 5, shape=[3]), "rho": {"dist": "uniform", "lower": -1, "upper": 1, "shape": [1]}}
    nodes |= {"sd": half_normal(1), "noise": half_normal(0.5)}
    nodes["e"] = {"dist": "ar", "rho": "rho", "sigma": "sd", "init_sigma": 1, "shape": [120]}
    nodes["y"] = normal("X @ beta + e", "noise", observed="value")
    return ir(nodes, X=X, value=X @ [2, 0.5, -0.3] + e + random.normal(0, 0.2, 120))


def survival(centred):
    """Weibull times of 150 patients in 8 hospitals, a third censored."""
    random = numpy.random.default_rng(15)
    hospital, X = random.integers(0, 8, 150), random.normal(0, 1, (150, 2))
    scale = numpy.exp(2 + X @ [0.4, -0.3] + random.normal(0, 0.3, 8)[hospital])
    time = scale * random.weibull(1.4, 150)
    limit = numpy.quantile(time, 0.67)
    nodes = {"mu": normal(0, 3), "beta": normal(0, 1, shape=[2]), "h_sd": half_normal(1), "alpha": {"dist": "gamma", "alpha": 2, "beta": 1}}
    if centred:
        nodes["h"] = normal("mu", "h_sd", shape=[8])
    else:
        nodes |= {"h_z": normal(0, 1, shape=[8]), "h": {"expr": "mu + h_sd * h_z"}}
    base = {"dist": "weibull", "alpha": "alpha", "beta": "exp(h[hospital] + X @ beta)"}
    nodes["y"] = {"dist": "censored", "base": base, "upper": float(limit), "shape": [150], "observed": "time"}
    return ir(nodes, hospital=hospital, X=X, time=numpy.minimum(time, limit))


def horseshoe(centred):
    """The regularised horseshoe: 100 rows, 30 predictors, 4 of them matter (Piironen and Vehtari 2017)."""
    random = numpy.random.default_rng(16)
    X = random.normal(0, 1, (100, 30))
    y = X[:, :4] @ [3, -2, 1.5, 1] + random.normal(0, 1, 100)
    nodes = {"alpha": normal(0, 5), "sigma": half_normal(2), "tau": {"dist": "half_cauchy", "beta": 0.05}}
    nodes |= {"lam": {"dist": "half_cauchy", "beta": 1, "shape": [30]}, "c2": {"dist": "inverse_gamma", "alpha": 2, "beta": 8}}
    nodes["scale"] = {"expr": "tau * lam * sqrt(c2 / (c2 + (tau * lam)**2))", "save": False}
    if centred:
        nodes["beta"] = normal(0, "scale")
    else:
        nodes |= {"z": normal(0, 1, shape=[30]), "beta": {"expr": "scale * z"}}
    nodes["y"] = normal("alpha + X @ beta", "sigma", observed="value")
    return ir(nodes, X=X, value=y)


def bym2(centred):
    """Counts on a 7 x 7 grid with spatial and unstructured effects (Riebler et al. 2016)."""
    random = numpy.random.default_rng(17)
    place = numpy.arange(49).reshape(7, 7)
    left = numpy.concatenate([place[:, :-1].ravel(), place[:-1].ravel()])
    right = numpy.concatenate([place[:, 1:].ravel(), place[1:].ravel()])
    precision = numpy.zeros((49, 49))
    numpy.add.at(precision, (left, left), 1), numpy.add.at(precision, (right, right), 1)
    precision[left, right] -= 1
    precision[right, left] -= 1
    factor = numpy.exp(numpy.mean(numpy.log(numpy.diag(numpy.linalg.pinv(precision)))))
    smooth = numpy.sin(place // 7 / 2.0).ravel() + numpy.cos(place % 7 / 2.0).ravel()
    expected = random.uniform(5, 30, 49)
    count = random.poisson(expected * numpy.exp(0.1 + 0.4 * (smooth - smooth.mean()) + random.normal(0, 0.15, 49)))
    nodes = {"b0": normal(0, 1), "sigma": half_normal(1), "rho": {"dist": "beta", "alpha": 0.5, "beta": 0.5}}
    nodes |= {"theta": normal(0, 1, shape=[49]), "phi": {"dist": "flat", "support": "sum_to_zero", "shape": [49]}}
    nodes["icar"] = {"potential": "-0.5 * sum((phi[left] - phi[right])**2)"}
    nodes["u"] = {"expr": "sqrt(1 - rho) * theta + sqrt(rho / factor) * phi", "save": False}
    nodes["y"] = {"dist": "poisson", "log_mu": "log(expected) + b0 + sigma * u", "observed": "count"}
    return ir(nodes, left=left, right=right, factor=float(factor), expected=expected, count=count)


def stochastic_volatility(centred):
    """Volatility that returns to a mean (Kim, Shephard and Chib 1998), 200 days."""
    random = numpy.random.default_rng(18)
    h = numpy.zeros(200)
    h[0] = -1 + random.normal(0, 0.6)
    for t in range(1, 200):
        h[t] = -1 + 0.95 * (h[t - 1] + 1) + random.normal(0, 0.2)
    nodes = {"mu": normal(0, 2), "phi": {"dist": "uniform", "lower": -1, "upper": 1}, "s": half_normal(0.5)}
    if centred:
        nodes["h"] = {"dist": "ar", "rho": "[phi]", "constant": "mu * (1 - phi)", "sigma": "s", "init_mu": "mu",
                      "init_sigma": "s / sqrt(1 - phi**2)", "shape": [200]}
    else:
        nodes |= {"z": {"dist": "ar", "rho": "[phi]", "sigma": 1, "init_sigma": "1 / sqrt(1 - phi**2)", "shape": [200]}}
        nodes["h"] = {"expr": "mu + s * z"}
    nodes["y"] = normal(0, "exp(h / 2)", observed="returns")
    return ir(nodes, returns=numpy.exp(h / 2) * random.normal(0, 1, 200))


def wide_regression(centred):
    """Fifteen correlated predictors on their raw scales, flat priors."""
    random = numpy.random.default_rng(19)
    base = random.normal(0, 1, (400, 3))
    X = base @ random.normal(0, 1, (3, 15)) + 0.1 * random.normal(0, 1, (400, 15))
    X = X * 10.0 ** random.uniform(-2, 3, 15) + 10.0 ** random.uniform(-1, 4, 15)
    y = 3000 + X @ (random.normal(0, 1, 15) / X.std(0)) + random.normal(0, 5, 400)
    nodes = {"alpha": {"dist": "flat"}, "beta": {"dist": "flat", "shape": [15]}, "sigma": {"dist": "half_flat"}}
    nodes["y"] = normal("alpha + X @ beta", "sigma", observed="value")
    return ir(nodes, X=X, value=y)


ONE_WAY = [basis_gp, ordered_mixture, ar_covariates, bym2, wide_regression]
MODELS = [latent_gp, capture_recapture, survival, horseshoe, stochastic_volatility, *ONE_WAY]
