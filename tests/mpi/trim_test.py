"""--trim: a file of the draws that every chain of an unfinished run has that has some."""

import arviz
import h5py
import numpy as np

import ranks

SETTINGS = {"chains": 4, "warmup": {"iterations": 300, "settle": 40}, "sampler": {"draws": 3000},
            "output": {"flush_seconds": 0.005, "save_warmup": True}}


class Trimming(ranks.TestCase):
    def test_keeps_what_every_chain_has(self):
        config = ranks.write_config(self.folder, "eight_schools", **SETTINGS)
        plan = "EXMC_FAULT_PLAN=rank=0 phase=before_fsync iteration=8 signal=KILL"
        ranks.run(self.folder, None, "--quiet", config.name, prefix=["env", plan])
        file = config.with_suffix(".h5")
        with h5py.File(file, locking=False) as opened:
            progress = opened["run/progress"][:]
        result = ranks.run(self.folder, None, "--trim", file.name, "trimmed.h5")
        if progress.max() == 0:
            self.assertEqual(result.codes, {0: 3})
            ranks.run(self.folder, None, "--quiet", "--resume", config.name)
            progress = np.full(SETTINGS["chains"], SETTINGS["sampler"]["draws"])
            result = ranks.run(self.folder, None, "--trim", file.name, "trimmed.h5")
        self.assert_codes(result, 0)
        reads = np.flatnonzero(progress)
        common = int(progress[reads].min())
        self.assertEqual(ranks.run(self.folder, None, "--status", "trimmed.h5").codes, {0: 0})
        data = arviz.from_netcdf(self.folder / "trimmed.h5")
        with h5py.File(file) as opened:
            for name in ("mu", "theta"):
                np.testing.assert_array_equal(data.posterior[name], opened[f"posterior/{name}"][reads, :common])
            np.testing.assert_array_equal(data.sample_stats["tree_depth"],
                                          opened["sample_stats/tree_depth"][reads, :common])
            np.testing.assert_array_equal(data.warmup_posterior["tau"], opened["warmup_posterior/tau"][reads])
        self.assertEqual(ranks.run(self.folder, None, "--trim", file.name, "trimmed.h5").codes, {0: 2})
        self.assertEqual(ranks.run(self.folder, None, "--trim", file.name, file.name).codes, {0: 2})
        self.assertEqual(ranks.run(self.folder, None, "--trim", "--overwrite", file.name, "trimmed.h5").codes, {0: 0})


if __name__ == "__main__":
    ranks.main()
