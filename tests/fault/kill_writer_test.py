"""SIGKILLs the writer of a draw file at random instants: kill_writer_test.py PROGRAM [--kills N] [--seed S].

After each kill, h5py must open the file as it is and find every draw that was reported written, bit for bit; what is
missing must look missing; and a resumed writer must finish the file to the bytes of an undisturbed one.
"""
import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np
import xarray as xr

DRAWS = 20000
COLUMNS = {"sample_stats/lp": 0, "posterior/mu": 3, "posterior/theta": 4, "posterior/sigma": 7}


def expected(chain, draws, column, shape):
    """What small_rows() of tests/unit/io/small_layout.hpp puts there."""
    elements = int(np.prod(shape, dtype=int))
    flat = chain * 1e6 + np.arange(draws)[:, None] * 100.0 + column + np.arange(elements) + 0.25
    return flat.reshape((draws, *shape))


def problems(path, written):
    """What is wrong with a file whose writer died after reporting `written` draws of each chain."""
    found = []
    with h5py.File(path, "r") as file:
        progress = file["run/progress"][:]
        if np.any(progress < written):
            found.append(f"reported {written}, /run/progress says {progress.tolist()}")
        for name, column in COLUMNS.items():
            values = file[name][:]
            for chain in range(len(progress)):
                truth = expected(chain, DRAWS, column, values.shape[2:])
                kept = max(int(progress[chain]), written[chain])
                if not np.array_equal(values[chain, :kept], truth[:kept]):
                    found.append(f"{name} of chain {chain} lost draws before {kept}")
                later, later_truth = values[chain, kept:], truth[kept:]
                if not np.all(np.isnan(later) | (later == later_truth)):
                    found.append(f"{name} of chain {chain} has foreign values after {kept}")
    with xr.open_datatree(path, engine="h5netcdf") as tree:
        if tree["posterior"].sizes["draw"] != DRAWS:
            found.append("xarray sees another number of draws")
    return found


def raw_data_extents(path):
    """Byte ranges of everything that may change after the file was made: draws, progress, states, the writer's name."""
    extents = []

    def visit(name, item):
        if not isinstance(item, h5py.Dataset):
            return
        if item.chunks is not None:
            for number in range(item.id.get_num_chunks()):
                info = item.id.get_chunk_info(number)
                extents.append((info.byte_offset, info.byte_offset + info.size))
        elif name.startswith("run/") or name == "sample_stats/settled":
            if item.id.get_offset() is not None:
                extents.append((item.id.get_offset(), item.id.get_offset() + item.id.get_storage_size()))

    with h5py.File(path, "r") as file:
        file.visititems(visit)
    return extents


def metadata(path):
    """The bytes of the file with all that may change blanked."""
    content = bytearray(open(path, "rb").read())
    for begin, end in raw_data_extents(path):
        content[begin:end] = bytes(end - begin)
    return bytes(content)


def run_and_kill(command, delay, once_open):
    """Kills the writer `delay` seconds after its start, or after its file was there.
    -> (whether it was alive, lines it printed, draws it reported)."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    if once_open:
        process.stdout.readline()
    time.sleep(delay)
    alive = process.poll() is None
    process.send_signal(signal.SIGKILL)
    lines = process.stdout.read().decode().splitlines()
    process.wait()
    reports = [[int(count) for count in line.split()[1:]] for line in lines if line.startswith("written ")]
    return alive, lines, reports[-1] if reports else [0, 0]


def undisturbed(program, path):
    start = time.monotonic()
    lines = subprocess.run([program, "create", path, str(DRAWS)], capture_output=True, text=True, check=True).stdout
    assert lines.endswith("finished\n"), lines
    return time.monotonic() - start


def same_draws(path, reference):
    with h5py.File(path, "r") as ours, h5py.File(reference, "r") as theirs:
        return all(np.array_equal(ours[name][:], theirs[name][:]) for name in [*COLUMNS, "run/progress"])


def campaign(program, folder, kills, duration, generator, mistake=()):
    """Kills `kills` writers that were alive. -> (kills, unmade files, list of problems, paths)."""
    done, unmade, found, paths = 0, 0, [], []
    while done < kills:
        path = os.path.join(folder, f"{'early' if mistake else 'kill'}{done}.h5")
        alive, lines, written = run_and_kill(
            [program, "create", path, str(DRAWS), *mistake], generator.uniform(0, duration), bool(mistake)
        )
        if not alive:
            os.remove(path)
            continue
        done += 1
        if not os.path.exists(path):
            unmade += 1
            if lines:
                found.append("no file after the writer said it was open")
            continue
        try:
            found += problems(path, written)
        except OSError as error:
            found.append(f"not readable: {error}")
        paths.append(path)
    return unmade, found, paths


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    generator = random.Random(options.seed)

    with tempfile.TemporaryDirectory() as folder:
        reference = os.path.join(folder, "reference.h5")
        duration = undisturbed(options.program, reference)

        unmade, found, paths = campaign(options.program, folder, options.kills, duration, generator)
        reference_metadata = metadata(reference)
        for path in paths:
            if metadata(path) != reference_metadata:
                found.append("the file's metadata depend on when its writer was killed")
        resumed = paths[:: max(1, len(paths) // 10)]
        for path in resumed:
            subprocess.run([options.program, "resume", path, str(DRAWS)], capture_output=True, check=True)
            if not same_draws(path, reference):
                found.append("a resumed file differs from an undisturbed one")
        print(f"{options.kills} kills within {duration:.2f} s: {unmade} before the file had its name, "
              f"{len(paths)} files read back, {len(resumed)} resumed, {len(found)} problems")
        print(*sorted(set(found)), sep="\n")

        _, caught, _ = campaign(options.program, folder, 8, duration, generator, ["early"])
        print(f"the writer that reports too early was caught {len(caught)} times")
        return 1 if found or not caught else 0


if __name__ == "__main__":
    sys.exit(main())
