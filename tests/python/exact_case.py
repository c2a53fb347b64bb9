"""What the definitions of exact_distributions, exact_counts and exact_vectors are entered by."""
import itertools

CASES = {}


def flatten(value):
    """The numbers of nested lists, in order."""
    return [number for part in value for number in flatten(part)] if isinstance(value, list) else [value]


def shaped_like(template, numbers):
    """Numbers of an iterator in the lists of another value."""
    return [shaped_like(part, numbers) for part in template] if isinstance(template, list) else next(numbers)


class Case:
    def __init__(self, log_density, parameters, grids, constant, keep):
        self.log_density, self.parameters, self.constant = log_density, parameters, constant
        self.grids, self.keep = grids, keep

    def points(self):
        for x, *parameters in itertools.product(*self.grids):
            if self.keep is None or self.keep(x, *parameters):
                yield x, parameters


def case(distribution, parameters, *grids, constant=(), keep=None):
    """A parametrisation: `grids` has values of x and of each parameter, of which all combinations that `keep` admits are
    points. What is `constant` has no derivative."""

    def add(log_density):
        entry = Case(log_density, parameters.split(), grids, list(constant), keep)
        CASES.setdefault(distribution, []).append(entry)
        return log_density

    return add
