"""Runs every model of the gallery with default settings: does it converge, and is the truth found?

    bench/gallery/run.py [--program exmc_mpi] [--models REGEX] [--seeds 1] [--json FILE] [--page]

A row a model: dimension, seconds of CPU, worst R-hat, least effective sample size, verdict. --page writes docs/gallery.md and its pictures
from the first seed's runs."""

import argparse
import json
import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/user"), str(pathlib.Path(__file__).resolve().parent)]
import gallery  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/exmc_mpi"))
    parser.add_argument("--models", default="")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--json")
    parser.add_argument("--page", action="store_true")
    options = parser.parse_args()
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in filter(lambda name: re.search(options.models, name), gallery.names()):
            for seed in range(1, options.seeds + 1):
                summary, file, cpu = gallery.run(options.program, name, folder, seed)
                faults = gallery.faults(summary, gallery.TRUTH[name])
                rows = [row for row in summary["variables"] if row["rhat"] is not None]
                figures = {"elements": len(summary["variables"]), "cpu": round(cpu, 2), "rhat": max(row["rhat"] for row in rows),
                           "ess": min(min(row["ess_bulk"], row["ess_tail"]) for row in rows), "faults": faults}
                results.setdefault(name, []).append(figures)
                print(f"{name:20} {seed:3} {figures['elements']:5} {cpu:7.1f} s  R-hat {figures['rhat']:.4f}  ESS {figures['ess']:6.0f}  "
                      + ("; ".join(faults[:3]) or "ok"), flush=True)
                if options.page and seed == 1:
                    import page
                    page.draw(name, file, gallery.TRUTH[name])
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(results, indent=1) + "\n")
    if options.page:
        import page
        page.write({name: runs[0] for name, runs in results.items()})
    return any(figures["faults"] for runs in results.values() for figures in runs)


if __name__ == "__main__":
    sys.exit(main())
