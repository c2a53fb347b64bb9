"""Writes the data of configs/gallery, made from the models with known parameters, and these (tests/data/gallery/truth.json)."""

import json
import pathlib

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]


def table(**columns):
    return columns


def inverse_logit(x):
    return 1 / (1 + np.exp(-x))


def radon(random):
    counties = np.array([f"county {i:02d}" for i in range(1, 41)])
    county = np.repeat(np.arange(40), random.integers(3, 41, 40))
    floor = (random.random(county.size) < 0.2).astype(int)
    effects = random.multivariate_normal([1.4, -0.65], [[0.1225, -0.03], [-0.03, 0.0625]], 40)
    y = effects[county, 0] + effects[county, 1] * floor + random.normal(0, 0.75, county.size)
    return table(county=counties[county], floor=floor, log_radon=y), {"mu": [1.4, -0.65], "sigma": 0.75, "sd": [0.35, 0.25]}


def item_response(random):
    person, item = (i.ravel() for i in np.meshgrid(range(120), range(20), indexing="ij"))
    ability, difficulty, slope = random.normal(0, 1, 120), random.normal(0.3, 1, 20), np.exp(random.normal(0, 0.3, 20))
    right = random.random(person.size) < inverse_logit(slope[item] * (ability[person] - difficulty[item]))
    return table(person=person, item=item, right=right.astype(int)), {"difficulty": difficulty, "slope": slope}


def votes(random):
    states = np.array(["Ardenne", "Bergland", "Costa", "Delta", "Eastmark", "Fjord", "Gold Coast", "Highland", "Isles", "Jura"])
    ages = np.array(["18-29", "30-44", "45-64", "65+"])
    n = 2000
    state, age, woman = random.integers(0, 10, n), random.integers(0, 4, n), random.integers(0, 2, n)
    of_state, of_age = random.normal(0, 0.5, 10), np.array([0.4, 0.1, -0.1, -0.4])
    yes = random.random(n) < inverse_logit(0.2 + of_state[state] + of_age[age] + 0.3 * woman)
    return table(state=states[state], age=ages[age], woman=woman, yes=yes.astype(int)), {"b_woman": 0.3}


def crossed(random):
    subject, item = (i.ravel() for i in np.meshgrid(range(30), range(20), indexing="ij"))
    x = random.choice([-0.5, 0.5], subject.size)
    u = random.multivariate_normal([0, 0], [[0.25, 0.12], [0.12, 0.16]], 30)
    v = random.normal(0, 0.3, 20)
    y = 6 + 0.4 * x + u[subject, 0] + u[subject, 1] * x + v[item] + random.normal(0, 0.6, subject.size)
    return table(subject=subject, item=item, condition=x, log_time=y), {"b": [6, 0.4], "sigma": 0.6, "sd_item": 0.3}


def bradley_terry(random):
    teams = np.array(["Albion", "Borough", "City", "Dynamo", "Eagles", "Falcons", "Galaxy", "Harriers", "Inter", "Juniors"])
    skill = random.normal(0, 0.8, 10)
    skill -= skill.mean()
    home, away = random.integers(0, 10, 500), random.integers(0, 9, 500)
    away = np.where(away >= home, away + 1, away)
    won = random.random(500) < inverse_logit(0.3 + skill[home] - skill[away])
    return table(home=teams[home], away=teams[away], won=won.astype(int)), {"skill": skill, "at_home": 0.3}


def pharmacokinetics(random):
    subject, time = np.repeat(np.arange(12), 10), np.tile([0.25, 0.5, 1, 2, 3, 4, 6, 8, 12, 24], 12)
    ka, ke, v = np.exp(0.4 + random.normal(0, 0.4, 12)), np.exp(-2.4 + random.normal(0, 0.2, 12)), np.exp(-0.8 + random.normal(0, 0.15, 12))
    k, e = ka[subject], ke[subject]
    mean = 4.0 / v[subject] * k / (k - e) * (np.exp(-e * time) - np.exp(-k * time))
    return table(subject=subject, time=time, concentration=mean * np.exp(random.normal(0, 0.15, 120))), {
        "log_ka": 0.4, "log_ke": -2.4, "log_v": -0.8, "sigma": 0.15}


def changepoint(random):
    year = np.arange(1851, 1963)
    return table(year=year, disasters=random.poisson(np.where(year < 1892, 3.1, 0.9))), {"early": 3.1, "late": 0.9}


