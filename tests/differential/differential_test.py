"""Compares log densities and gradients of random models with other answers (laws.py):
differential_test.py --evaluate PROGRAM [--comparisons N] [--seed S] [--pymc N]

A model has one observed or free variable, of a random distribution, parametrisation, form and shape, whose parameters are
data or expressions of a flat vector `t`. It is evaluated at central, extreme and forbidden points. A comparison is one
model at one point: its log density is the right one, -inf at forbidden points, and where it is finite so is its gradient,
which is that of the right one. Mistakes of each kind, planted as hand-written potentials, have to be found.

With --pymc N so many comparisons are made with PyMC's logp too (pymc_answers.py), where this Python has PyMC. Where the two
disagree mpmath decides whose answer it is, and the disagreements are listed by distribution, form and kind."""
import argparse
import collections
import importlib.util
import json
import math
import random
import subprocess
import sys
import unittest

from mpmath import exp, inf, isfinite, log, log1p, mp, mpf

import laws

mp.dps = 40
options = argparse.Namespace(evaluate=None, comparisons=500, seed=1, pymc=0)
TOLERANCE, SCIPY_TOLERANCE, SLOPE_TOLERANCE, EPSILON = mpf("1e-9"), 1e-7, mpf("1e-6"), mpf(2) ** -52
KINDS = ("central", "extreme", "forbidden")


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
        return {laws.REAL: rng.choice([-1, 1]) * size, laws.POSITIVE: size, laws.NOT_NEGATIVE: rng.choice([size, size, 0.0])}.get(
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


def in_support(law, x, values):
    if law.support == "between":
        return values["lower"] <= x <= values["upper"]
    return x >= values["m"] if law.support == "from m" else True


def tail(law, which, x, values):
    """ln P(X <= x) or ln P(X > x), of any number."""
    lowest = {laws.POSITIVE: 0, laws.COUNT: 0, "count from 1": 1, "0 or 1": 0, laws.INSIDE_UNIT: 0}.get(law.support, -inf)
    if law.support == "from m":
        lowest = values["m"]
    if law.support == "between":
        lowest = values["lower"]
    highest = {laws.INSIDE_UNIT: 1, "0 or 1": 1}.get(law.support, values["upper"] if law.support == "between" else inf)
    if law.support == laws.COUNT and "binomial" in law.distribution and "negative" not in law.distribution:
        highest = values["n"]
    if x < lowest or (x == lowest and not law.discrete):
        return -inf if which == "lower" else mpf(0)
    if x >= highest:
        return mpf(0) if which == "lower" else -inf
    return law.tails[which](mpf(x), *(values[name] for name in law.names))


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
            if self.form == "censored":
                bounds["upper"] = max(bounds["upper"], bounds["lower"] + 1)  # what is at both ends is at neither
            if self.law.support != laws.REAL:
                bounds["lower"] = max(bounds["lower"], 1 if self.law.support == "count from 1" else 0)
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
        tails = [[tail(self.law, which, end, values) for which in ("lower", "upper")] for end in
                 (lower - one if lower is not None else -inf, upper if upper is not None else inf)]
        side = 0 if tails[1][0] < tails[0][1] else 1
        difference = exp(tails[1][0]) - exp(tails[0][0]) if side == 0 else exp(tails[0][1]) - exp(tails[1][1])
        return part.log_density(x, t, i) - log(difference) if difference > 0 else mp.nan

    def slope(self, t, k):
        """A derivative, by a difference in many digits."""
        h = mpf("1e-20") * max(1, abs(t[k]))
        moved = [[mpf(x) + (sign * h if j == k else 0) for j, x in enumerate(t)] for sign in (1, -1)]
        return (self.log_density(moved[0]) - self.log_density(moved[1])) / (2 * h)

    def slack(self, t):
        """By how much the log density moves when what is put in does so by a rounding."""
        here = self.log_density(t)
        moves = [abs(self.log_density([mpf(x) * (1 + 8 * EPSILON) if j == k else mpf(x) for j, x in enumerate(t)]) - here) for k in range(len(t))]
        return 8 * sum(move for move in moves if isfinite(move))


class Program:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, model, points):
        self.process.stdin.write(json.dumps({"model": model, "points": points}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


def fault(question, t, found, gradient):
    """What is wrong with an answer; empty where nothing is. Asked again with many digits before it is believed: tails far
    out are differences."""
    if fault_by_digits(question, t, found, gradient) == "":
        return ""
    with mp.workdps(400):
        return fault_by_digits(question, t, found, gradient)


def fault_by_digits(question, t, found, gradient):
    right = question.log_density(t)
    if right == -inf or not isfinite(right):
        return "" if found == -inf or not isfinite(right) and right != -inf else f"expected -inf, found {found}"
    if not math.isfinite(found):
        return "" if abs(right) > 1e300 else f"expected {mp.nstr(right, 17)}, found {found}"
    off = abs(right - found)
    if off > TOLERANCE * max(1, abs(right)) and off > TOLERANCE * max(1, abs(right)) + question.slack(t):
        return f"expected {mp.nstr(right, 17)}, found {found}"
    for k, slope in enumerate(gradient[len(gradient) - len(t):]):
        expected = question.slope(t, k)
        if not isfinite(expected):
            continue  # at an edge: only the interior has two sides
        if not math.isfinite(slope):
            return f"the gradient in t[{k}] is {slope}, expected {mp.nstr(expected, 12)}"
        if abs(expected - slope) > SLOPE_TOLERANCE * max(1, abs(expected)):
            return f"the gradient in t[{k}] is {slope}, expected {mp.nstr(expected, 12)}"
    return ""


def scipy_fault(question, t):
    """Whether SciPy has another opinion of the right answer: of plain models at central points."""
    total = 0.0
    for i in range(question.elements):
        values = {name: float(value) for name, value in question.parts[0].values(t, i).items()}
        theirs = laws.scipy_law(question.law.distribution, values)
        if theirs is None:
            return ""
        total += float((theirs.logpmf if question.law.discrete else theirs.logpdf)(question.data[i]))
    right = question.log_density(t)
    agree = (not math.isfinite(total) and right == -inf) or abs(total - right) <= SCIPY_TOLERANCE * max(1, abs(right))
    return "" if agree else f"SciPy says {total}, mpmath {mp.nstr(right, 17)}"


def forms_of(law):
    forms = ["plain", "plain", "mixture"]
    if law.support in (laws.REAL, laws.POSITIVE, laws.INSIDE_UNIT):
        forms.append("free")
    if law.tails and law.support != "between":
        forms += ["truncated", "censored"]
    return forms


def campaign(program, comparisons, seed):
    """(number of comparisons by kind, faults)"""
    rng, all_laws = random.Random(seed), laws.all_laws()
    counts, faults = dict.fromkeys(KINDS, 0), []
    order = []
    while sum(counts.values()) < comparisons:
        if not order:
            order = rng.sample(all_laws, len(all_laws))
        law = order.pop()
        question = Question(rng, law, rng.choice(forms_of(law)))
        for how in ("central", "central", "extreme", "extreme", "forbidden", "forbidden"):
            question.add_point(rng, how)
        answer = program.ask(question.model, [question.position(t) for t in question.points])
        label = f"{law.distribution}({', '.join(law.names)}), {question.form}: {json.dumps(question.model['nodes'])}"
        if question.is_refused() and "refused" in answer:
            continue
        if "refused" in answer:
            faults.append(f"{label}: refused: {answer['refused']}")
            counts["central"] += 1
            continue
        for t, how, found, gradient in zip(question.points, question.kinds, answer["log_density"], answer["gradient"]):
            counts[how] += 1
            wrong = fault(question, t, float(found), [float(slope) for slope in gradient])
            if not wrong and question.form == "plain" and how == "central":
                wrong = scipy_fault(question, t)
            if wrong:
                faults.append(f"{label} at t = {t} ({how}): {wrong}")
    return counts, faults


def disagreement(question, t, found, gradient, theirs):
    """Whose mistake it is that PyMC has another answer, and which; empty where it has the same."""
    if found == theirs or abs(found - theirs) <= SCIPY_TOLERANCE * max(1, abs(found)):
        return "", ""
    right = question.log_density(t)
    wrong = fault(question, t, found, gradient)
    if wrong:
        return "ours", wrong
    if math.isfinite(found) and math.isfinite(theirs) and abs(found - theirs) <= question.slack(t):
        return "", ""
    what = "nan" if math.isnan(theirs) else "-inf" if theirs == -inf else "+inf" if theirs == inf else "finite"
    if right == -inf or not isfinite(right):
        return "theirs", f"{what} where the density is 0"
    if not math.isfinite(theirs):
        return "theirs", f"{what} where it is finite"
    off = abs(right - theirs) / max(1, abs(right))
    return "theirs", "off by less than 1e-4" if off < 1e-4 else "off by more than 1e-4"


def pymc_campaign(program, answers, comparisons, seed):
    """(comparisons made, disagreements: (whose, distribution, form, kind of point, what) -> examples)"""
    rng, all_laws = random.Random(seed), laws.all_laws()
    made, found = 0, collections.defaultdict(list)
    order = []
    while made < comparisons:
        if not order:
            order = rng.sample(all_laws, len(all_laws))
        law = order.pop()
        question = Question(rng, law, rng.choice([form for form in forms_of(law) if form != "free"]))
        for how in ("central", "central", "extreme", "extreme", "forbidden", "forbidden"):
            question.add_point(rng, how)
        answer = program.ask(question.model, [question.position(t) for t in question.points])
        if "refused" in answer:
            continue  # the other campaign says so
        for t, how, ours, gradient in zip(question.points, question.kinds, answer["log_density"], answer["gradient"]):
            theirs = answers.log_density(question, t)
            if theirs is None:
                continue
            made += 1
            whose, what = disagreement(question, t, float(ours), [float(slope) for slope in gradient], theirs)
            if whose:
                key = whose, f"{law.distribution}({', '.join(law.names)})", question.form, how, what
                found[key].append(f"{json.dumps(question.model['nodes'])} at {t}: {ours} and {theirs}")
    return made, found


class PyMC(unittest.TestCase):
    def test_disagreements_are_not_ours(self):
        if options.pymc == 0:
            self.skipTest("by hand: --pymc N")
        if importlib.util.find_spec("pymc") is None:
            self.skipTest("PyMC is not installed in this Python")
        import pymc_answers
        answers, program = pymc_answers.Answers(), Program(options.evaluate)
        self.addCleanup(program.end)
        made, found = pymc_campaign(program, answers, options.pymc, options.seed)
        lines = [f"PyMC {answers.version}: {made} comparisons, {sum(map(len, found.values()))} disagreements"]
        lines += [f"{len(examples):6} {' | '.join(key)}\n       {examples[0]}" for key, examples in sorted(found.items())]
        lines += [f"PyMC has not: {what}" for what in sorted(answers.unavailable)]
        print("\n".join(lines), file=sys.stderr)
        self.assertEqual([key for key in found if key[0] == "ours"], [])


class Differential(unittest.TestCase):
    def setUp(self):
        self.program = Program(options.evaluate)
        self.addCleanup(self.program.end)

    def test_random_models_agree(self):
        counts, faults = campaign(self.program, options.comparisons, options.seed)
        print(counts, file=sys.stderr)
        self.assertGreaterEqual(min(counts.values()), options.comparisons // 6)
        self.assertEqual(faults, [], "\n".join(faults[:40]))

    def assert_found(self, distribution, names, form, potential, how):
        """A potential in place of the variable: its mistakes have to be found at some point."""
        law = next(law for law in laws.all_laws() if law.distribution == distribution and law.names == names.split())
        rng = random.Random(7)
        for _ in range(60):
            question = Question(rng, law, form)
            question.add_point(rng, how)
            node = question.model["nodes"].pop("x")
            if any(q.link is None or q.count > 1 for q in question.parts[0].quantities.values()) or question.elements > 1:
                continue
            text = potential
            for name in sorted(law.names, key=len, reverse=True):
                text = text.replace("{" + name + "}", f"({node[name]})")
            for key in ("observed", "lower", "upper"):
                text = text.replace("{" + key + "}", str(node.get(key, 0)))
            question.model["nodes"]["x"] = {"potential": text.replace("{u}", "u")}
            if form == "free":
                question.model["nodes"] = {"t": question.model["nodes"]["t"], "u": {"dist": "flat"}, "x": {"potential": text}}
            answer = self.program.ask(question.model, [question.position(t) for t in question.points])
            self.assertNotIn("refused", answer)
            gradient = [float(slope) for slope in answer["gradient"][0]]
            if fault(question, question.points[0], float(answer["log_density"][0]), gradient):
                return
        self.fail(f"nothing found of {potential}")

    def test_a_domain_that_is_not_enforced_is_found(self):
        self.assert_found("poisson", "mu", "plain", "{observed} * log(abs({mu})) - {mu} - lgamma({observed} + 1)", "forbidden")

    def test_a_constant_that_is_left_out_is_found(self):
        self.assert_found("normal", "mu sigma", "plain", "-0.5 * (({observed} - {mu}) / {sigma}) ** 2 - log({sigma})", "central")

    def test_a_complement_that_is_computed_is_found(self):
        self.assert_found("beta", "alpha beta", "free",
                          "{alpha} * log(sigmoid(u)) + {beta} * log(1 - 1 / (1 + 1 * exp(-u))) - lbeta({alpha}, {beta})", "extreme")

    def test_a_truncation_that_is_not_normalised_is_found(self):
        self.assert_found("exponential", "scale", "truncated", "-{observed} / {scale} - log({scale})", "central")

    def test_a_gradient_that_is_not_finite_is_found(self):
        self.assert_found("geometric", "p", "plain", "({observed} - 1) * log1p(-{p}) + log({p}) + sqrt(square({p} - {p}))", "central")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evaluate", required=True)
    parser.add_argument("--comparisons", type=int, default=options.comparisons)
    parser.add_argument("--pymc", type=int, default=options.pymc)
    parser.add_argument("--seed", type=int, default=options.seed)
    _, rest = parser.parse_known_args(namespace=options)
    unittest.main(argv=[sys.argv[0], *rest])
