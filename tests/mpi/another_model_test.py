"""A rank that rebuilds another model than rank 0 has (a program with that mistake): nothing is sampled."""

import ranks


class AnotherModel(ranks.TestCase):
    def run_on(self, number):
        config = ranks.write_config(self.folder, "simple", warmup={"iterations": 50}, sampler={"draws": 50})
        return ranks.run(self.folder, number, "--quiet", config.name)

    def test_it_is_named_and_no_rank_samples(self):
        result = self.run_on(3)
        self.assertEqual(result.codes, {0: 4, 1: 4, 2: 4}, result.err)
        self.assertEqual(len(result.complaints()), 1, result.err)
        self.assertRegex(result.complaints()[0], "rank 1 .*rebuilt another model than rank 0 from the same bytes")
        self.assertFalse((self.folder / "simple.h5").exists())

    def test_the_mistake_is_that_ranks_alone(self):
        self.assert_codes(self.run_on(1), 0)


if __name__ == "__main__":
    ranks.main()
