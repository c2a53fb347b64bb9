"""What ArviZ 1 makes of a file, as JSON: arviz1_reads.py FILE. Run by arviz1_test.py with the Python that has it."""

import json
import sys
import warnings

import matplotlib

matplotlib.use("Agg")
warnings.simplefilter("ignore")
import arviz as az  # noqa: E402


def numbers(table):
    return {column: dict(zip(table.index, map(float, table[column]), strict=True)) for column in table}


def summary(data):
    """With the tails of the program, and of ArviZ 0.23; those that ArviZ 1 takes by default are others."""
    table = az.summary(data, round_to="none")
    tails = az.ess(data, method="tail", prob=(0.05, 0.95))
    table["ess_tail"] = [value for variable in tails.data_vars for value in tails[variable].values.ravel()]
    return numbers(table)


def read(file, engine):
    data = az.from_netcdf(file, engine=engine)
    loo = az.loo(data, pointwise=True)
    return {
        "groups": sorted(data.children),
        "dims": {group: list(data[group]["obs"].dims) for group in ("observed_data", "posterior_predictive", "log_likelihood")},
        "school": [str(name) for name in data["posterior"].school.values],
        "summary": summary(data),
        "rhat": az.rhat(data)["theta"].values.tolist(),
        "ess": az.ess(data)["theta"].values.tolist(),
        "loo": {"elpd": float(loo.elpd), "pointwise": {str(place.school.values): float(place) for place in loo.elpd_i}},
        "plots": [type(plot(data)).__name__ for plot in (az.plot_trace, az.plot_rank, az.plot_energy, az.plot_ppc_dist)]}


if __name__ == "__main__":
    found = {engine: read(sys.argv[1], engine) for engine in ("netcdf4", "h5netcdf")}
    print(json.dumps({"version": az.__version__, "python": list(sys.version_info[:2]), "engines": found}))
