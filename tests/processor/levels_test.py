"""A portable build's program runs as what was compiled for the highest level of x86-64 that the processor has, or for the
one that EXMC_PROCESSOR names, and the draws are the same to the last bit."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mpi"))
import ranks  # noqa: E402

LEVELS = ["x86-64", "x86-64-v3", "x86-64-v4"]  # from the least
# What the levels add, as Linux calls it.
FLAGS = {"x86-64": set(), "x86-64-v3": {"avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"},
         "x86-64-v4": {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}}
MODELS = ["simple", "medium", "stress", "eight_schools", "funnel", "logistic", "sv"]


def supported_levels():
    flags = set(re.search(r"^flags\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)[1].split())
    missing = [level for level in LEVELS if not FLAGS[level] <= flags]
    return LEVELS[:LEVELS.index(missing[0])] if missing else LEVELS


SUPPORTED = supported_levels()


def runnable():
    """Levels that were built and that this processor has, from the least."""
    return [level for level in SUPPORTED if level in ["x86-64", *ranks.programs.levels.split(",")]]


def bits_of(variant):
    """What the program of that level, or with the mistake, prints: a line for each distribution and random program."""
    return subprocess.run([f"{ranks.programs.bits}/density_bits_{variant}"], capture_output=True, text=True, check=True,
                          timeout=ranks.HANG_LIMIT).stdout.splitlines()


def on_rank_1(setting):
    """What goes before the program, so that it has this setting in its environment on rank 1 alone."""
    return ["sh", "-c", f'[ "$OMPI_COMM_WORLD_RANK" != 1 ] || export {setting}; exec "$@"', "sh"]


class Levels(ranks.TestCase):
    def command(self, *args, program=None, level=None):
        environment = {key: value for key, value in os.environ.items() if key != "EXMC_PROCESSOR"}
        if level is not None:
            environment["EXMC_PROCESSOR"] = level
        return subprocess.run([program or ranks.programs.exmc, *map(str, args)], cwd=self.folder, capture_output=True,
                              text=True, env=environment, timeout=ranks.HANG_LIMIT)

    def level_of(self, **how):
        result = self.command("--version", **how)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return re.search(r"^Processor: .*; gradients for (\S+)$", result.stdout, re.MULTILINE)[1]

    def copied_bin(self, *levels):
        """The program of bin/ in a folder of its own, beside these levels only."""
        bin_folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder)) / "bin"
        bin_folder.mkdir()
        shutil.copy(ranks.programs.exmc, bin_folder)
        there = bin_folder.parent / "libexec/exmc_mpi"
        there.mkdir(parents=True)
        for level in levels:
            (there / level).symlink_to(pathlib.Path(ranks.programs.exmc).parents[1] / "libexec/exmc_mpi" / level)
        return bin_folder / "exmc_mpi"

    def assert_refused(self, result, code, message):
        self.assertEqual((result.returncode, result.stdout), (code, ""))
        self.assertRegex(result.stderr, rf"\A{message}\n\Z")

    def digest_of(self, model, level):
        # Enough of a warm-up that a last bit would show.
        config = ranks.write_config(self.folder, model, chains=1, warmup={"iterations": 150}, sampler={"draws": 20},
                                    output={"log_likelihood": True, "predictive": True})
        result = self.command("--quiet", "--overwrite", config.name, level=level)
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)
        return ranks.digest(self.folder / f"{model}.h5")

    def test_the_highest_level_that_the_processor_has(self):
        self.assertEqual(self.level_of(), runnable()[-1])
        self.assertEqual(self.level_of(level=""), runnable()[-1])

    def test_the_environment_chooses(self):
        for level in runnable():
            with self.subTest(level):
                self.assertEqual(self.level_of(level=level), level)

    def test_a_level_that_there_is_not(self):
        self.assert_refused(self.command("--version", level="native"), 2,
                            'exmc_mpi: EXMC_PROCESSOR: found "native", expected x86-64, x86-64-v3 or x86-64-v4')
        self.assert_refused(self.command("--version", level="two\nlines" + 1000 * "a"), 2,
                            r'exmc_mpi: EXMC_PROCESSOR: found "two\?linesa{31}", expected .*')

    def test_a_level_that_the_processor_lacks(self):
        if SUPPORTED == LEVELS:
            self.skipTest("this processor has all levels")
        lacking = LEVELS[len(SUPPORTED)]
        self.assert_refused(self.command("--version", level=lacking), 2,
                            f"exmc_mpi: EXMC_PROCESSOR: found {lacking}, which this processor lacks")

    def test_one_rank_of_a_host_complains(self):
        result = ranks.run(self.folder, 3, "--version", environment={"EXMC_PROCESSOR": "native"})
        self.assert_codes(result, 2)
        self.assertEqual(len(result.complaints()), 1, result.err)

    def test_where_the_highest_was_not_built_the_next_one_runs(self):
        if len(runnable()) == 1:
            self.skipTest("this processor has no level but the first of those that were built")
        lower = runnable()[:-1]
        self.assertEqual(self.level_of(program=self.copied_bin(*lower)), lower[-1])

    def test_a_program_without_any_level(self):
        program = self.copied_bin()
        self.assert_refused(self.command("--version", program=program), 3,
                            f"exmc_mpi: cannot start {program.parent}/../libexec/exmc_mpi/x86-64/exmc_mpi: No such file.*")
        self.assert_refused(self.command("--version", program=program, level=runnable()[-1]), 3,
                            f"exmc_mpi: cannot start .*/{runnable()[-1]}/exmc_mpi: No such file.*")

    def test_symbolic_links_lead_there(self):
        link = self.folder / "link"
        link.symlink_to(ranks.programs.exmc)
        self.assertEqual(self.level_of(program=link), runnable()[-1])

    def test_the_process_is_the_one_that_was_started_and_is_called_exmc_mpi(self):
        config = ranks.write_config(self.folder, "simple", chains=1, sampler={"draws": 10**9})
        process = pathlib.Path("/proc") / str(self.start_alone(config).pid)
        ranks.wait_for(lambda: f"/{runnable()[-1]}/" in os.readlink(process / "exe"))
        self.assertEqual((process / "comm").read_text(), "exmc_mpi\n")
        self.assertEqual((process / "cmdline").read_text().split("\0")[0], ranks.programs.exmc)

    def test_the_same_datasets_from_every_level(self):
        for model in MODELS:
            lowest = self.digest_of(model, LEVELS[0])
            self.assertIn("log_likelihood" if model != "funnel" else "posterior", {name.split("/")[0] for name in lowest})
            for level in runnable()[1:]:
                with self.subTest(model, level=level):
                    self.assertEqual(self.digest_of(model, level), lowest)

    def test_the_same_gradients_of_every_distribution_and_of_random_expressions(self):
        lowest = bits_of(LEVELS[0])
        self.assertGreater(len(lowest), 340)
        for level in runnable()[1:]:
            with self.subTest(level):
                self.assertEqual(bits_of(level), lowest)

    def test_ranks_of_several_levels_are_one_run(self):
        settings = {"chains": 2, "warmup": {"iterations": 150}, "sampler": {"draws": 50}}
        digests = []
        for level_of_rank_1 in runnable():
            folder = self.folder / level_of_rank_1
            folder.mkdir()
            config = ranks.write_config(folder, "logistic", **settings)
            result = ranks.run(folder, 2, config.name, program=on_rank_1(f"EXMC_PROCESSOR={level_of_rank_1}"))
            self.assert_codes(result, 0)
            self.assertNotIn("another build", result.out + result.err)
            digests.append(ranks.digest(folder / "logistic.h5"))
        self.assertEqual(digests, digests[:1] * len(digests))

    def test_ranks_whose_maths_library_has_other_digits_are_warned_of(self):
        if "x86-64-v3" not in SUPPORTED:
            self.skipTest("this processor has no fused multiply-add, which the maths library could do without")
        config = ranks.write_config(self.folder, "simple", chains=2, warmup={"iterations": 150}, sampler={"draws": 50})
        without = "GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-AVX2_Usable,-FMA_Usable"
        result = ranks.run(self.folder, 2, config.name, program=on_rank_1(without))
        self.assert_codes(result, 0)
        self.assertRegex(result.out + result.err, r"rank 1 .* has another build or maths library \(.*\) than rank 0")

    def test_a_fused_multiplication_would_be_found(self):
        highest = ranks.programs.levels.split(",")[-1]
        if highest not in SUPPORTED:
            self.skipTest(f"this processor is not of the level {highest}")
        differing = {fused.split()[0] for fused, right in zip(bits_of("fused"), bits_of(highest), strict=True) if fused != right}
        self.assertIn("normal", differing)
        self.assertNotIn("bernoulli", differing, "of another file")


if __name__ == "__main__":
    print("levels that this processor lacks:", ", ".join(LEVELS[len(SUPPORTED):]) or "none")
    ranks.main("bits", "levels")
