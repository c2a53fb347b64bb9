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
    def __init__(self, log_density, parameters, grids, constant, keep, ends=None):
        self.log_density, self.parameters, self.constant = log_density, parameters, constant
        self.grids, self.keep, self.ends = grids, keep, ends or {}

    def direction(self, name, value):
        """Of the derivative in a parameter: 1 at its lower end, -1 at its upper one, 0 (from both sides) elsewhere."""
        lower, upper = self.ends.get(name, (None, None))
        return 1 if value == lower else -1 if value == upper else 0

    def points(self):
        for x, *parameters in itertools.product(*self.grids):
            if self.keep is None or self.keep(x, *parameters):
                yield x, parameters


SHARE, FROM_ZERO = (0, 1), (0, None)  # ends of parameters


def times(count, of):
    """count of(), 0 where the count is."""
    return count * of() if count else count


def case(distribution, parameters, *grids, constant=(), keep=None, ends=None):
    """A parametrisation: `grids` has values of x and of each parameter, of which all combinations that `keep` admits are
    points. What is `constant` has no derivative; at the `ends` (lower, upper) of a parameter it is taken from inside."""

    def add(log_density):
        entry = Case(log_density, parameters.split(), grids, list(constant), keep, ends)
        CASES.setdefault(distribution, []).append(entry)
        return log_density

    return add
