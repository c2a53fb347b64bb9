"""The page docs/scoreboard.md, made of a race's runs; every sentence that holds a figure is written from them."""

import bars
import harness
import measures
import ranks
from models import OF_THE_FIELD, SEVEN
from summary import US

# The system that this one takes the place of, five nodes; its own figures, measured elsewhere.
OLD_OVER_PYMC = dict(zip(SEVEN, [0.84, 1.24, 0.89, 0.66, 1.32, 0.12, 0.73]))
OLD_SCALING = "3.92 … 1.73"

HOW = f"""\
## What is measured, and how

    bench/race/run.sh            sets up, builds, races and writes this page (hours); --resume goes on where it was stopped,
                                 --report writes the page again from the runs that are kept
    bench/race/run.sh --quick    two models, one seed (five minutes, once the peers are set up); writes below build/race only

All contenders get the same model and data: the seven of the race, and eight of the field, these written non-centred, as the
peers want them ({", ".join(list(OF_THE_FIELD)[:5])},
{", ".join(list(OF_THE_FIELD)[5:])}). Each runs with the defaults of its own program for everything but the number
of chains and 1000 draws a chain: four chains, but for `exmc, 5 ranks` (mpirun with five ranks, a chain each) and `exmc, 1 chain`.

- **Answers first.** Every contender's first run of a model, with its caches emptied, is held against a reference
  (quadrature, posteriordb, or long runs of another sampler). A mean beyond {measures.MAX_ERROR:g} Monte Carlo standard errors:
  wrong, and not timed. Only then are the runs that count made, in turns: all contenders on a model before the next model, all models before the
  next seed, and each seed begins with another contender. Five ranks run the seven with {bars.SEEDS} seeds, for their first bar.
- **ESS**: the lesser of bulk and tail, of the worst scalar among the free parameters (ArviZ, rank-normalised). It counts only
  if the largest R-hat is at most {measures.MAX_RHAT}: a run beyond that has none, and where half of the runs have none there is a dash.
- **wall s, CPU s**: warm-up and draws, without compiling, by each program's own clock (PyMC's own `sampling_time`; Stan's four
  processes from the first start to the last end). exmc's wall includes writing the draws to disk; its CPU is that of the same
  chains in one process less that of a run that hardly samples, so neither contains MPI's start.
- **gradients k**: thousands, warm-up + draws of all chains. walnutpie tells only their sum, and no divergences.
- **ESS/gradient**: of the draws' gradients (walnutpie: of all, a lower bound).
- **end to end**: from the start of the process (mpirun, Python, Stan's program) to its end. *Cold*: with nothing compiled;
  Stan's headers and driver are precompiled, as CmdStan's installation does. exmc's includes its file, log likelihoods,
  predictive draws and the printed summary; the peers' stop at the draws.
- Stan: CmdStan's sampler compiled from PyPI's headers (`stanc --O1`, `-O3`, this processor's instructions), logistic, horseshoe
  and earnings with its GLM functions; walnutpie samples Stan's compiled programs. PyMC and nutpie as pip installs them (PyTensor
  then says that it finds no BLAS, which costs PyMC most on logistic, horseshoe and earnings).
- Five ranks against one: {ranks.MODEL} with five chains, as many draws as take {ranks.CPU_SECONDS} CPU-seconds; the same draws on
  five ranks and on one, in turns, {ranks.REPETITIONS} times; CPU of all processes, launcher and MPI's start included.
- Medians over seeds, in brackets the least and the greatest."""


def number(value):
    if value is None:
        return "–"
    if value == 0:
        return "0"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def ranged(of):
    if of is None:
        return "–"
    return number(of.middle) if of.low == of.high else f"{number(of.middle)} [{number(of.low)} – {number(of.high)}]"


def gradients(summary):
    thousands = lambda of: number(of.middle / 1000) if of else None
    return " + ".join(filter(None, [thousands(summary.of("warmup_gradients")), thousands(summary.of("draw_gradients"))]))


HEADER = ["contender", "converged", "R-hat", "div", "bulk", "tail", "wall s", "CPU s", "gradients k", "ESS/s", "ESS/CPU-s",
          "ESS/gradient", "end to end s", "cold s"]


def row(label, summary):
    middles = [f"{summary.of('rhat').middle:.3f}", ranged(summary.of("divergences")), number(summary.of("bulk").middle),
               number(summary.of("tail").middle)]
    costs = [ranged(summary.of("wall")), ranged(summary.of("cpu")), gradients(summary)]
    rates = [ranged(of) for of in (summary.rate(), summary.ess_per("cpu"), summary.ess_per("draw_gradients"))]
    ends = [ranged(summary.of("end_to_end")), number(summary.cold())]
    return [label, f"{summary.converged}/{len(summary.timed)}", *middles, *costs, *rates, *ends]


