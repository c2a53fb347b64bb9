"""The report's figures: each is drawn when the file has what it needs."""

import base64
import html
import io

import arviz as az
import matplotlib.pyplot as plt
import numpy as np

MOST_TRACES, MOST_PAIRS, MOST_POINTS, MOST_SERIES = 6, 4, 4000, 3
plt.rcParams.update({"figure.dpi": 110, "font.size": 9, "axes.spines.top": False, "axes.spines.right": False,
                     "figure.constrained_layout.use": True})


class Figure:
    """Without `draw`, the text says why there is nothing to see; and where ArviZ cannot draw it, which is no reason to have
    no page."""

    def __init__(self, title, text, draw=None):
        self.title, self.text, self.image = title, text, ""
        if draw is None:
            return
        image = io.BytesIO()
        try:
            draw()
            plt.gcf().savefig(image, format="png")
        except Exception as error:
            self.text = f"ArviZ could not draw this: {html.escape(str(error))}"
            return
        finally:
            plt.close("all")
        png = base64.b64encode(image.getvalue()).decode()
        self.image = f'<div class=wide><img alt="{title}" src="data:image/png;base64,{png}"></div>'


def all_of(result, summary):
    """The figures that this file has something for, and what it lacks of what people look for."""
    if summary["draws"] < 4:
        return [Figure("Figures", "There are none of fewer than four draws a chain.")]
    traced = result.worst(summary, MOST_TRACES)
    figures = []
    if traced:
        scalars = result.scalars(traced)
        figures += [
            Figure("Traces", "Those with the largest R-hat. Chains should be alike and look like noise; marks at the "
                             "bottom are divergences.", lambda: traces(scalars)),
            Figure("Ranks", "How the ranks of each chain's draws spread over all: even where chains agree.",
                   lambda: ranks(scalars)),
            Figure("Effective sample size", "It should grow in step with the draws, bulk and tail.",
                   lambda: growth(scalars))]
    if len(traced) > 1:
        pairs_of = result.scalars(result.worst(summary, MOST_PAIRS))
        figures.append(Figure("Pairs", "Divergences are marked: where they gather, the posterior has a place that the "
                                       "sampler does not get into.", lambda: pairs(pairs_of)))
    figures.append(Figure("Energy", "The energy's steps should be as wide as its spread; a narrower second curve means "
                                    "slow exploration.", lambda: energy(result)))
    figures.append(predictive_check(result))
    figures.append(Figure("Timeline", "Which rank ran which chain, and what happened to the run.",
                          lambda: timeline(result)))
    return figures


def shortened(name, most=24):
    """The beginning and the end, which has the index."""
    return name if len(name) <= most else f"{name[:most // 2]}…{name[-(most // 2 - 1):]}"


def label(axis, title, **labels):
    """ArviZ's own titles and labels are made for larger figures."""
    axis.set_title("")
    axis.set_title(shortened(title), loc="left", fontsize=9)
    axis.tick_params(labelsize=8)
    axis.set_xlabel(labels.get("x", ""), fontsize=8)
    axis.set_ylabel(labels.get("y", ""), fontsize=8)


def traces(scalars):
    names = list(scalars.posterior.data_vars)
    axes = az.plot_trace(scalars, figsize=(9, 1.5 * len(names)), compact=False, legend=False)
    for (density, trace), name in zip(axes, names, strict=True):
        label(density, name)
        label(trace, "")
    label(axes[-1, 1], "", x="draw")


