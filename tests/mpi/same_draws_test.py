"""Promise: draws depend on model, data, seed, chain and sampling keys only, not on how many ranks sampled them."""

import ranks


class SameDraws(ranks.TestCase):
    def check(self, model, settings, numbers_of_ranks):
        digests = {}
        for number in numbers_of_ranks:
            folder = self.folder / str(number)
            folder.mkdir()
            config = ranks.write_config(folder, model, **settings)
            result = ranks.run(folder, number, "--quiet", config.name)
            self.assert_codes(result, 0)
            self.assertEqual(len(result.codes), number or 1)
            digests[number] = ranks.digest(folder / f"{model}.h5")
        first = digests[numbers_of_ranks[0]]
        self.assertIn("posterior/mu", first)
        for number in numbers_of_ranks[1:]:
            self.assertEqual(digests[number], first, f"{number} ranks")

    def test_coordinator_warmup_with_the_warmup_saved(self):
        settings = {"chains": 5, "warmup": {"iterations": 300, "settle": 40}, "sampler": {"draws": 200},
                    "output": {"save_warmup": True}}
        self.check("eight_schools", settings, [None, 1, 3, 5])

    def test_independent_warmup(self):
        settings = {"chains": 5, "warmup": {"iterations": 300, "mode": "independent"}, "sampler": {"draws": 200}}
        self.check("eight_schools", settings, [None, 1, 3, 5])

    def test_another_model_both_ways(self):
        for mode in ("coordinator", "independent"):
            with self.subTest(mode):
                self.folder = self.folder / mode
                self.folder.mkdir()
                settings = {"chains": 5, "warmup": {"iterations": 300, "mode": mode}, "sampler": {"draws": 500}}
                self.check("simple", settings, [None, 1, 3, 5])

    def test_ranks_to_spare(self):
        settings = {"chains": 2, "warmup": {"iterations": 200}, "sampler": {"draws": 100}}
        self.check("simple", settings, [None, 1, 5])

    def test_many_chains_wait_their_turn(self):
        settings = {"chains": 12, "warmup": {"iterations": 200}, "sampler": {"draws": 100}}
        self.check("simple", settings, [None, 5])

    def test_another_seed_gives_other_draws(self):
        config = ranks.write_config(self.folder, "simple", chains=1, sampler={"draws": 50})
        for seed in (1, 2):
            result = ranks.run(self.folder, None, "--quiet", "--set", f"seed={seed}", "--set",
                               f"output.file={self.folder}/{seed}.h5", config.name)
            self.assert_codes(result, 0)
        one, two = (ranks.digest(self.folder / f"{seed}.h5") for seed in (1, 2))
        self.assertNotEqual(one["posterior/mu"], two["posterior/mu"])


if __name__ == "__main__":
    ranks.main()
