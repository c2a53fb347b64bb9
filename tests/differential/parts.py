"""The laws of a random model with their parameters, and the numbers that are put into them."""
import math

from mpmath import exp, inf, mp, mpf

import laws


class Quantity:
    """A parameter of a law: data, or an expression of elements of t that has this value there."""

    def __init__(self, rng, kind, values, free, first):
        self.kind, self.first, self.count = kind, first if free else None, len(values)
        links = ["t", "2 * t - 1"] + (["exp(t)"] if kind == laws.POSITIVE else [])
        self.link = rng.choice(links) if free else None
        self.data = values

    def json(self):
        value = self.data if self.link is None else None
        if value is not None:
            return value[0] if self.count == 1 else value
        part = f"t[{self.first}]" if self.count == 1 else f"t[{self.first}:{self.first + self.count}]"
        return self.link.replace("(t)", f"({part})") if "(t)" in self.link else self.link.replace("t", part)

    def place(self, t, values):
        """Puts what gives about these values into t."""
        inverse = {"t": lambda v: v, "2 * t - 1": lambda v: (v + 1) / 2, "exp(t)": lambda v: math.log(v) if v > 0 else v}[self.link]
        t[self.first:self.first + self.count] = [inverse(v) for v in values]

    def at(self, t, element):
        """The value, as a number of mpmath, or a double where the program's own arithmetic makes it."""
        i = element if self.count > 1 else 0
        if self.link is None:
            return mpf(self.data[i])
        x = t[self.first + i]
        if self.link == "exp(t)":
            return exp(x)
        return mpf(2 * float(x) - 1) if self.link != "t" and not isinstance(x, mpf) else x * 2 - 1 if self.link != "t" else mpf(x)


def draw_value(rng, kind, how):
    if kind == laws.COUNT:
        return rng.randint(1, 12)
    if how == "forbidden" and kind != laws.REAL:
        low = [-1e-300, -1e-9, -rng.uniform(0.1, 5), -10 ** rng.uniform(1, 12)]
        high = {**dict.fromkeys((laws.UNIT, laws.SHARE), [1 + 2**-51, rng.uniform(1.1, 9)]), laws.INSIDE_UNIT: [1.0, rng.uniform(1.1, 9)]}
        return rng.choice(low + high.get(kind, []) + ([0.0] if kind in (laws.POSITIVE, laws.INSIDE_UNIT, laws.SHARE) else []))
    if how == "extreme":
        size = 10 ** rng.uniform(-4, 4)
        tiny = 10 ** rng.uniform(-12, -2)
        return {laws.REAL: rng.choice([-1, 1]) * size, laws.POSITIVE: size, laws.NOT_NEGATIVE: rng.choice([size, size, 0.0]),
                laws.UNIT: rng.choice([tiny, 1 - tiny, tiny, 1 - tiny, 0.0, 1.0]), laws.SHARE: rng.choice([tiny, 1 - tiny, 1.0])}.get(
            kind, rng.choice([tiny, 1 - tiny]))
    return {laws.REAL: rng.gauss(0, 1.5), laws.POSITIVE: math.exp(rng.gauss(0, 0.7)), laws.NOT_NEGATIVE: math.exp(rng.gauss(0, 1))}.get(
        kind, rng.uniform(0.05, 0.95))


def draw_values(rng, law, how):
    """Values for all parameters of a law; at forbidden points one is outside, or they do not go together."""
    values = {name: draw_value(rng, law.domains[name], "central" if how == "forbidden" else how) for name in law.names}
    ends = [name for name in ("lower", "c", "upper") if name in values]
    for name, value in zip(ends, sorted(rng.gauss(0, 3) for _ in ends)):
        values[name] = value
    if law.distribution == "beta" and "sigma" in values:
        values["sigma"] = math.sqrt(values["mu"] * (1 - values["mu"])) * rng.uniform(0.1, 0.9)
    return values


def draw_datum(rng, law, values):
    n = values.get("n", 8) if "binomial" in law.distribution and "negative" not in law.distribution else 8
    makers = {laws.REAL: lambda: rng.gauss(0, 3), laws.POSITIVE: lambda: math.exp(rng.gauss(0, 1)), laws.INSIDE_UNIT: lambda: rng.uniform(0.02, 0.98),
              laws.COUNT: lambda: rng.randint(0, n), "count from 1": lambda: rng.randint(1, 6), "0 or 1": lambda: rng.randint(0, 1),
              "angle": lambda: rng.uniform(-3, 3), "between": lambda: rng.gauss(0, 1), "from m": lambda: values["m"] * math.exp(rng.random())}
    return makers[law.support]()


def ends(law, values):
    """The least and the greatest value that a law can give."""
    if law.support == "between":
        return values["lower"], values["upper"]
    if law.support == "from m":
        return values["m"], inf
    if law.support == laws.COUNT:
        return 0, values["n"] if "binomial" in law.distribution and "negative" not in law.distribution else inf
    return {laws.POSITIVE: (0, inf), "count from 1": (1, inf), "0 or 1": (0, 1), laws.INSIDE_UNIT: (0, 1)}.get(
        law.support, (-inf, inf))


def in_support(law, x, values):
    lowest, highest = ends(law, values)
    return lowest <= x <= highest


def tail(law, which, x, values):
    """ln P(X <= x) or ln P(X > x), of any number."""
    lowest, highest = ends(law, values)
    if x < lowest or (x == lowest and not law.discrete):
        return -inf if which == "lower" else mpf(0)
    if x >= highest:
        return mpf(0) if which == "lower" else -inf
    found = law.tails[which](mpf(x), *(values[name] for name in law.names))
    return found if isinstance(found, mpf) or mp.isinf(found) else mp.nan  # the logarithm of what rounds below 0 is complex


class Part:
    """A law with its parameters as they stand in a model."""

    def __init__(self, rng, law, elements, first, must_be_data=()):
        self.law, self.quantities, self.next = law, {}, first
        self.central = [draw_values(rng, law, "central") for _ in range(elements)]
        for name in law.names:
            free = law.domains[name] != laws.COUNT and name not in must_be_data and rng.random() < 0.75
            count = elements if rng.random() < 0.5 else 1
            self.quantities[name] = Quantity(rng, law.domains[name], [v[name] for v in self.central][:count], free, self.next)
            self.next += count if free else 0

    def json(self):
        return {"dist": self.law.distribution, **{name: q.json() for name, q in self.quantities.items()}}

    def free_names(self):
        return [name for name, q in self.quantities.items() if q.link is not None]

    def place(self, rng, t, how):
        rows = [draw_values(rng, self.law, how) for _ in self.central]
        for name in self.free_names():
            q = self.quantities[name]
            q.place(t, [row[name] for row in rows][:q.count])
        leaving = [name for name in self.free_names() if self.law.domains[name] != laws.REAL and self.quantities[name].link != "exp(t)"]
        if how == "forbidden" and leaving:
            q = self.quantities[rng.choice(leaving)]
            values = [draw_value(rng, q.kind, "central") for _ in range(q.count)]
            values[rng.randrange(q.count)] = draw_value(rng, q.kind, "forbidden")
            q.place(t, values)

    def values(self, t, element):
        return {name: q.at(t, element) for name, q in self.quantities.items()}

    def is_inside(self, t, element):
        return self.law.is_inside(self.values(t, element))

    def log_density(self, x, t, element):
        values = self.values(t, element)
        if not in_support(self.law, x, values):
            return -inf
        return self.law.exact(mpf(x), *(values[name] for name in self.law.names))
