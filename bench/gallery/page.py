"""docs/gallery.md: each model with its IR, the time of a run and one picture."""

import pathlib

import h5py
import matplotlib
import numpy as np

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "exmc_mpi"  # equal pictures, equal files
from matplotlib import pyplot  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BLUE, ORANGE = "#3b6ea5", "#d1783c"
INTRODUCTION = """# Gallery

Well-known models, each with data made from parameters that are known ([make_gallery.py](../tests/python/make_gallery.py)). All converge with default
settings (the horseshoe has one divergence in some runs); `exmc_mpi configs/gallery/NAME.json` runs one. Pictures: posterior intervals (50 and 90 %) of what the data was made with, which the dots show.
Seconds are those of CPU of five chains of 1000 draws, {machine}.

"""


def draw(name, file, truth):
    """Intervals of the parameters whose truth is known."""
    labels, intervals, values = [], [], []
    with h5py.File(file) as run:
        for variable, true in truth.items():
            draws = run["posterior"][variable][...].reshape(-1, np.size(true))
            many = np.size(true) > 1
            for index, value in enumerate(np.ravel(true)):
                labels.append(f"{variable}[{index}]" if many else variable)
                intervals.append(np.quantile(draws[:, index], [0.05, 0.25, 0.75, 0.95]))
                values.append(value)
    figure, axes = pyplot.subplots(figsize=(6, 0.6 + 0.22 * len(labels)))
    for row, (low, inner, upper, high) in enumerate(intervals):
        axes.plot([low, high], [row, row], color=BLUE, linewidth=1.2)
        axes.plot([inner, upper], [row, row], color=BLUE, linewidth=4, solid_capstyle="butt")
    axes.plot(values, range(len(values)), "o", color=ORANGE, markersize=4)
    axes.set_yticks(range(len(labels)), labels, fontsize=8)
    axes.invert_yaxis()
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    (ROOT / "docs/gallery").mkdir(exist_ok=True)
    figure.savefig(ROOT / f"docs/gallery/{name}.svg", metadata={"Date": None})
    pyplot.close(figure)


def processor():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    model = next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    flags = next(line for line in lines if line.startswith("flags"))
    return f"on an {model} " + ("with AVX-512" if " avx512f" in flags else "without AVX-512")


def write(results):
    text = INTRODUCTION.format(machine=processor())
    for name, figures in results.items():
        model = (ROOT / f"configs/gallery/{name}.json").read_text().splitlines()
        told = [line.removeprefix("// ") for line in model if line.startswith("//")]
        model = model[len(told):]
        text += f"## {name.replace('_', ' ')}\n\n" + " ".join(told) + "\n\n"
        text += (f"{figures['cpu']:.1f} s of CPU, {figures['elements']} numbers a draw, R-hat {figures['rhat']:.4f}, least effective sample size "
                 f"{figures['ess']:.0f}.\n\n![{name}](gallery/{name}.svg)\n\n```jsonc\n" + "\n".join(model) + "\n```\n\n")
    (ROOT / "docs/gallery.md").write_text(text.rstrip() + "\n")
