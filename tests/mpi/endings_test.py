"""How a run ends: every rank with the same exit code, and one line that says why."""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import time

import h5py

import ranks

LONG = {"warmup": {"iterations": 300}, "sampler": {"draws": 5000000}, "chains": 3, "output": {"flush_seconds": 0.1}}


class BadInput(ranks.TestCase):
    def check(self, text, expected, *args):
        config = self.folder / "run.json"
        config.write_text(text)
        before = sorted(self.folder.iterdir())
        result = ranks.run(self.folder, 3, *args, "run.json")
        self.assert_codes(result, 2)
        self.assertEqual(len(result.codes), 3)
        self.assertEqual(len(result.complaints()), 1, result.err)
        for part in expected:
            self.assertIn(part, result.complaints()[0])
        left = [path for path in sorted(self.folder.iterdir()) if not path.is_dir()]
        self.assertEqual(left, before, "no file was touched")

    def test_a_config_that_is_no_json(self):
        self.check("{", ["run.json"])

    def test_an_unknown_key(self):
        self.check('{"model": "m.json", "sead": 1}', ["run.json", "sead", "seed"])

    def test_a_missing_model(self):
        self.check('{"model": "m.json"}', ["m.json"])

    def test_an_unknown_distribution(self):
        self.check('{"model": {"exmc_ir": 1, "name": "m", "nodes": {"x": {"dist": "nromal", "mu": 0, "sigma": 1}}}}',
                   ["nromal", "normal"])

    def test_an_output_that_exists(self):
        (self.folder / "run.h5").write_text("precious")
        self.check('{"model": {"exmc_ir": 1, "name": "m", "nodes": {"x": {"dist": "normal", "mu": 0, "sigma": 1}}}}',
                   ["run.h5"])
        self.assertEqual((self.folder / "run.h5").read_text(), "precious")

    def test_bad_usage(self):
        self.check("{}", ["--reumse"], "--reumse")


class OneAfterAnother(ranks.TestCase):
    def test_the_launcher_takes_note_of_each_error_before_the_next_rank_ends(self):
        self.require_tracing()
        (self.folder / "run.json").write_text('{"model": "m.json"}')
        trace = self.folder / "trace"
        ranks.run(self.folder, 5, "run.json", wrapped=False,
                  prefix=["strace", "-f", "-qq", "-e", "trace=exit_group,wait4", "-e", "signal=none", "-o", str(trace)])
        calls = [line.split(None, 1) for line in trace.read_text().splitlines()]
        launcher = next(process for process, call in calls if "wait4" in call)
        ends = [(at, process) for at, (process, call) in enumerate(calls) if call.startswith("exit_group(2")]
        self.assertEqual(len(ends), 6, "five ranks and the launcher")
        for rank in range(5):
            (at, process), (next_at, _) = ends[rank:rank + 2]
            noted = any(re.search(rf"wait4.* = {process}$", call) for _, call in calls[at:next_at])
            launcher_is_over = launcher in [other for _, other in ends[:rank + 2]]
            self.assertTrue(noted or launcher_is_over, calls)


class NothingToSample(ranks.TestCase):
    """As in Stan, it is no mistake: the data may have made every parameter superfluous."""

    def run_model(self, **nodes):
        model = {"exmc_ir": 1, "name": "m", "data": {"n": 0}, "nodes": nodes}
        config = ranks.write_config(self.folder, "run", model=model, chains=2, sampler={"draws": 200})
        result = ranks.run(self.folder, None, config.name)
        self.assert_codes(result, 0)
        return result

    def test_a_model_without_parameters(self):
        result = self.run_model(y={"dist": "normal", "mu": 0, "sigma": 1, "observed": 0.5},
                                z={"generated": {"dist": "normal", "mu": 0, "sigma": 1}})
        self.assertIn("the model has no parameters", result.err)
        self.assertNotIn("warning", result.out + result.err)
        with h5py.File(self.folder / "run.h5") as opened:
            self.assertEqual(opened["posterior/z"].shape, (2, 200))

    def test_a_parameter_without_elements(self):
        result = self.run_model(x={"dist": "normal", "mu": 0, "sigma": 1, "shape": ["n"]},
                                y={"dist": "exponential", "lam": 1})
        self.assertNotIn("no parameters", result.err)
        with h5py.File(self.folder / "run.h5") as opened:
            self.assertEqual(opened["posterior/x"].shape, (2, 200, 0))


