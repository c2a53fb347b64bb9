"""A file that five ranks wrote, as ArviZ sees it."""

import re

import arviz
import numpy

import ranks


class ArviZ(ranks.TestCase):
    def test_it_opens_the_file_and_agrees_with_the_table(self):
        config = ranks.write_config(self.folder, "eight_schools", chains=5, sampler={"draws": 400},
                                    warmup={"iterations": 500}, output={"save_warmup": True})
        result = ranks.run(self.folder, 5, config.name)
        self.assert_codes(result, 0)
        data = arviz.from_netcdf(self.folder / "eight_schools.h5")
        for group in ("posterior", "sample_stats", "observed_data", "constant_data", "warmup_posterior",
                      "warmup_sample_stats"):
            self.assertIn(group, data.groups())
        self.assertEqual(data.posterior.mu.dims, ("chain", "draw"))
        self.assertEqual(data.posterior.theta.shape, (5, 400, 8))
        self.assertEqual(data.posterior.theta.dims[:2], ("chain", "draw"))
        self.assertFalse(any(numpy.isnan(values).any() for values in data.posterior.values()))
        self.assertEqual(data.sample_stats.diverging.dtype, bool)
        self.assertTrue((data.sample_stats.step_size.values[0] == data.sample_stats.step_size.values[4, -1]).all())

        rhat = arviz.rhat(data)
        for name, values in rhat.items():
            for index, value in numpy.ndenumerate(values.values):
                shown = self.shown_rhat(result.out, name, index)
                self.assertAlmostEqual(shown, value, delta=0.0051, msg=f"{name}{index}")

    def shown_rhat(self, table, name, index):
        label = name + (f"[{', '.join(map(str, index))}]" if index else "")
        row = re.search(rf"^\s*{re.escape(label)}\s(.*)$", table, re.MULTILINE)
        self.assertIsNotNone(row, f"{label} in\n{table}")
        return float(row.group(1).split()[-1])


if __name__ == "__main__":
    ranks.main()
