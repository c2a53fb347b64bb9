"""What is wrong with an answer about a question, and whose mistake it is that another program has a different one."""
import math

from mpmath import inf, isfinite, mp, mpf

import laws

mp.dps = 40
TOLERANCE, SCIPY_TOLERANCE, SLOPE_TOLERANCE = mpf("1e-9"), 1e-7, mpf("1e-6")
BEYOND_DOUBLES = mpf("1e300")
UNDECIDED = "undecided"


def fault(question, t, found, gradient):
    """What is wrong with an answer; empty where nothing is, UNDECIDED where no formula says what is right: nothing lies
    between the bounds. Asked again with many digits before it is believed: tails far out are differences."""
    if not mp.isnan(question.log_density(t)) and fault_by_digits(question, t, found, gradient) == "":
        return ""
    for digits in (400, 5000):  # the latter for probabilities of e^-e^1000
        with mp.workdps(digits):
            wrong = fault_by_digits(question, t, found, gradient)
        if wrong in ("", UNDECIDED):
            break
    return wrong


def fault_by_digits(question, t, found, gradient):
    right = question.log_density(t)
    if mp.isnan(right):
        return UNDECIDED if found == -inf else f"expected -inf, as nothing lies between the bounds, found {found}"
    if not isfinite(right):
        return "" if found == -inf else f"expected -inf, found {found}"
    if not math.isfinite(found):
        return "" if abs(right) > BEYOND_DOUBLES else f"expected {mp.nstr(right, 17)}, found {found}"
    off = abs(right - found)
    if off > TOLERANCE * max(1, abs(right)) and off > TOLERANCE * max(1, abs(right)) + question.slack(t):
        return f"expected {mp.nstr(right, 17)}, found {found}"
    for k, slope in enumerate(gradient[len(gradient) - len(t):]):
        expected, at_end = question.slope(t, k)
        if not math.isfinite(slope):
            if isfinite(expected) and abs(expected) > BEYOND_DOUBLES:
                continue
            return f"the gradient in t[{k}] is {slope}, expected {mp.nstr(expected, 12)}"
        if at_end and question.mixes():
            continue  # what a component that is impossible there would begin to be is not among its derivatives
        if isfinite(expected) and abs(expected - slope) > SLOPE_TOLERANCE * max(1, abs(expected)):
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


def disagreement(question, t, found, gradient, theirs):
    """Whose mistake it is that PyMC has another answer, and which; empty where it has the same."""
    if found == theirs or abs(found - theirs) <= SCIPY_TOLERANCE * max(1, abs(found)):
        return "", ""
    right = question.log_density(t)
    wrong = fault(question, t, found, gradient)
    if wrong == UNDECIDED:
        return "convention", "nothing lies between the bounds"
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
