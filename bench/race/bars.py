"""The bars that the program is held against, and where one is missed, by how much and by what of it."""

import measures
from models import SEVEN
from summary import PEERS, US

# ESS per gradient of the draws that the prototype of learned coordinates had (target acceptance 0.8, 40 seeds).
PROTOTYPE = dict(zip(SEVEN, [0.210, 0.153, 0.111, 0.116, 0.122, 0.097, 0.085]))
SEEDS = 20  # of five ranks on the seven, which have to be well in all of them
LEAST_TAIL = {"sv": 800}
LEAST_ESS = 1000
OVER_PYMC, OVER_PEERS, OVER_START = 50, 3, 5
MOST_SECONDS = {"exmc": ("end_to_end", 0.040), "exmc-5": ("wall", 0.020)}  # of simple
MOST_CPU = 1.05


class Bar:
    """What is asked, and per model a pair (met?, text)."""

    def __init__(self, title, results):
        self.title, self.results = title, {model: result for model, result in results.items() if result}

    @property
    def met(self):
        return sum(met for met, _ in self.results.values())

    def missed(self):
        return [(model, text) for model, (met, text) in self.results.items() if not met]


def bars(board, five_ranks=None):
    """`five_ranks`: what ranks.py measured."""
    seven = [model for model in board.models if model in SEVEN]
    return [
        Bar(f"The seven, five ranks: R-hat below {measures.MAX_RHAT}, bulk and tail ESS above {LEAST_ESS} (sv: tail "
            f"{LEAST_TAIL['sv']}), no divergence, every seed", {model: _all_well(board, model) for model in seven}),
        Bar("The seven: ESS per gradient of the draws as the prototype's", {model: _per_gradient(board, model) for model in seven}),
        Bar(f"ESS/s at least {OVER_PYMC} times PyMC's", {model: _over_pymc(board, model) for model in board.models}),
        Bar(f"ESS/s at least {OVER_PEERS} times the best converging of Stan, nutpie and walnutpie; where none converges, its time",
            {model: _over_peers(board, model) for model in board.models}),
        Bar(f"Start to end, nothing cached, at least {OVER_START} times as quick as the quickest peer",
            {model: _start(board, model) for model in board.models}),
        Bar("simple in one process, start to end, in 40 ms", {"simple": _seconds(board, "simple", "exmc")}),
        Bar("simple on five ranks, first to last iteration, in 20 ms", {"simple": _seconds(board, "simple", "exmc-5")}),
        Bar(f"Five chains on five ranks cost at most {MOST_CPU} times the CPU that they cost on one", _five_ranks(five_ranks)),
    ]


def _all_well(board, model):
    runs = board.of(model, "exmc-5").timed
    well = [run for run in runs if measures.ess(run) and run["divergences"] == 0 and run["bulk"] > LEAST_ESS
            and run["tail"] > LEAST_TAIL.get(model, LEAST_ESS)]
    if not runs:
        return None
    worst, least = max(run["rhat"] for run in runs), min(min(run["bulk"], run["tail"]) for run in runs)
    most = max(run["divergences"] for run in runs)
    figures = f"R-hat to {worst:.3f}, ESS from {least:.0f}, divergences to {most}"
    return len(well) == len(runs), f"{len(well)} of {len(runs)} seeds ({figures})"


def _per_gradient(board, model):
    summary = board.of(model, "exmc")
    if not summary.timed:
        return None
    ours = summary.ess_per("draw_gradients")
    if not ours:
        return False, f"does not converge (R-hat {summary.of('rhat').middle:.3f})"
    return ours.middle >= PROTOTYPE[model], f"{ours.middle:.3f} of {PROTOTYPE[model]}"


def _ratio(ratio, bar, peer, why=""):
    return ratio >= bar, f"{ratio:.3g}x {peer}" + ("" if ratio >= bar else why)


def _over_pymc(board, model):
    if not (board.of(model, "exmc").timed and board.of(model, "pymc").timed):
        return None
    if not board.of(model, "exmc").counts:
        return False, "does not converge"
    ratio = board.advantage(model, "pymc")
    if ratio is None:
        ratio = board.of(model, "pymc").of("wall").middle / board.of(model, "exmc").of("wall").middle
        return ratio >= OVER_PYMC, f"{ratio:.3g}x in time (PyMC does not converge)"
    return _ratio(ratio, OVER_PYMC, "PyMC", _why(board, model, "pymc"))


def _over_peers(board, model):
    if not (board.of(model, "exmc").timed and any(board.of(model, name).timed for name in PEERS)):
        return None
    if not board.of(model, "exmc").counts:
        return False, "does not converge"
    peer = board.best_peer(model)
    if peer:
        return _ratio(board.advantage(model, peer), OVER_PEERS, peer, _why(board, model, peer))
    found = board.time_advantage(model)
    return found and (found[0] >= OVER_PEERS, f"{found[0]:.3g}x in time ({found[1]}, which does not converge)")


def _start(board, model):
    found = board.start_advantage(model, cold=True)
    return found and _ratio(found[0], OVER_START, found[1])


def _seconds(board, model, name):
    key, most = MOST_SECONDS[name]
    found = board.of(model, name).of(key)
    return found and (found.middle <= most, f"{1000 * found.middle:.3g} ms")


def _five_ranks(found):
    return {found["model"]: (found["ratio"] <= MOST_CPU, f"{found['ratio']:.3f}x")} if found else {}


def _why(board, model, peer):
    """An ESS/s is ESS per gradient times gradients a second (both with the warm-up's)."""
    ours, theirs = board.of(model, "exmc"), board.of(model, peer)
    speed = ours.gradients_a_second().middle / theirs.gradients_a_second().middle
    return f" (gradients a second {speed:.2g}x, ESS per gradient {board.advantage(model, peer) / speed:.2g}x, warm-up included)"


def diverging(board):
    """(model, contender, median) of our runs that diverge."""
    found = [(model, name, board.of(model, name).of("divergences")) for model in board.models for name in US]
    return [(model, name, of.middle) for model, name, of in found if of and of.middle]
