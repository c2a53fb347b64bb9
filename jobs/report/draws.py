"""A result file as the report wants it: the draws that every chain has, and what happened to the run."""

import json
import logging
import warnings

import arviz as az
import xarray as xr

# Of plots about too few draws, say: the page has the program's own warnings.
warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)


def decode(values):
    return [value.decode() if isinstance(value, bytes) else str(value) for value in values]


class Result:
    """`draws`: how many of each of the `chains` are there; a file that is being written grows behind them. The other chains, those
    that failed and those that wait for their turn, are left out."""

    def __init__(self, path, draws, chains):
        self.path = path
        chains_in_file = xr.open_dataset(path, group="run/chains", engine="h5netcdf").sizes["chain"]
        data = az.from_netcdf(path, engine="h5netcdf").isel(draw=slice(0, draws))
        for name in data.groups():
            group = data[name]
            if name != "run" and group.sizes.get("chain", 0) == chains_in_file:
                setattr(data, name, group.isel(chain=chains))
        self.data = data

    def text(self, group, name):
        return str(self.data[group][name].values)

    def model_name(self):
        return json.loads(self.text("model", "ir")).get("name", "model")

    def has(self, group):
        return group in self.data.groups() and len(self.data[group].data_vars) > 0

    def worst(self, summary, most):
        """(name, selection) of the elements to be looked at first: the largest R-hat; those that vary only."""
        def key(variable):
            return -(variable["rhat"] or 0), variable["ess_bulk"] or 0

        # Plots cannot leave out what is missing; the page's warnings and its table do.
        varying = [variable for variable in summary["variables"] if variable["sd"] and not variable["missing"]]
        chosen = sorted(sorted(varying, key=key)[:most], key=summary["variables"].index)
        return [element(variable["name"]) for variable in chosen]

    def scalars(self, elements):
        """The elements as variables of their own, so that plots take them one by one; with the statistics."""
        posterior = self.data.posterior
        return az.InferenceData(
            posterior=xr.Dataset({label: posterior[name].isel(place).drop_vars(place, errors="ignore")
                                  for label, name, place in (self.place(*found) for found in elements)}),
            sample_stats=self.data.sample_stats)

    def place(self, name, indices):
        """Label, variable, and position along its own dimensions."""
        dims = self.data.posterior[name].dims[2:]
        label = f"{name}[{', '.join(map(str, indices))}]" if indices else name
        return label, name, dict(zip(dims, indices, strict=True))

    def events(self):
        table = xr.open_dataset(self.path, group="run/events", engine="h5netcdf")
        table = table.isel(event=slice(0, int(table["count"]))).to_dataframe()
        for column in ("kind", "host", "action"):
            table[column] = decode(table[column])
        return table

    @staticmethod
    def stretches(events):
        """(chain, rank, from, to): who ran a chain, one rank after the other where ranks died or the run was resumed."""
        running, found = {}, []

        def close(chains, time):
            found.extend((chain, *running.pop(chain), time) for chain in chains)

        last = events.time.min()
        for event in events.itertuples():
            if event.kind == "continued":
                close(list(running), last)
            elif event.kind == "death":
                close([chain for chain, (rank, _) in running.items() if rank == event.rank], event.time)
            elif event.kind in ("started", "reassigned", "completed", "failed"):
                close([event.chain] if event.chain in running else [], event.time)
                if event.kind in ("started", "reassigned"):
                    running[event.chain] = (event.rank, event.time)
            last = event.time
        close(list(running), last)
        return found


def element(name):
    """("theta", (3,)) of "theta[3]"."""
    variable, _, indices = name.rstrip("]").partition("[")
    return variable, tuple(int(index) for index in indices.split(", ")) if indices else ()