def model_tables(board, labels):
    for model in board.models:
        rows = [row(labels[name], board.of(model, name)) for name in board.contenders if board.of(model, name).timed]
        if rows:
            yield f"### {model}\n\n{harness.markdown(HEADER, rows)}"


def bars_section(board, five_ranks):
    found = [bar for bar in bars.bars(board, five_ranks) if bar.results]
    table = harness.markdown(["bar", "met"], [[bar.title, f"{bar.met} of {len(bar.results)}"] for bar in found])
    listed = lambda bar: "; ".join(f"{model} {text}" for model, text in bar.missed())
    misses = [f"- {bar.title}: {listed(bar)}." for bar in found if bar.missed()]
    diverging = [f"{model} ({name}: {count:g})" for model, name, count in bars.diverging(board)]
    if diverging:
        misses.append("- Runs with divergences, in the median: " + ", ".join(diverging) + ".")
    said = "\n\nWhere a bar is missed, by how much and by what of it:\n\n" + "\n".join(misses) if misses else "\n\nNone is missed."
    return f"## The bars\n\n{table}{said}"


def overview(board):
    """How many times the others' figures, a row a model."""
    if board.models and "exmc" not in board.contenders:
        return ""
    rows = []
    for model in board.models or SEVEN:
        peer = board.best_peer(model)
        scaling, of_draws = board.scaling(model)
        cold, cached = (board.start_advantage(model, cold) for cold in (True, False))
        times = lambda found: f"{found[0]:.3g} ({found[1]})" if found else "–"
        best = (board.advantage(model, peer), peer) if peer and board.of(model, "exmc").counts else None
        rows.append([model, board.advantage(model, "pymc"), OLD_OVER_PYMC.get(model), times(best), times(cold), times(cached),
                     scaling, of_draws])
    header = ["model", "ESS/s over PyMC's", "the old system's", "over the best peer's", "start to end, cold", "cached",
              "5 ranks over 1 chain, ESS/s", "draws/s"]
    return f"""## How many times the others' figures

{harness.markdown(header, rows)}

exmc in one process with four chains. The best peer: of Stan, nutpie and walnutpie the one with most ESS/s that converges (–: none
does, or exmc does not). Start to end: the quickest peer's time over exmc's. The old system's column (Exmc on five nodes over PyMC)
and its scaling over the seven, {OLD_SCALING} from one node to five, were **measured elsewhere**, on other machines by its own
programs: they stand beside these and are not to be divided by them. Five ranks gain no more than the cores that they have."""


def absent(board, labels, missing):
    lines = [f"- {labels.get(name, name)}: not here, {why}." for name, why in missing.items()]
    unheld = [model for model in board.models if not board.held_to_a_reference(model)]
    if unheld:
        lines.append(f"- No reference yet that answers could be held against: {', '.join(unheld)}.")
    for model in board.models:
        for name in board.contenders:
            summary = board.of(model, name)
            lines += [f"- {model}, {labels[name]}: {failure}." for failure in summary.failures]
            if summary.wrong:
                worst = max(run["error"] for run in summary.wrong)
                lines.append(f"- {model}, {labels[name]}: a posterior mean {worst:.1f} standard errors from the reference, "
                             "so these runs do not count.")
    return "## What is not there\n\n" + "\n".join(lines) if lines else ""


def where(record):
    vectors = record["vectors"] + (f", held to {record['level']}" if record["level"] else "")
    return f"{record['cores']} cores of {record['processor']} ({vectors}), {record['date'][:10]}"


def page(board, record, labels):
    if not board.models:
        return f"# Scoreboard\n\nNo race has been run on a machine with nothing else to do yet.\n\n{overview(board)}\n\n{HOW}\n"
    versions = "".join(f", {name} {version}" for name, version in record["versions"].items())
    counts = [len(board.of(model, name).timed) for model in board.models for name in board.contenders if name != "exmc-5"]
    seeds = max(counts, default=0)
    head = f"""# Scoreboard

How this program stands beside Stan, nutpie, walnutpie and PyMC: {seeds} seed{"s" if seeds > 1 else ""}, {where(record)}.
Written by `bench/race/run.sh`, not by hand; raw results: [bench/results/race.json](../bench/results/race.json).

exmc revision {record['revision']}, {record['compiler']} {record['flags']}, {record['mpi']}{versions}; load before
the race {record['load_before']:.1f}.

![Effective draws per second](scoreboard-ess.svg)

![From start to end](scoreboard-start.svg)"""
    ours = [name for name in US if name in board.contenders]
    of_bars = bars_section(board, record.get("five_ranks")) if ours else ""
    parts = [head, of_bars, overview(board), "## All figures", *model_tables(board, labels),
             absent(board, labels, record["missing"]), HOW]
    return "\n\n".join(filter(None, parts)) + "\n"