class Launchers(ranks.TestCase):
    def test_a_launcher_of_another_mpi_is_refused_by_both_numbers(self):
        config = ranks.write_config(self.folder, "simple")
        script = self.folder / "other.sh"
        script.write_text('#!/bin/sh\nOMPI_COMM_WORLD_SIZE=3 exec "$@"\n')
        script.chmod(0o755)
        environment = ranks.launcher_environment(self.folder)
        run = subprocess.run([ranks.programs.mpiexec, "-n", "1", script, ranks.programs.exmc, config.name],
                             cwd=self.folder, env=environment, capture_output=True, text=True,
                             timeout=ranks.HANG_LIMIT)
        lines = [line for line in run.stderr.splitlines() if line.startswith("exmc_mpi: ")]
        self.assertEqual(len(lines), 1, run.stderr)
        self.assertRegex(lines[0], r"started 3 ranks \(OMPI_COMM_WORLD_SIZE\).* sees 1")
        self.assertFalse((self.folder / "simple.h5").exists())

    def test_the_systems_own_mpirun_starts_one_run_or_none(self):
        """Where its ranks cannot find each other each would be a run of its own; whether they do depends on both versions' PMIx."""
        other = shutil.which("mpirun.openmpi", path="/usr/bin")
        if not other:
            self.skipTest("needs Debian's openmpi-bin")
        config = ranks.write_config(self.folder, "simple")
        environment = ranks.launcher_environment(self.folder)
        run = subprocess.run([other, "--oversubscribe", "-n", "3", ranks.programs.exmc, config.name],
                                   cwd=self.folder, env=environment, capture_output=True, text=True,
                                   timeout=ranks.HANG_LIMIT)
        if run.stderr.count("3 chains on 3 ranks") == 1:
            self.assertEqual(subprocess.run([ranks.programs.exmc, "--status", self.folder / "simple.h5"], capture_output=True).returncode, 0)
            return
        lines = [line for line in run.stderr.splitlines() if line.startswith("exmc_mpi: ")]
        self.assertEqual(len(lines), 1, run.stderr)
        self.assertFalse((self.folder / "simple.h5").exists())


class Signals(ranks.TestCase):
    def begin(self, number, **settings):
        config = ranks.write_config(self.folder, "simple", **{**LONG, **settings})
        run = ranks.Run(self.folder, number, config.name)
        self.addCleanup(run.process.kill)
        file = self.folder / "simple.h5"
        ranks.wait_for(lambda: sampled(file, settings.get("chains", LONG["chains"])))
        return run, file

    def check_stopped(self, result, file, number):
        self.assert_codes(result, 5)
        self.assertEqual(len(result.codes), number or 1)
        self.assertEqual(len(result.complaints()), 1, result.err)
        self.assertIn("SIGUSR1", result.complaints()[0])
        self.assertEqual(ranks.run(self.folder, None, "--status", file.name).codes, {0: 5})

    def test_a_signal_to_any_rank_stops_all_within_five_seconds(self):
        for victim in (0, 2):
            with self.subTest(victim):
                run, file = self.begin(3)
                start = time.monotonic()
                os.kill(run.pid(victim), signal.SIGUSR1)
                result = run.finish()
                self.assertLess(time.monotonic() - start, 5 + 5, "five seconds, and the launcher's own end")
                self.check_stopped(result, file, 3)
                file.unlink()

    def test_so_it_does_where_gradients_take_longer(self):
        """Two of sixteen ranks, one of them the coordinator, are in an iteration that does not end."""
        config = ranks.write_config(self.folder, "simple", **{**LONG, "sampler": {"draws": 20000}, "chains": 16})
        held = [self.folder / f"held{rank}" for rank in (0, 9)]
        plan = "; ".join(f"rank={rank} phase=sampling iteration=50 wait={file}" for rank, file in zip((0, 9), held))
        run = ranks.Run(self.folder, 16, config.name, environment={"EXMC_FAULT_PLAN": plan})
        self.addCleanup(run.process.kill)
        run.wait_for(lambda: all(file.exists() for file in held))
        start = time.monotonic()
        os.kill(run.pid(3), signal.SIGUSR1)
        result = run.finish()
        self.assertLess(time.monotonic() - start, 5 + 5, "five seconds, and the launcher's own end")
        self.assert_codes(result, 5)
        self.assertEqual(len(result.codes), 16)
        self.assertEqual(len(result.complaints()), 1, result.err)

    def test_a_signal_to_the_launcher(self):
        config = ranks.write_config(self.folder, "simple", **LONG)
        run = ranks.Run(self.folder, 3, config.name, wrapped=False)
        self.addCleanup(run.process.kill)
        ranks.wait_for(lambda: sampled(self.folder / "simple.h5", 3))
        run.process.send_signal(signal.SIGUSR1)
        result = run.finish()
        self.assertEqual(len(result.complaints()), 1, result.err)
        self.assertEqual(ranks.run(self.folder, None, "--status", "simple.h5").codes, {0: 5})

    def test_a_signal_without_a_launcher(self):
        run, file = self.begin(None)
        os.kill(run.pid(0), signal.SIGUSR1)
        self.check_stopped(run.finish(), file, None)


