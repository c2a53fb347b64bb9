"""What PyMC says of the models of differential_test.py: of plain, truncated, censored and mixed ones that it has."""
import math
import os
import warnings

os.environ.setdefault("PYTENSOR_FLAGS", "cxx=,mode=FAST_COMPILE")  # a graph is evaluated a few times only
import pymc  # noqa: E402
import pytensor  # noqa: E402
import pytensor.tensor as pt  # noqa: E402
from pymc.logprob.utils import ParameterValueError  # noqa: E402

warnings.filterwarnings("ignore")  # of what PyMC builds inside

NAMES = {"normal": "Normal", "half_normal": "HalfNormal", "student_t": "StudentT", "half_student_t": "HalfStudentT", "cauchy": "Cauchy",
         "half_cauchy": "HalfCauchy", "laplace": "Laplace", "logistic": "Logistic", "gumbel": "Gumbel", "skew_normal": "SkewNormal",
         "ex_gaussian": "ExGaussian", "exponential": "Exponential", "lognormal": "LogNormal", "weibull": "Weibull", "wald": "Wald",
         "gamma": "Gamma", "inverse_gamma": "InverseGamma", "chi_squared": "ChiSquared", "beta": "Beta", "kumaraswamy": "Kumaraswamy",
         "poisson": "Poisson", "negative_binomial": "NegativeBinomial", "binomial": "Binomial", "beta_binomial": "BetaBinomial",
         "zero_inflated_poisson": "ZeroInflatedPoisson", "zero_inflated_binomial": "ZeroInflatedBinomial",
         "zero_inflated_negative_binomial": "ZeroInflatedNegativeBinomial", "geometric": "Geometric", "bernoulli": "Bernoulli",
         "von_mises": "VonMises", "uniform": "Uniform", "triangular": "Triangular", "pareto": "Pareto"}


def is_trials(law, name):
    return name == "n" and "binomial" in law.distribution and "negative" not in law.distribution


def parameter(law, name, suffix):
    return (pt.lscalar if is_trials(law, name) else pt.dscalar)(name + suffix)


class Answers:
    version = pymc.__version__

    def __init__(self):
        self.compiled, self.unavailable = {}, set()

    def log_density(self, question, t):
        """A float; -inf where it refuses the parameters; None where it has no such distribution."""
        if question.form == "free":
            return None
        function = self.function(question)
        if function is None:
            return None
        ends = [float(question.bounds[key]) for key in sorted(question.bounds)]
        weight = [t[question.weight]] if question.form == "mixture" else []
        total = 0.0
        for i in range(question.elements):
            given = [float(part.values(t, i)[name]) for part in question.parts for name in question.law.names]
            given = [int(x) if is_trials(question.law, name) else x
                     for x, name in zip(given, question.law.names * len(question.parts), strict=True)]
            try:
                total += float(function(question.data[i], *given, *weight, *ends))
            except ParameterValueError:
                return -math.inf
        return total

    def function(self, question):
        key = question.law.distribution, tuple(question.law.names), question.form, tuple(sorted(question.bounds))
        if key not in self.compiled:
            try:
                self.compiled[key] = self.compile(question)
            except (NotImplementedError, TypeError, KeyError) as reason:
                self.compiled[key] = None
                self.unavailable.add(f"{key[0]}({', '.join(key[1])}), {key[2]}: {type(reason).__name__}")
        return self.compiled[key]

    def compile(self, question):
        law, form = question.law, question.form
        x = pt.lscalar("x") if law.discrete else pt.dscalar("x")
        inputs, parts = [x], []
        for which, _ in enumerate(question.parts):
            given = {name: parameter(law, name, str(which)) for name in law.names}
            inputs += given.values()
            parts.append(self.distribution(law, given))
        law_of_x = parts[0]
        if form == "mixture":
            w = pt.dscalar("w")
            inputs.append(w)
            law_of_x = pymc.Mixture.dist(w=pt.stack([w, 1 - w]), comp_dists=parts)
        if form in ("truncated", "censored"):
            ends = {key: pt.dscalar(key) for key in sorted(question.bounds)}
            inputs += ends.values()
            made = pymc.Truncated if form == "truncated" else pymc.Censored
            law_of_x = made.dist(parts[0], lower=ends.get("lower"), upper=ends.get("upper"))
        return pytensor.function(inputs, pymc.logp(law_of_x, x), on_unused_input="ignore")

    @staticmethod
    def distribution(law, given):
        if "log_mu" in given:
            given = {**given, "mu": pt.exp(given["log_mu"])}
            del given["log_mu"]
        return getattr(pymc, NAMES[law.distribution]).dist(**given)
