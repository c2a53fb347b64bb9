"""Opens a draw file with the readers that people use, finished and while it is written: readers_test.py PROGRAM."""
import os
import subprocess
import sys
import tempfile
import warnings

warnings.simplefilter("ignore")
import arviz as az
import h5netcdf
import h5py
import netCDF4
import numpy as np
import xarray as xr

CHAINS = 2
DRAWS = 1500
DIMENSIONS = {
    "mu": ("chain", "draw"),
    "theta": ("chain", "draw", "theta_dim_0"),
    "sigma": ("chain", "draw", "sigma_dim_0", "sigma_dim_1"),
}


def expected_mu(draws):
    return 1e6 * np.arange(CHAINS)[:, None] + 100.0 * np.arange(draws) + 3.25


def check_posterior(posterior):
    assert list(posterior.data_vars) == list(DIMENSIONS), "variables are not in the model's order"
    for name, dimensions in DIMENSIONS.items():
        assert posterior[name].dims == dimensions, posterior[name].dims
        assert posterior[name].dtype == np.float64
    for name in ("chain", "draw", "theta_dim_0", "sigma_dim_0", "sigma_dim_1"):
        coordinate = posterior[name].values
        assert coordinate.dtype == np.int64 and np.array_equal(coordinate, np.arange(coordinate.size)), name
    assert np.array_equal(posterior["mu"].values, expected_mu(DRAWS))
    assert np.array_equal(posterior["sigma"].values[1, 7], 1000700.25 + np.array([[7, 8], [9, 10]]))


def check_statistics(statistics):
    assert statistics["diverging"].dtype == bool
    # Whole numbers; xarray makes room for a NaN where there is a _FillValue.
    assert np.issubdtype(statistics["tree_depth"].dtype, np.number)
    assert "_FillValue" in {**statistics["tree_depth"].attrs, **statistics["tree_depth"].encoding}
    assert statistics["diverging"].values[1, :9].tolist() == [False, True] + 6 * [False] + [True]
    assert statistics["tree_depth"].values[0, 12] == 1
    assert statistics["settled"].dims == ("chain",)


def check_arviz(path, engine):
    data = az.from_netcdf(path, engine=engine)
    check_posterior(data.posterior)
    check_statistics(data.sample_stats)
    assert data.posterior.attrs["inference_library"] == "exmc_mpi"
    assert data.observed_data["y"].dims == ("y_dim_0", "y_dim_1")
    assert data.constant_data["k"].item() == 7
    table = az.summary(data)
    assert len(table) == 8 and np.isfinite(table["mean"]).all()


def check_xarray(path, engine):
    with xr.open_datatree(path, engine=engine) as tree:
        check_posterior(tree["posterior"].to_dataset())
        assert str(tree["model"]["ir"].values) == '{"exmc_ir": 1}'
        assert tree["run"]["progress"].values.tolist() == [DRAWS] * CHAINS
        assert tree["run"]["created_at"].shape == ()


def check_netcdf_libraries(path):
    with netCDF4.Dataset(path) as file:
        assert file["posterior/sigma"].dimensions == DIMENSIONS["sigma"]
        assert file["run/writer_host"][...] == os.uname().nodename
    with h5netcdf.File(path, "r") as file:
        assert file["posterior/theta"].dimensions == DIMENSIONS["theta"]


def check_plain_hdf5(path):
    with h5py.File(path, "r") as file:

        def check(name, item):
            if isinstance(item, h5py.Dataset):
                assert not item.id.get_create_plist().get_obj_track_times(), f"{name} carries times"
                if item.shape and item.dims:
                    for axis in range(len(item.shape)):
                        assert item.is_scale or len(item.dims[axis]) == 1, f"{name} axis {axis} has no scale"

        file.visititems(check)
        chunks = file["posterior/mu"].chunks
        assert chunks == (1, DRAWS), chunks


def check_while_written(program, path):
    """The recipe of docs/file-format.md: /run/progress first, then as many draws."""
    draws = 400000
    writer = subprocess.Popen([program, "create", path, str(draws)], stdout=subprocess.PIPE, text=True)
    try:
        assert writer.stdout.readline() == "open\n"
        seen = []
        while len(seen) < 10 or seen[-1] == 0:
            with h5py.File(path, "r") as file:
                durable = int(file["run/progress"][:].min())
                mu = file["posterior/mu"][:, :durable]
            assert np.array_equal(mu, expected_mu(durable))
            seen.append(durable)
        assert writer.poll() is None, "the writer ended before it was read ten times"
        assert seen == sorted(seen)
        intruder = subprocess.run([program, "resume", path, str(draws)], capture_output=True, text=True)
        assert intruder.returncode == 3, intruder
        assert f"is being written by process {writer.pid} on host {os.uname().nodename}" in intruder.stdout
        assert writer.poll() is None, "the writer did not survive its readers"
    finally:
        writer.kill()
        writer.communicate()
    assert subprocess.run([program, "resume", path, str(draws)], capture_output=True).returncode == 0


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "finished.h5")
        subprocess.run([program, "create", path, str(DRAWS)], capture_output=True, check=True)
        for engine in ("h5netcdf", "netcdf4"):
            check_arviz(path, engine)
            check_xarray(path, engine)
        check_netcdf_libraries(path)
        check_plain_hdf5(path)
        check_while_written(program, os.path.join(folder, "live.h5"))
    print("read by ArviZ, xarray, netCDF4, h5netcdf and h5py")


if __name__ == "__main__":
    main()
