"""The models of the race as PyMC programs: a function each, given the data by the names of the IR (as arrays), called in
the context of a model. Names and shapes of the parameters are those of the IR."""

import numpy
import pymc as pm


def simple(data):
    mu, sigma = pm.Normal("mu", 0, 10), pm.HalfNormal("sigma", 5)
    pm.Normal("obs", mu, sigma, observed=data["y"])


def medium(data):
    mu, tau = pm.Normal("mu_pop", 0, 10), pm.HalfNormal("tau", 5)
    a, sigma = pm.Normal("a", mu, tau, shape=2), pm.HalfNormal("sigma", 5)
    pm.Normal("obs", a[:, None], sigma, observed=data["y"])


def stress(data):
    mu, tau = pm.Normal("mu_pop", 0, 10), pm.HalfNormal("tau", 5)
    a, sigma = pm.Normal("a", mu, tau, shape=3), pm.HalfNormal("sigma", 5, shape=3)
    pm.Normal("obs", a[:, None], sigma[:, None], observed=data["y"])


def eight_schools(data):
    mu, tau = pm.Normal("mu", 0, 5), pm.HalfNormal("tau", 5)
    theta = pm.Normal("theta", mu, tau, shape=8)
    pm.Normal("obs", theta, data["sd"].astype(float), observed=data["y"])


def funnel(data):
    y = pm.Normal("y", 0, 3)
    pm.Normal("x", 0, pm.math.exp(y / 2), shape=9)


def logistic(data):
    alpha, beta = pm.Normal("alpha", 0, 10), pm.Normal("beta", 0, 10, shape=data["X"].shape[1])
    pm.Bernoulli("obs", logit_p=alpha + pm.math.dot(data["X"], beta), observed=data["y"])


def sv(data):
    sigma, nu = pm.Exponential("sigma", 50), pm.Exponential("nu", 0.1)
    s = pm.GaussianRandomWalk("s", sigma=sigma, init_dist=pm.Normal.dist(0, sigma), steps=99)
    pm.StudentT("obs", nu=nu, mu=0, sigma=pm.math.exp(s), observed=data["returns"])


def radon_slopes(data):
    g0, g1, b_mu = (pm.Normal(name, 0, 5) for name in ("g0", "g1", "b_mu"))
    a_sd, b_sd, sigma = (pm.HalfNormal(name, 1) for name in ("a_sd", "b_sd", "sigma"))
    a = g0 + g1 * data["u"] + a_sd * pm.Normal("a_z", 0, 1, shape=40)
    b = b_mu + b_sd * pm.Normal("b_z", 0, 1, shape=40)
    pm.Normal("y", a[data["county"]] + b[data["county"]] * data["floor_"], sigma, observed=data["radon"])


def crossed_lkj(data):
    b0, b1 = pm.Normal("b0", 0, 10), pm.Normal("b1", 0, 1)
    factor, _, sd = pm.LKJCholeskyCov("factor", n=2, eta=2, sd_dist=pm.HalfNormal.dist(1, shape=2), compute_corr=True)
    pm.Deterministic("sd_u", sd)
    pm.Deterministic("L", factor / sd[:, None])
    sd_v, sigma = pm.HalfNormal("sd_v", 1), pm.HalfNormal("sigma", 1)
    u = pm.math.dot(pm.Normal("u_z", 0, 1, shape=(30, 2)), factor.T)
    v = sd_v * pm.Normal("v_z", 0, 1, shape=20)
    mean = b0 + b1 * data["x"] + u[data["subject"], 0] + u[data["subject"], 1] * data["x"] + v[data["item"]]
    pm.Normal("y", mean, sigma, observed=data["rt"])


def item_response(data):
    theta = pm.Normal("theta", 0, 1, shape=100)
    b_mu, b_sd, a_sd = pm.Normal("b_mu", 0, 2), pm.HalfNormal("b_sd", 2), pm.HalfNormal("a_sd", 1)
    b = b_mu + b_sd * pm.Normal("b_z", 0, 1, shape=20)
    a = pm.math.exp(a_sd * pm.Normal("a_z", 0, 1, shape=20))
    logit = a[data["question"]] * (theta[data["person"]] - b[data["question"]])
    pm.Bernoulli("y", logit_p=logit, observed=data["right"])


def poisson_groups(data):
    mu, beta = pm.Normal("mu", 0, 2), pm.Normal("beta", 0, 1)
    site_sd, obs_sd = pm.HalfNormal("site_sd", 1), pm.HalfNormal("obs_sd", 1)
    u = mu + site_sd * pm.Normal("u_z", 0, 1, shape=12)
    e = obs_sd * pm.Normal("e_z", 0, 1, shape=96)
    pm.Poisson("y", pm.math.exp(u[data["site"]] + beta * data["x"] + e), observed=data["count"])


def survival(data):
    mu, beta = pm.Normal("mu", 0, 3), pm.Normal("beta", 0, 1, shape=2)
    h_sd, alpha = pm.HalfNormal("h_sd", 1), pm.Gamma("alpha", 2, 1)
    h = mu + h_sd * pm.Normal("h_z", 0, 1, shape=8)
    times = pm.Weibull.dist(alpha, pm.math.exp(h[data["hospital"]] + pm.math.dot(data["X"], beta)))
    pm.Censored("y", times, lower=None, upper=data["time"].max(), observed=data["time"])


def horseshoe(data):
    alpha, sigma, tau = pm.Normal("alpha", 0, 5), pm.HalfNormal("sigma", 2), pm.HalfCauchy("tau", 0.05)
    lam, c2 = pm.HalfCauchy("lam", 1, shape=30), pm.InverseGamma("c2", 2, 8)
    scale = tau * lam * pm.math.sqrt(c2 / (c2 + (tau * lam) ** 2))
    pm.Normal("y", alpha + pm.math.dot(data["X"], scale * pm.Normal("z", 0, 1, shape=30)), sigma, observed=data["value"])


def earnings(data):
    beta, sigma = pm.Flat("beta", shape=4), pm.HalfFlat("sigma")
    X = numpy.column_stack([data["height"], data["male"], data["height"] * data["male"]])
    pm.Normal("lik", beta[0] + pm.math.dot(X, beta[1:]), sigma, observed=numpy.log(data["earn"]))


def gauss_mix(data):
    mu = pm.Normal("mu", 0, 2, shape=2, transform=pm.distributions.transforms.ordered, initval=[-1.0, 1.0])
    sigma, theta = pm.HalfNormal("sigma", 2, shape=2), pm.Beta("theta", 5, 5)
    pm.NormalMixture("lik", w=pm.math.stack([theta, 1 - theta]), mu=mu, sigma=sigma, observed=data["y"])


def build(name, data):
    """`data`: as lists and numbers."""
    with pm.Model() as model:
        globals()[name]({key: numpy.asarray(value) for key, value in data.items()})
    return model
