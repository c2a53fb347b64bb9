"""Hierarchical models as people write them, each with data of its own from a fixed seed. A model is a function that
returns the IR; `centred` says which of the two ways its group effects are written."""

import numpy


def normal(mu, sigma, **more):
    return {"dist": "normal", "mu": mu, "sigma": sigma, **more}


def half_normal(sigma, **more):
    return {"dist": "half_normal", "sigma": sigma, **more}


def effects(name, location, scale, length, centred):
    """The nodes of group effects `name`, normal around `location` with sd `scale`."""
    if centred:
        return {name: normal(location, scale, shape=[length])}
    z = f"{name}_z"
    shift = "" if location == 0 else f"{location} + "
    return {z: normal(0, 1, shape=[length]), name: {"expr": f"{shift}{scale} * {z}"}}


def correlated_effects(name, scales, factor, length, width, centred):
    """The nodes of `length` vectors of group effects with covariance diag(scales) L L' diag(scales)."""
    chol = f"{scales}[:, None] * {factor}"
    if centred:
        return {name: {"dist": "mv_normal", "mu": 0, "chol": chol, "shape": [length, width]}}
    z = f"{name}_z"
    return {z: normal(0, 1, shape=[length, width]), name: {"expr": f"{z} @ transpose({chol})"}}


def ir(nodes, **data):
    plain = {key: value.tolist() if isinstance(value, numpy.ndarray) else value for key, value in data.items()}
    return {"exmc_ir": 1, "data": plain, "nodes": nodes}


def radon_slopes(centred):
    """Radon with varying intercepts and slopes: 40 counties of 2 to 40 houses."""
    random = numpy.random.default_rng(1)
    county = numpy.repeat(numpy.arange(40), random.integers(2, 41, 40))
    floor = (random.random(county.size) < 0.2).astype(float)
    uranium = random.normal(0, 0.4, 40)
    a = 1.4 + 0.7 * uranium + random.normal(0, 0.3, 40)
    b = -0.6 + random.normal(0, 0.25, 40)
    y = a[county] + b[county] * floor + random.normal(0, 0.75, county.size)
    nodes = {"g0": normal(0, 5), "g1": normal(0, 5), "b_mu": normal(0, 5)}
    nodes |= {"a_sd": half_normal(1), "b_sd": half_normal(1), "sigma": half_normal(1)}
    if centred:
        nodes |= {"a": normal("g0 + g1 * u", "a_sd", shape=[40]), "b": normal("b_mu", "b_sd", shape=[40])}
    else:
        nodes |= {"a_z": normal(0, 1, shape=[40]), "a": {"expr": "g0 + g1 * u + a_sd * a_z"}}
        nodes |= effects("b", "b_mu", "b_sd", 40, False)
    nodes["y"] = normal("a[county] + b[county] * floor_", "sigma", observed="radon")
    return ir(nodes, county=county, floor_=floor, u=uranium, radon=y)


def crossed_lkj(centred):
    """Reaction times of 30 subjects to 20 items: subjects' intercepts and slopes correlated (LKJ), items' intercepts."""
    random = numpy.random.default_rng(2)
    subject, item = (index.ravel() for index in numpy.meshgrid(range(30), range(20), indexing="ij"))
    x = random.choice([-0.5, 0.5], subject.size)
    u = random.multivariate_normal([0, 0], [[0.25, 0.12], [0.12, 0.16]], 30)
    v = random.normal(0, 0.3, 20)
    y = 6 + 0.4 * x + u[subject, 0] + u[subject, 1] * x + v[item] + random.normal(0, 0.6, subject.size)
    nodes = {"b0": normal(0, 10), "b1": normal(0, 1), "sd_u": half_normal(1, shape=[2]), "sd_v": half_normal(1)}
    nodes |= {"sigma": half_normal(1), "L": {"dist": "lkj_corr_cholesky", "n": 2, "eta": 2}}
    nodes |= correlated_effects("u", "sd_u", "L", 30, 2, centred)
    nodes |= effects("v", 0, "sd_v", 20, centred)
    nodes["y"] = normal("b0 + b1 * x + u[subject, 0] + u[subject, 1] * x + v[item]", "sigma", observed="rt")
    return ir(nodes, subject=subject, item=item, x=x, rt=y)