def sampled(file, chains):
    """Whether every chain has a draw on disk."""
    try:
        with h5py.File(file, locking=False) as opened:
            return len(opened["run/progress"]) == chains and min(opened["run/progress"][:]) > 0
    except (OSError, KeyError):
        return False


class Deaths(ranks.TestCase):
    def check_a_rank_that_never_arrives(self, seconds, environment={}, **settings):
        config = ranks.write_config(self.folder, "simple", **settings)
        script = self.folder / "late.sh"
        script.write_text('#!/bin/sh\n[ "$OMPI_COMM_WORLD_RANK" != 1 ] || exec sleep 1000\nexec "$@"\n')
        script.chmod(0o755)
        environment = ranks.launcher_environment(self.folder, **environment)
        run = subprocess.run([ranks.programs.mpiexec, "-n", "3", script, ranks.programs.exmc, config.name],
                             cwd=self.folder, env=environment, capture_output=True, text=True,
                             timeout=ranks.HANG_LIMIT)
        lines = [line for line in run.stderr.splitlines() if line.startswith("exmc_mpi: ")]
        self.assertEqual(len(lines), 1, run.stderr)
        self.assertIn(f"not all ranks arrived within {seconds} s", lines[0])
        self.assertFalse((self.folder / "simple.h5").exists())

    def test_a_rank_that_never_arrives_does_not_hang_the_others(self):
        self.check_a_rank_that_never_arrives(3, runtime={"start_seconds": 3})
        self.check_a_rank_that_never_arrives(2, {"EXMC_START_SECONDS": "2"}, runtime={"start_seconds": 600})

    def check_same_draws_without(self, *victims, how=signal.SIGKILL):
        settings = {"chains": 3, "warmup": {"iterations": 200}, "sampler": {"draws": 600000},
                    "output": {"flush_seconds": 0.05}, "runtime": {"heartbeat_seconds": 4}}
        calm = ranks.write_config(self.folder, "simple", **settings)
        self.assert_codes(ranks.run(self.folder, None, "--quiet", calm.name), 0)
        undisturbed = ranks.digest(self.folder / "simple.h5")

        run = ranks.Run(self.folder, 4, "--quiet", "--overwrite", calm.name)
        self.addCleanup(run.process.kill)
        inode = (self.folder / "simple.h5").stat().st_ino
        ranks.wait_for(lambda: (self.folder / "simple.h5").stat().st_ino != inode)
        ranks.wait_for(lambda: sampled(self.folder / "simple.h5", 3))
        for victim in victims:
            os.kill(run.pid(victim), how)
        result = run.finish()
        survivors = set(range(4)) - set(victims)
        self.assertEqual({rank: result.codes[rank] for rank in survivors}, dict.fromkeys(survivors, 0), result.err)
        self.assertEqual(ranks.digest(self.folder / "simple.h5"), undisturbed)
        return result.err

    def test_a_workers_chain_goes_on_elsewhere_with_the_same_draws(self):
        log = self.check_same_draws_without(1)
        self.assertRegex(log, r"rank 1 \(\S+\) died; chain 1 goes on elsewhere")
        self.assertRegex(log, r"chain 1 was given to rank 3")

    def test_without_its_coordinator_the_run_goes_on_with_the_same_draws(self):
        log = self.check_same_draws_without(0)
        self.assertRegex(log, r"rank 0 \(\S+\) died")
        self.assertRegex(log, r"rank 1 \(\S+\) coordinates the run now")

    def test_a_rank_that_is_stopped_is_killed_and_survived(self):
        log = self.check_same_draws_without(1, how=signal.SIGSTOP)
        self.assertRegex(log, r"rank 1 \(\S+\) did not answer for 4 s")

    def test_so_is_a_coordinator(self):
        log = self.check_same_draws_without(0, how=signal.SIGSTOP)
        self.assertRegex(log, r"rank 0 \(\S+\) did not answer and was killed")
        self.assertRegex(log, r"rank 1 \(\S+\) coordinates the run now")

    def test_the_last_rank_finishes_alone(self):
        self.check_same_draws_without(0, 1, 3)

    def test_an_output_that_the_next_coordinator_does_not_find_ends_the_run_resumable(self):
        config = ranks.write_config(self.folder, "simple", **LONG)
        run = ranks.Run(self.folder, 3, config.name)
        self.addCleanup(run.process.kill)
        file = self.folder / "simple.h5"
        ranks.wait_for(lambda: sampled(file, 3))
        file.rename(self.folder / "elsewhere.h5")
        os.kill(run.pid(0), signal.SIGKILL)
        result = run.finish()
        self.assertEqual({result.codes[1], result.codes[2]}, {5}, result.err)
        self.assertEqual(len(result.complaints()), 1, result.err)
        self.assertIn("simple.h5", result.complaints()[0])
        self.assertEqual(ranks.run(self.folder, None, "--status", "elsewhere.h5").codes, {0: 5})

    def test_the_ranks_leave_when_the_launcher_is_killed(self):
        config = ranks.write_config(self.folder, "simple", **LONG)
        run = ranks.Run(self.folder, 3, config.name, wrapped=False)
        ranks.wait_for(lambda: sampled(self.folder / "simple.h5", 3))
        launcher = run.process.pid
        processes = pathlib.Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
        self.assertEqual(len(processes), 3)
        run.process.kill()
        ranks.wait_for(lambda: not any(alive(process) for process in processes), 30)
        self.assertEqual(ranks.run(self.folder, None, "--status", "simple.h5").codes, {0: 5})