def garch(random):
    n, alpha0, alpha1, beta1 = 600, 0.1, 0.15, 0.75
    variance, returns = 1.0, np.zeros(n)
    for t in range(n):
        returns[t] = 0.05 + np.sqrt(variance) * random.normal()
        variance = alpha0 + alpha1 * (returns[t] - 0.05) ** 2 + beta1 * variance
    return table(day=np.arange(n), r=returns), {"mu": 0.05, "alpha0": alpha0, "alpha1": alpha1, "beta1": beta1}


def survival(random):
    hospital, age, treated = random.integers(0, 8, 300), random.normal(0, 1, 300), random.integers(0, 2, 300)
    scale = np.exp(2 - 0.3 * age + 0.5 * treated + random.normal(0, 0.3, 8)[hospital])
    time = scale * random.weibull(1.4, 300)
    return table(hospital=hospital, age=age, treated=treated, months=np.minimum(time, 12.0)), {"beta": [-0.3, 0.5], "alpha": 1.4}


def gaussian_process(random):
    day = np.sort(random.uniform(0, 10, 60))
    return table(day=day, count=random.poisson(np.exp(1 + np.sin(day) + 0.3 * np.cos(2.3 * day)))), {"level": 1.1}


def basis_functions(random):
    x = np.linspace(0, 10, 600)
    return table(x=x, y=np.sin(1.5 * x) + 0.3 * x + random.normal(0, 0.4, 600)), {"sigma": 0.4}


def robust(random):
    x = random.normal(0, 1, (200, 2))
    y = 1 + x @ [2, -1] + 0.5 * random.standard_t(3, 200)
    return table(x1=x[:, 0], x2=x[:, 1], y=y), {"alpha": 1, "beta": [2, -1], "sigma": 0.5}


def horseshoe(random):
    x = random.normal(0, 1, (120, 25))
    y = 0.5 + x[:, :4] @ [3, -2, 1.5, 1] + random.normal(0, 1, 120)
    return {f"x{i + 1}": x[:, i] for i in range(25)} | {"y": y}, {"beta": [3, -2, 1.5, 1] + [0] * 21, "sigma": 1}


def ordinal(random):
    rater = np.repeat(np.arange(25), 16)
    x = random.normal(0, 1, 400)
    latent = 0.8 * x + random.normal(0, 0.7, 25)[rater] + random.logistic(0, 1, 400)
    return table(rater=rater, quality=x, rating=np.digitize(latent, [-1.5, -0.4, 0.6, 1.8])), {"b": 0.8}


def spatial(random):
    place = np.arange(49)
    row, column = place // 7, place % 7
    smooth = np.sin(row / 2) + np.cos(column / 2)
    expected = random.uniform(5, 30, 49)
    count = random.poisson(expected * np.exp(0.1 + 0.4 * (smooth - smooth.mean()) + random.normal(0, 0.15, 49)))
    return table(place=place, expected=expected, count=count), {"b0": 0.1}


def brands(random):
    n = 800
    price = random.uniform(1, 3, (n, 3))
    utility = np.array([0.0, 0.8, -0.5]) - 1.2 * price + random.gumbel(0, 1, (n, 3))
    return table(price_a=price[:, 0], price_b=price[:, 1], price_c=price[:, 2], choice=utility.argmax(1)), {"b_price": -1.2, "liking": [0.8, -0.5]}


def capture_recapture(random):
    phi, p = np.array([0.75, 0.6, 0.8, 0.7, 0.65, 0.75]), 0.5
    released, seen = np.zeros(6, int), np.zeros((6, 7), int)
    for first in range(6):
        for _ in range(40):
            at = first
            while at < 6:
                released[at] += 1
                last, at = at, 7
                for t in range(last, 6):
                    if random.random() >= phi[t]:
                        break
                    if random.random() < p:
                        at = t + 1
                        break
                seen[last, at - 1 if at < 7 else 6] += 1
    return {"released": released} | {f"seen_{t + 2}": seen[:, t] for t in range(6)} | {"never": seen[:, 6]}, {"p": p}


def animal(random):
    n, stay = 500, np.array([0.9, 0.8])
    state, steps = np.zeros(n, int), np.zeros(n)
    for t in range(n):
        if t > 0:
            state[t] = state[t - 1] if random.random() < stay[state[t - 1]] else 1 - state[t - 1]
        steps[t] = random.gamma([1.5, 4.0][state[t]], [0.2, 0.9][state[t]])
    return table(hour=np.arange(n), step=steps), {"stay": stay}


def measurement_error(random):
    x = random.normal(10, 2, 80)
    return table(measured=x + random.normal(0, 1, 80), response=1 + 0.8 * x + random.normal(0, 1.5, 80)), {"beta": 0.8, "sigma": 1.5}