def item_response(centred):
    """Two-parameter logistic item response: 100 people, 20 questions."""
    random = numpy.random.default_rng(3)
    person, question = (index.ravel() for index in numpy.meshgrid(range(100), range(20), indexing="ij"))
    theta, b = random.normal(0, 1, 100), random.normal(0.3, 1, 20)
    a = numpy.exp(random.normal(0, 0.4, 20))
    p = 1 / (1 + numpy.exp(-a[question] * (theta[person] - b[question])))
    nodes = {"theta": normal(0, 1, shape=[100]), "b_mu": normal(0, 2), "b_sd": half_normal(2), "a_sd": half_normal(1)}
    nodes |= effects("b", "b_mu", "b_sd", 20, centred)
    if centred:
        nodes["a"] = {"dist": "lognormal", "mu": 0, "sigma": "a_sd", "shape": [20]}
    else:
        nodes |= {"a_z": normal(0, 1, shape=[20]), "a": {"expr": "exp(a_sd * a_z)"}}
    nodes["y"] = {"dist": "bernoulli", "logit_p": "a[question] * (theta[person] - b[question])", "observed": "right"}
    return ir(nodes, person=person, question=question, right=(random.random(p.size) < p).astype(int))


def measurement_error(centred):
    """A regression on a predictor that was measured with error."""
    random = numpy.random.default_rng(4)
    x = random.normal(10, 2, 60)
    nodes = {"x_mu": normal(0, 20), "x_sd": half_normal(5), "alpha": normal(0, 10), "beta": normal(0, 2)}
    nodes |= effects("x", "x_mu", "x_sd", 60, centred) | {"sigma": half_normal(5)}
    nodes["x_seen"] = normal("x", 1, observed="measured")
    nodes["y"] = normal("alpha + beta * x", "sigma", observed="response")
    return ir(nodes, measured=x + random.normal(0, 1, 60), response=1 + 0.8 * x + random.normal(0, 1.5, 60))


def poisson_groups(centred):
    """Counts with overdispersion: an effect for each of 12 sites and for each of 96 observations."""
    random = numpy.random.default_rng(5)
    site = numpy.repeat(numpy.arange(12), 8)
    x = random.normal(0, 1, 96)
    rate = numpy.exp(1 + 0.3 * x + random.normal(0, 0.6, 12)[site] + random.normal(0, 0.4, 96))
    nodes = {"mu": normal(0, 2), "beta": normal(0, 1), "site_sd": half_normal(1), "obs_sd": half_normal(1)}
    nodes |= effects("u", "mu", "site_sd", 12, centred) | effects("e", 0, "obs_sd", 96, centred)
    nodes["y"] = {"dist": "poisson", "log_mu": "u[site] + beta * x + e", "observed": "count"}
    return ir(nodes, site=site, x=x, count=random.poisson(rate))


def ordinal(centred):
    """Ratings on five levels by 25 raters."""
    random = numpy.random.default_rng(6)
    rater = numpy.repeat(numpy.arange(25), 12)
    x = random.normal(0, 1, 300)
    latent = 0.8 * x + random.normal(0, 0.7, 25)[rater] + random.logistic(0, 1, 300)
    nodes = {"cut": {"dist": "flat", "support": "ordered", "shape": [4]}, "cut_prior": {"potential": "-0.5 * (cut / 3)**2"}}
    nodes |= {"beta": normal(0, 2), "u_sd": half_normal(1)} | effects("u", 0, "u_sd", 25, centred)
    nodes["y"] = {"dist": "ordered_logistic", "eta": "beta * x + u[rater]", "cutpoints": "cut", "observed": "rating"}
    return ir(nodes, rater=rater, x=x, rating=numpy.digitize(latent, [-1.5, -0.4, 0.6, 1.8]))


def three_levels(centred):
    """Pupils in 24 classes of 6 schools, with few pupils a class."""
    random = numpy.random.default_rng(7)
    school = numpy.repeat(numpy.arange(6), 4)
    room = numpy.repeat(numpy.arange(24), 5)
    s = random.normal(50, 4, 6)
    c = s[school] + random.normal(0, 2, 24)
    nodes = {"mu": normal(50, 20), "s_sd": half_normal(5), "c_sd": half_normal(5), "sigma": half_normal(10)}
    nodes |= effects("s", "mu", "s_sd", 6, centred) | effects("c", "s[school]", "c_sd", 24, centred)
    nodes["y"] = normal("c[room]", "sigma", observed="score")
    return ir(nodes, school=school, room=room, score=c[room] + random.normal(0, 5, 120))


MODELS = [radon_slopes, crossed_lkj, item_response, measurement_error, poisson_groups, ordinal, three_levels]