def grid(count, columns, width=9, height=1.9):
    """A figure of `count` axes, as wide as the page."""
    columns = min(columns, count)
    rows = -(-count // columns)
    figure, axes = plt.subplots(rows, columns, figsize=(width, height * rows), squeeze=False)
    for axis in axes.flat[count:]:
        axis.remove()
    return figure, axes.flat[:count]


def ranks(scalars):
    names = list(scalars.posterior.data_vars)
    _, axes = grid(len(names), 3)
    for axis, name in zip(axes, names, strict=True):
        az.plot_rank(scalars, var_names=[name], ax=np.array([axis]), kind="vlines")
        label(axis, name, x="rank")


def growth(scalars):
    names = list(scalars.posterior.data_vars)
    _, axes = grid(len(names), 3)
    for axis, name in zip(axes, names, strict=True):
        az.plot_ess(scalars, var_names=[name], kind="evolution", ax=axis)
        label(axis, name, x="draws")
        axis.get_legend().remove()
    axes[0].legend(fontsize=7, frameon=False)  # one is enough


def pairs(scalars):
    draws = scalars.posterior.sizes["chain"] * scalars.posterior.sizes["draw"]
    thinned = scalars.isel(draw=slice(None, None, max(1, draws // MOST_POINTS)))
    few = draws < 500
    axes = az.plot_pair(thinned, figsize=(9, 8), divergences=True,
                        scatter_kwargs={"alpha": 0.7 if few else 0.3, "s": 20 if few else 5},
                        divergences_kwargs={"color": "#d1495b", "markeredgecolor": "none", "ms": 4}, textsize=9)
    for axis in np.ravel(axes):
        axis.set_xlabel(shortened(axis.get_xlabel()))
        axis.set_ylabel(shortened(axis.get_ylabel()))


def energy(result):
    _, axis = plt.subplots(figsize=(9, 3))
    az.plot_energy(result.data, ax=axis)


def predictive_check(result):
    title = "Predictive check"
    if not result.has("observed_data"):
        return Figure(title, "The model observes nothing.")
    if not result.has("posterior_predictive"):
        return Figure(title, "The run kept no predictive draws: its config's output.predictive was false, or 'auto' found "
                             "them too large.")
    return Figure(title, "Data beside data that the fitted model makes: a density each, the cumulative "
                         "share where these are counts, and the values themselves where they are few.",
                  lambda: predictive(result))


def predictive(result):
    made, observed = result.data.posterior_predictive, result.data.observed_data
    names = [name for name in made.data_vars if name in observed][:MOST_SERIES]
    draws = made.sizes["chain"] * made.sizes["draw"]
    thinned = result.data.isel(draw=slice(None, None, max(1, draws // MOST_POINTS)))
    _, axes = grid(len(names), 1, height=3)
    for axis, name in zip(axes, names, strict=True):
        counts = made[name].encoding["dtype"].kind == "i"  # in the file: what may be missing is read as real
        kind, most = kind_of_check(observed[name].values, counts)
        samples = min(most, thinned.posterior_predictive[name].sizes["chain"] * thinned.posterior_predictive[name].sizes["draw"])
        mean = kind != "scatter" or not counts
        az.plot_ppc(thinned, var_names=[name], kind=kind, num_pp_samples=samples, mean=mean, random_seed=0, ax=axis)
        axis.set_xlim(*seen_range(thinned.posterior_predictive[name].values, observed[name].values))
        label(axis, name)
        if axis.get_legend():
            axis.get_legend().remove()
    axes[0].legend(fontsize=7, frameon=False)  # one is enough


def kind_of_check(observed, counts):
    """ArviZ's kind and its number of predictive draws: a curve wants some values that differ, and for counts ArviZ's densities
    are histograms whose bins are others for the data than for the predictions."""
    if observed.size < 5 or np.ptp(observed) == 0:
        return "scatter", 20
    return ("cumulative" if counts else "kde"), 50


def seen_range(made, observed):
    """All of the data, and of the predictions all but the 0.5 % furthest out on either side: of a heavy tail one sees else
    nothing but that."""
    made = made[np.isfinite(made)]
    low, high = np.quantile(made, [0.005, 0.995]) if made.size else (np.min(observed), np.max(observed))
    low, high = min(low, np.min(observed)), max(high, np.max(observed))
    margin = 0.05 * (high - low) or 0.5
    return low - margin, high + margin


MARKS = {"death": ("X", "a rank died"), "reassigned": (">", "went on elsewhere"), "takeover": ("*", "another coordinator"),
         "hung": ("s", "a rank hung"), "stopping": ("v", "was asked to stop"), "continued": ("^", "resumed")}


def timeline(result):
    events = result.events()
    began, chains = events.time.min(), int(result.data.posterior.sizes["chain"])
    _, axis = plt.subplots(figsize=(9, 1.6 + 0.25 * min(chains, 20)))
    shown = set()
    for chain, rank, start, end in sorted(result.stretches(events), key=lambda stretch: stretch[1]):
        axis.barh(chain, end - start, left=start - began, height=0.6, color=plt.get_cmap("tab10")(rank % 10), alpha=0.6,
                  label=None if rank in shown or len(shown) > 9 else f"rank {rank}")
        shown.add(rank)
    for kind, (marker, label) in MARKS.items():
        happened = events[events.kind == kind]
        if len(happened):
            axis.plot(happened.time - began, happened.chain, marker, color="black", label=label)
    step = max(1, chains // 10)
    axis.set_yticks([-1, *range(0, chains, step)], ["run", *map(str, range(0, chains, step))])
    axis.set_ylim(chains - 0.5, -1.5)
    axis.set_xlim(left=0)
    axis.set_xlabel("seconds")
    axis.set_ylabel("chain")
    axis.legend(fontsize=7, frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