def mixture(random):
    group = random.choice(3, 500, p=[0.3, 0.5, 0.2])
    return table(y=np.array([-3.0, 0.5, 4.0])[group] + np.array([0.7, 0.8, 0.6])[group] * random.normal(0, 1, 500)), {
        "mu": [-3, 0.5, 4], "w": [0.3, 0.5, 0.2]}


def zero_inflated(random):
    people, child, camper = random.integers(1, 5, 250), random.integers(0, 3, 250), random.integers(0, 2, 250)
    fishes = random.random(250) < inverse_logit(1.2 - 1.0 * child)
    return table(people=people, child=child, camper=camper, fish=np.where(fishes, random.poisson(np.exp(-0.2 + 0.5 * people + 0.4 * camper)), 0)), {
        "b": [-0.2, 0.5, 0.4], "a": [1.2, -1.0]}


def trend(random):
    t = np.arange(300) / 300
    rate = 1.5 + np.where(t > 0.4, -3.0, 0)
    level = np.cumsum(rate) / 300
    y = 1 + level + 0.3 * np.sin(2 * np.pi * 12 * t) + 0.1 * np.cos(2 * np.pi * 12 * t) + random.normal(0, 0.1, 300)
    return table(t=t, y=y), {"season": [0.3, 0.1], "sigma": 0.1}


def overdispersion(random):
    site = np.repeat(np.arange(12), 10)
    x = random.normal(0, 1, 120)
    rate = np.exp(1 + 0.3 * x + random.normal(0, 0.5, 12)[site])
    return table(site=site, rain=x, count=random.negative_binomial(3, 3 / (3 + rate))), {"b": 0.3, "alpha": 3}


def growth(random):
    rat, day = (i.ravel() for i in np.meshgrid(range(30), [8, 15, 22, 29, 36], indexing="ij"))
    intercept, slope = random.normal(242, 14, 30), random.normal(6.2, 0.5, 30)
    return table(rat=rat, day=day, weight=intercept[rat] + slope[rat] * (day - 22) + random.normal(0, 6, 150)), {
        "mu": [242, 6.2], "sigma": 6}


def solve(slopes, y, times, steps=200):
    """A differential equation from time 0 on, by the classical Runge-Kutta method with `steps` steps between times."""
    found, t = [], 0.0
    for until in times:
        h = (until - t) / steps
        for _ in range(steps):
            k1 = slopes(y)
            k2 = slopes(y + h / 2 * k1)
            k3 = slopes(y + h / 2 * k2)
            y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + slopes(y + h * k3))
        t = until
        found.append(y)
    return np.array(found)


def predators(random):
    year = np.arange(1, 21)
    z = solve(lambda z: np.array([(0.55 - 0.028 * z[1]) * z[0], (0.024 * z[0] - 0.8) * z[1]]), np.array([34.0, 6.0]), year)
    seen = z * np.exp(random.normal(0, 0.2, z.shape))
    return table(year=year, prey=seen[:, 0], predators=seen[:, 1]), {
        "growth": 0.55, "predation": 0.028, "death": 0.8, "feeding": 0.024, "sigma": 0.2}


def epidemic(random):
    day = np.arange(1, 31)
    z = solve(lambda z: np.array([-0.6, 0.6]) * z[0] * z[1] / 1000 - np.array([0, 0.25]) * z[1], np.array([997.0, 3.0]), day)
    new = -np.diff(np.concatenate([[997.0], z[:, 0]]))
    return table(day=day, cases=random.poisson(0.5 * new)), {
        "transmission": 0.6, "recovery": 0.25, "reproduction": 2.4}


MODELS = [radon, item_response, votes, crossed, bradley_terry, pharmacokinetics, changepoint, garch, survival, gaussian_process,
          basis_functions, robust, horseshoe, ordinal, spatial, brands, capture_recapture, animal, measurement_error, mixture,
          zero_inflated, trend, overdispersion, growth, predators, epidemic]


def written(value):
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def main():
    truth = {}
    for seed, model in enumerate(MODELS, 1):
        columns, truth[model.__name__] = model(np.random.default_rng(seed))
        rows = [",".join(columns), *(",".join(map(written, row)) for row in zip(*(np.asarray(c).tolist() for c in columns.values())))]
        (ROOT / f"configs/gallery/{model.__name__}.csv").write_text("\n".join(rows) + "\n")
    lists = {name: {key: np.asarray(value).round(6).tolist() for key, value in values.items()} for name, values in truth.items()}
    (ROOT / "tests/data/gallery/truth.json").write_text(json.dumps(lists, indent=1) + "\n")


if __name__ == "__main__":
    main()
