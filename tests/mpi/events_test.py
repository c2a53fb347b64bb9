"""/run/events and /run/chains: what happened to a run, as a notebook reads it."""

import os
import pathlib
import re
import signal
import time

import arviz
import h5py
import numpy as np

import ranks


def events(file):
    """Rows of the table, as lists of (kind, rank, chain), and the whole as columns."""
    with h5py.File(file, locking=False) as opened:
        table = opened["run/events"]
        count = int(table["count"][()])
        columns = {name: table[name][:count] for name in ("time", "kind", "rank", "host", "chain", "iteration", "action")}
    rows = [(kind.decode(), int(rank), int(chain))
            for kind, rank, chain in zip(columns["kind"], columns["rank"], columns["chain"])]
    return rows, columns


def chains(file):
    with h5py.File(file, locking=False) as opened:
        return {name: opened[f"run/chains/{name}"][:] for name in ("rank", "host", "began", "ended")}


class Events(ranks.TestCase):
    SETTINGS = {"chains": 3, "warmup": {"iterations": 200}, "sampler": {"draws": 3000}, "output": {"flush_seconds": 0.01}}

    def test_tell_a_calm_run(self):
        for number in (None, 3):
            with self.subTest(number):
                config = ranks.write_config(self.folder, "simple", **self.SETTINGS)
                file = config.with_suffix(".h5")
                before = time.time()
                result = ranks.run(self.folder, number, "--overwrite", config.name)
                self.assert_codes(result, 0)
                rows, columns = events(file)
                self.assertEqual((rows[0], rows[-1]), (("begun", -1, -1), ("ended", -1, -1)))
                for kind in ("started", "completed"):
                    self.assertEqual(sorted(chain for found, _, chain in rows if found == kind), [0, 1, 2])
                self.assertTrue(np.all(np.diff(columns["time"]) >= 0))
                self.assertTrue(before - 1 < columns["time"][0] and columns["time"][-1] < time.time() + 1)
                self.assertEqual(set(columns["host"]), {os.uname().nodename.encode()})
                self.assertNotIn("warning", result.err, "what is routine is not logged")
                table = chains(file)
                self.assertTrue(np.all((table["rank"] >= 0) & (table["rank"] < (number or 3))))
                if number:
                    self.assertEqual(list(table["rank"]), [0, 1, 2])
                self.assertTrue(np.all(table["ended"] >= table["began"]))

    def test_tell_deaths_and_resumes(self):
        config = ranks.write_config(self.folder, "simple", **self.SETTINGS)
        file = config.with_suffix(".h5")
        plan = "EXMC_FAULT_PLAN=rank=1 phase=sampling iteration=500 signal=KILL"
        ranks.run(self.folder, 3, "--quiet", config.name, prefix=["env", plan])
        rows, columns = events(file)
        self.assertIn(("death", 1, 1), rows)
        moved = [index for index, (kind, _, chain) in enumerate(rows) if (kind, chain) == ("reassigned", 1)]
        self.assertEqual(len(moved), 1, rows)
        self.assertNotEqual(rows[moved[0]][1], 1)
        self.assertEqual(chains(file)["rank"][1], rows[moved[0]][1])
        self.assertEqual(ranks.run(self.folder, None, "--quiet", "--resume", "--set", "sampler.draws=4000",
                                   config.name).codes, {0: 0})
        later, columns = events(file)
        self.assertEqual(later[: len(rows)], rows, "the table goes on in the longer file")
        self.assertEqual(later[len(rows)], ("continued", -1, -1))
        self.assertIn(b"4000 draws instead of 3000", columns["action"][len(rows)])
        self.assertEqual(later[-1], ("ended", -1, -1))

    def test_are_told_once_whichever_coordinators_die(self):
        """A worker dies, then one coordinator after the other; the one before has flushed what it told, or has not."""
        for flush_seconds in (0.01, 3600):
            with self.subTest(flush_seconds=flush_seconds):
                folder = pathlib.Path(ranks.tempfile.mkdtemp(dir=self.folder))
                settings = {**self.SETTINGS, "chains": 5, "output": {"flush_seconds": flush_seconds}}
                config = ranks.write_config(folder, "simple", **settings)
                held = [folder / f"held{rank}" for rank in range(5)]
                plan = "; ".join(f"rank={rank} phase=sampling iteration=1000 wait={held[rank]}" for rank in range(5))
                run = ranks.Run(folder, 5, config.name, environment={"EXMC_FAULT_PLAN": plan})
                self.addCleanup(run.process.kill)
                for path in held:
                    run.wait_for(path.exists)
                for victim, told in ((3, "rank 3 .* died"), (0, "rank 1 .* coordinates"), (1, "rank 2 .* coordinates")):
                    os.kill(run.pid(victim), signal.SIGKILL)
                    run.wait_for(lambda: re.search(told, run.err()))
                    time.sleep(1.1)  # each is history before the next
                for survivor in (2, 4):
                    held[survivor].unlink()
                run.finish()
                rows, _ = events(config.with_suffix(".h5"))
                of = {kind: sorted(rank for found, rank, _ in rows if found == kind) for kind in ("death", "takeover")}
                self.assertEqual(of, {"death": [0, 1, 3], "takeover": [1, 2]}, rows)
                for kind in ("started", "completed"):
                    self.assertEqual(sorted(chain for found, _, chain in rows if found == kind), [0, 1, 2, 3, 4], rows)
                for kind in ("reassigned", "resumed"):
                    self.assertEqual(sorted(chain for found, _, chain in rows if found == kind), [0, 1, 3], rows)

    def test_outlive_a_kill(self):
        config = ranks.write_config(self.folder, "simple", **{**self.SETTINGS, "sampler": {"draws": 2000000}})
        run = ranks.Run(self.folder, None, config.name)
        self.addCleanup(run.process.kill)
        file = config.with_suffix(".h5")
        ranks.wait_for(lambda: file.exists() and len(events(file)[0]) >= 3)
        os.kill(run.pid(0), signal.SIGKILL)
        run.finish()
        rows, _ = events(file)
        self.assertEqual(rows[0], ("begun", -1, -1))
        self.assertIn(("started", 0, 0), rows)

    def test_open_in_a_notebook(self):
        config = ranks.write_config(self.folder, "simple", **self.SETTINGS)
        self.assert_codes(ranks.run(self.folder, None, "--quiet", config.name), 0)
        import xarray

        with xarray.open_dataset(config.with_suffix(".h5"), group="run/events", engine="h5netcdf") as table:
            frame = table.isel(event=slice(0, int(table["count"]))).drop_vars(["count", "missed"]).to_dataframe()
        self.assertEqual(frame["kind"].iloc[0], b"begun")
        self.assertEqual(list(frame.columns), ["time", "kind", "rank", "host", "chain", "iteration", "action"])
        self.assertEqual(int(arviz.from_netcdf(config.with_suffix(".h5")).posterior.sizes["draw"]), 3000)


if __name__ == "__main__":
    ranks.main()
