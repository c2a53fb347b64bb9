"""A random model of one variable, the points where it is looked at, and what its log density is there."""
from mpmath import exp, inf, isfinite, log, log1p, mp, mpf

import laws
from parts import Part, draw_datum, in_support, tail

EPSILON = mpf(2) ** -52


def derivative(function, t, k):
    """By a difference in many digits, and whether the density ends there: then from inside, by chords, extrapolated."""
    h = mpf("1e-20") * max(1, abs(t[k]))

    def moved(step):
        return function([mpf(x) + (step if j == k else 0) for j, x in enumerate(t)])

    ahead, behind = moved(h), moved(-h)
    if isfinite(ahead) and isfinite(behind):
        return (ahead - behind) / (2 * h), False
    if not isfinite(ahead) and not isfinite(behind):
        return mp.nan, True
    inside, here = h if isfinite(ahead) else -h, function([mpf(x) for x in t])
    return (4 * (moved(inside / 2) - here) - (moved(inside) - here)) / inside, True


class Question:
    """A model, its points, and what its log density is at any t."""

    def __init__(self, rng, law, form):
        self.form, self.law = form, law
        self.elements = 1 if form == "free" else rng.choice([1, 1, 3])
        needs_tails = form in ("truncated", "censored")
        self.parts = [Part(rng, law, self.elements, 0, law.fixed_for_tails if needs_tails else ())]
        self.size = self.parts[0].next
        self.data = [draw_datum(rng, law, self.parts[0].central[i]) for i in range(self.elements)]
        if law.distribution in ("binomial", "beta_binomial", "zero_inflated_binomial"):
            smallest = min(self.parts[0].quantities["n"].data)
            self.data = [min(y, smallest) for y in self.data]
        if form == "mixture":
            self.parts.append(Part(rng, law, self.elements, self.size))
            self.size = self.parts[1].next
            if "n" in law.names and law.domains["n"] == laws.COUNT:
                self.data = [min([y, *(min(p.quantities["n"].data) for p in self.parts)]) for y in self.data]
            self.weight = self.size
            self.size += 1
        self.jacobian = None
        if form == "free":
            self.jacobian, self.size = self.size, self.size + 1
        self.bounds = self.draw_bounds(rng) if needs_tails else {}
        self.model = {"exmc_ir": 1, "nodes": self.nodes()}
        self.points, self.kinds = [], []

    def draw_bounds(self, rng):
        below, above = min(self.data), max(self.data)
        if self.law.discrete:
            bounds = {"lower": below - rng.randint(0, 1), "upper": above + rng.randint(0, 3)}
            if self.law.support != laws.REAL:
                bounds["lower"] = max(bounds["lower"], 1 if self.law.support == "count from 1" else 0)
            if self.form == "censored":
                bounds["upper"] = max(bounds["upper"], bounds["lower"] + 1)  # what is at both ends is at neither
        elif self.law.support == laws.INSIDE_UNIT:
            bounds = {"lower": below * rng.uniform(0.2, 0.9), "upper": above + (1 - above) * rng.uniform(0.1, 0.8)}
        elif self.law.support in (laws.POSITIVE, "from m"):
            bounds = {"lower": below * rng.uniform(0.2, 0.9), "upper": above * rng.uniform(1.2, 5)}
        else:
            bounds = {"lower": below - rng.random(), "upper": above + rng.random()}
        keep = rng.choice([("lower",), ("upper",), ("lower", "upper")])
        bounds = {key: bounds[key] for key in keep}
        if self.form == "censored" and self.elements > 1:  # one is at a bound
            self.data[rng.randrange(self.elements)] = bounds[rng.choice(keep)]
        return bounds

    def nodes(self):
        node = self.parts[0].json()
        if self.form == "mixture":
            w = f"t[{self.weight}]"
            node = {"dist": "mixture", "w": f"[{w}, 1 - {w}]", "components": [part.json() for part in self.parts]}
        elif self.form == "censored":
            node = {"dist": "censored", "base": node, **self.bounds}
        else:
            node.update(self.bounds)
        if self.form != "free":
            node["observed"] = self.data if self.elements > 1 else self.data[0]
            if self.elements > 1:
                node["shape"] = [self.elements]
        t = {"dist": "flat", "shape": [max(1, self.size - (self.jacobian is not None))]}
        return {"t": t, "x": node}

    def add_point(self, rng, how):
        t = [0.0] * self.size
        for part in self.parts:
            part.place(rng, t, "central" if how == "forbidden" and part is not self.parts[-1] else how)
        if self.form == "mixture":
            t[self.weight] = rng.uniform(0.05, 0.95) if how != "forbidden" or rng.random() < 0.7 else rng.choice([-0.2, 1.3])
        if self.form == "free":
            t[self.jacobian] = rng.gauss(0, 1.5) if how != "extreme" else rng.uniform(-30, 30)
        self.points.append(t)
        self.kinds.append(how)

    def position(self, t):
        if self.jacobian is None:
            return t or [0.0]
        return (t[:-1] or [0.0]) + [t[-1]]

    def is_inside(self, t):
        if self.form == "mixture" and not 0 <= t[self.weight] <= 1:
            return False
        return all(part.is_inside(t, i) for part in self.parts for i in range(self.elements))

    def is_refused(self):
        """Whether parameters that are data exclude what is observed, which the program says before it evaluates."""
        for part in self.parts:
            if all(q.link is None for q in part.quantities.values()) and not all(part.is_inside([], i) for i in range(self.elements)):
                return True
            for low, high in (("lower", "c"), ("c", "upper"), ("lower", "upper")):
                ends = [part.quantities.get(name) for name in (low, high)]
                known = all(q is not None and q.link is None for q in ends)
                if known and any(ends[0].at([], i) > ends[1].at([], i) for i in range(self.elements)):
                    return True
        if self.form == "free" or self.law.support not in ("between", "from m"):
            return False
        for part in self.parts:
            for name, sign in (("lower", 1), ("m", 1), ("upper", -1)):
                q = part.quantities.get(name)
                limits = [] if q is None or q.link is not None else q.data * (self.elements if q.count == 1 else 1)
                if any(sign * y < sign * limit for y, limit in zip(self.data, limits)):
                    return True
        return False

    def log_density(self, t):
        if not self.is_inside(t):
            return -inf
        if self.form == "free":
            return self.free_density(t)
        return sum(self.of_element(t, i, self.data[i]) for i in range(self.elements))

    def free_density(self, t):
        u = mpf(t[self.jacobian])
        if self.law.support == laws.POSITIVE:
            return self.parts[0].log_density(exp(u), t, 0) + u
        if self.law.support == laws.INSIDE_UNIT:
            x = 1 / (1 + exp(-u))
            return self.parts[0].log_density(x, t, 0) + log(x) + log1p(-x)
        return self.parts[0].log_density(u, t, 0)

    def of_element(self, t, i, x):
        part = self.parts[0]
        if self.form == "mixture":
            w = mpf(t[self.weight])
            shares = [(w, self.parts[0]), (1 - w, self.parts[1])]
            total = sum(weight * exp(p.log_density(x, t, i)) for weight, p in shares)
            return log(total) if total > 0 else -inf
        if self.form in ("truncated", "censored"):
            return self.bounded(t, i, x, part)
        return part.log_density(x, t, i)

    def bounded(self, t, i, x, part):
        values, one = part.values(t, i), 1 if self.law.discrete else 0
        lower, upper = self.bounds.get("lower"), self.bounds.get("upper")
        if self.form == "censored":
            if x == lower:
                return tail(self.law, "lower", lower, values)
            return tail(self.law, "upper", upper - one, values) if x == upper else part.log_density(x, t, i)
        here = part.log_density(x, t, i)
        if here == -inf and not self.law.discrete:
            return -inf  # the support ends before x, wherever the bounds are
        tails = [[tail(self.law, which, end, values) for which in ("lower", "upper")] for end in
                 (lower - one if lower is not None else -inf, upper if upper is not None else inf)]
        side = 0 if tails[1][0] < tails[0][1] else 1
        difference = exp(tails[1][0]) - exp(tails[0][0]) if side == 0 else exp(tails[0][1]) - exp(tails[1][1])
        possible = isinstance(difference, mpf) and difference > 0  # the logarithm of what rounds below 0 is complex
        return here - log(difference) if possible else mp.nan

    def mixes(self):
        return self.form == "mixture" or "psi" in self.law.names

    def slope(self, t, k):
        return derivative(self.log_density, t, k)

    def slack(self, t):
        """By how much the log density moves when what is put in does so by a rounding."""
        here = self.log_density(t)
        moves = [abs(self.log_density([mpf(x) * (1 + 8 * EPSILON) if j == k else mpf(x) for j, x in enumerate(t)]) - here) for k in range(len(t))]
        return 8 * sum(move for move in moves if isfinite(move))


def forms_of(law):
    forms = ["plain", "plain", "mixture"]
    if law.support in (laws.REAL, laws.POSITIVE, laws.INSIDE_UNIT):
        forms.append("free")
    if law.tails and law.support != "between":
        forms += ["truncated", "censored"]
    return forms
