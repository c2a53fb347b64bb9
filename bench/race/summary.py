"""Runs of a model by a contender put together: medians with the range over seeds, and comparisons of two contenders."""

import dataclasses
import statistics

import measures

US = ["exmc", "exmc-5"]  # the contenders that the bars are about
PEERS = ["stan", "nutpie", "nutpie_low_rank", "walnutpie"]  # those of the bar "the quickest peer"; PyMC has one of its own


@dataclasses.dataclass(frozen=True)
class Range:
    """Over the seeds."""

    middle: float
    low: float
    high: float


def over(values):
    values = list(values)
    return Range(statistics.median(values), min(values), max(values)) if values else None


class Summary:
    """`timed`: runs that came to an end; `first`: the one with nothing cached, or None; `failures`: texts."""

    def __init__(self, runs):
        self.first = next((run for run in runs if run["first"] and "failed" not in run), None)
        self.timed = [run for run in runs if not run["first"] and "failed" not in run]
        self.failures = sorted({run["failed"] for run in runs if "failed" in run})
        self.wrong = [run for run in runs if measures.wrong(run)]

    @property
    def converged(self):
        return sum(measures.ess(run) > 0 for run in self.timed)

    @property
    def counts(self):
        """Does its ESS mean something: did more than half of its runs converge?"""
        return 2 * self.converged > len(self.timed)

    def of(self, key):
        return over(run[key] for run in self.timed if run[key] is not None)

    def ess_per(self, key):
        """A run that did not converge has an ESS of nothing; None where that holds for half of them."""
        if not self.counts:
            return None
        return over(measures.ess(run) / run[key] for run in self.timed if run[key])

    def rate(self):
        return self.ess_per("wall")

    def gradients_a_second(self):
        total = lambda run: (run["warmup_gradients"] or 0) + run["draw_gradients"]
        return over(total(run) / run["wall"] for run in self.timed if run["wall"])

    def cold(self):
        """Seconds from the start of the process to its end with nothing compiled."""
        return self.first["end_to_end"] if self.first else None


class Board:
    """The summaries of a race by model and contender."""

    def __init__(self, runs, contenders):
        """`contenders`: names in the order of the tables; some may have no runs."""
        self.models = list(dict.fromkeys(run["model"] for run in runs))
        self.contenders = [name for name in contenders if any(run["contender"] == name for run in runs)]
        keys = [(model, contender) for model in self.models for contender in self.contenders]
        self._of = {key: Summary([run for run in runs if (run["model"], run["contender"]) == key]) for key in keys}

    def of(self, model, contender):
        return self._of.get((model, contender)) or Summary([])

    def held_to_a_reference(self, model):
        return any(run["error"] is not None for name in self.contenders for run in self.of(model, name).timed)

    def best_peer(self, model):
        """The peer of most ESS/s, of those that converge; None where none does."""
        able = [name for name in PEERS if self.of(model, name).counts]
        return max(able, key=lambda name: self.of(model, name).rate().middle, default=None)

    def quickest_peer(self, model, cold):
        """By the time from start to end, converged or not."""
        able = {name: self._end_to_end(model, name, cold) for name in [*PEERS, "pymc"]}
        able = {name: seconds for name, seconds in able.items() if seconds is not None}
        return min(able, key=able.get, default=None)

    def _end_to_end(self, model, name, cold):
        summary = self.of(model, name)
        if cold:
            return summary.cold()
        return summary.of("end_to_end").middle if summary.timed else None

    def start_advantage(self, model, cold):
        """(how many times the quickest peer's end-to-end time is ours, that peer); None without figures."""
        peer, ours = self.quickest_peer(model, cold), self._end_to_end(model, "exmc", cold)
        return (self._end_to_end(model, peer, cold) / ours, peer) if peer and ours else None

    def advantage(self, model, peer):
        """ESS/s of exmc in one process over that of a peer; None where one of the two has none."""
        ours, theirs = self.of(model, "exmc").rate(), self.of(model, peer).rate()
        return ours.middle / theirs.middle if ours and theirs else None

    def time_advantage(self, model):
        """(wall time of the quickest peer over exmc's, that peer), where no peer converges."""
        able = [name for name in PEERS if self.of(model, name).timed]
        peer = min(able, key=lambda name: self.of(model, name).of("wall").middle, default=None)
        ours = self.of(model, "exmc")
        return (self.of(model, peer).of("wall").middle / ours.of("wall").middle, peer) if peer and ours.counts else None

    def scaling(self, model):
        """ESS/s of five ranks with five chains over one rank with one chain, and the same of draws/s."""
        five, one = self.of(model, "exmc-5"), self.of(model, "exmc-1")
        if not (five.timed and one.timed):
            return None, None
        ess = five.rate().middle / one.rate().middle if five.counts and one.counts else None
        return ess, 5 * one.of("wall").middle / five.of("wall").middle