class WithoutFaultTolerance(ranks.TestCase):
    """The Open MPI of the tests with its fault tolerance switched off, in library and launcher."""

    def test_a_death_ends_the_run_which_said_how_to_go_on(self):
        settings = {"chains": 3, "warmup": {"iterations": 200}, "sampler": {"draws": 600000},
                    "output": {"flush_seconds": 0.05}}
        config = ranks.write_config(self.folder, "simple", **settings)
        file = self.folder / "simple.h5"
        self.assert_codes(ranks.run(self.folder, None, "--quiet", config.name), 0)
        undisturbed = ranks.digest(file)
        file.unlink()

        run = ranks.Run(self.folder, 3, config.name, wrapped=False,
                        environment={"OMPI_MCA_mpi_ft_enable": "0", "PRTE_MCA_prte_rtos": ""})
        self.addCleanup(run.process.kill)
        run.wait_for(lambda: sampled(file, 3))
        launcher = run.process.pid
        processes = pathlib.Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
        self.assertEqual(len(processes), 3)
        os.kill(int(processes[-1]), signal.SIGKILL)
        run.process.wait(ranks.HANG_LIMIT)
        self.assertRegex(run.out() + run.err(), "ends the whole run when a rank dies; .* --resume goes on from it")
        ranks.wait_for(lambda: not any(alive(process) for process in processes))
        self.assertEqual(ranks.run(self.folder, None, "--status", "simple.h5").codes, {0: 5})
        self.assert_codes(ranks.run(self.folder, None, "--quiet", "--resume", config.name), 0)
        self.assertEqual(ranks.digest(file), undisturbed)


def alive(process):
    return pathlib.Path(f"/proc/{process}").exists()


if __name__ == "__main__":
    ranks.main()
