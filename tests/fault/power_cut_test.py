"""Cuts the power of a disk that the writer of a draw file writes to, on paper: power_cut_test.py PROGRAM [--seed S].

Every write and fsync of a run is recorded by strace. A power cut then keeps what was written before the last fsync and a
random half of the 512-byte sectors written since, as a disk that reorders writes may. What had been reported written by
then must be in the file, and so must all that /run/progress counts.
"""
import argparse
import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

import h5py
import numpy as np
from kill_writer_test import COLUMNS, expected

DRAWS = 3000
CUTS = 150
SECTOR = 512
CALL = re.compile(r'^(pwrite64|write|fdatasync)\((\d+)(?:, "(.*)", (\d+)(?:, (\d+))?)?\) += (\d+)$')


def record(program, path):
    """-> events in order: ("write", offset, bytes), ("sync",), ("report", counts of the chains)"""
    trace = path + ".trace"
    calls = "trace=pwrite64,write,fdatasync"
    subprocess.run(
        ["strace", "-f", "-qq", "-xx", "-s", "4000000", "-e", calls, "-e", "signal=none", "-o", trace]
        + [program, "create", path, str(DRAWS)],
        check=True,
        capture_output=True,
    )
    events = []
    for line in open(trace):
        call = CALL.match(line.split(maxsplit=1)[1] if line[0].isdigit() else line)
        if not call:
            raise SystemExit(f"not understood: {line[:100]}")
        name, descriptor, data, _, offset, _ = call.groups()
        content = ast.literal_eval(f'b"{data}"') if data is not None else b""
        if name == "fdatasync":
            events.append(("sync",))
        elif name == "pwrite64":
            events.append(("write", int(offset), content))
        elif descriptor == "1" and content.startswith(b"written "):
            events.append(("report", [int(count) for count in content.split()[1:]]))
    return events


def disk_after_cut(events, cut, size, generator):
    """The bytes that a cut before event number `cut` may leave."""
    last_sync = max((i for i in range(cut) if events[i][0] == "sync"), default=0)
    disk = bytearray(size)
    for i, event in enumerate(events[:cut]):
        if event[0] != "write":
            continue
        _, begin, content = event
        end = begin + len(content)
        while begin < end:
            edge = min(end, (begin // SECTOR + 1) * SECTOR)
            if i < last_sync or generator.random() < 0.5:
                disk[begin:edge] = content[len(content) - (end - begin) : len(content) - (end - edge)]
            begin = edge
    return bytes(disk)


def is_lost(path, reported):
    """Whether something is missing that was reported or is counted."""
    with h5py.File(path, "r") as file:
        progress = file["run/progress"][:]
        if np.any(progress < reported):
            return True
        for name, column in COLUMNS.items():
            values = file[name][:]
            for chain, count in enumerate(progress):
                truth = expected(chain, DRAWS, column, values.shape[2:])
                if not np.array_equal(values[chain, :count], truth[:count]):
                    return True
    return False


def losses(events, reference, folder, generator, program=None):
    """Number of cuts after the first report that lost something; every tenth file is resumed when a program is given."""
    first = next(i for i, event in enumerate(events) if event[0] == "report")
    size, lost = os.path.getsize(reference), 0
    path = os.path.join(folder, "cut.h5")
    for number in range(CUTS):
        cut = generator.randint(first + 1, len(events))
        reports = [event[1] for event in events[:cut] if event[0] == "report"]
        with open(path, "wb") as file:
            file.write(disk_after_cut(events, cut, size, generator))
        lost += is_lost(path, reports[-1])
        if program and number % 10 == 0:
            resumed = subprocess.run([program, "resume", path, str(DRAWS)], capture_output=True, text=True)
            if not resumed.stdout.endswith("finished\n") or is_lost(path, [DRAWS, DRAWS]):
                print(f"a resume after a power cut failed: {resumed.stdout[-200:]}")
                lost += 1
    return lost


def without_first_sync_of_each_flush(events):
    """What a writer does that counts its draws before they are durable: the mistake that this test has to notice."""
    start = next(i for i, event in enumerate(events) if event[0] == "report")
    syncs = [i for i, event in enumerate(events) if event[0] == "sync" and i > start]
    return [event for i, event in enumerate(events) if i not in syncs[::2]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    options = parser.parse_args()
    if not shutil.which("strace") or subprocess.run(["strace", "-qq", "-o", "/dev/null", "true"]).returncode != 0:
        print("SKIPPED: strace is not installed, or not allowed to trace here")
        return 0
    print(f"seed {options.seed}", flush=True)
    generator = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        reference = os.path.join(folder, "reference.h5")
        events = record(options.program, reference)
        complete = disk_after_cut(events + [("sync",)], len(events) + 1, os.path.getsize(reference), generator)
        assert complete == open(reference, "rb").read(), "the recorded writes do not make up the file"

        lost = losses(events, reference, folder, generator, options.program)
        caught = losses(without_first_sync_of_each_flush(events), reference, folder, generator)
    print(f"{CUTS} power cuts: {lost} lost draws; {caught} do where a flush lacks its first fsync")
    return 1 if lost or not caught else 0


if __name__ == "__main__":
    sys.exit(main())
