"""A rank dies at each point of the protocol; the run goes on and its file has the bits of an undisturbed run.

The fault plan holds the rank at the point; the signal comes from outside.
"""

import os
import pathlib
import signal
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "mpi"))
import ranks  # noqa: E402

MODEL = "eight_schools"
# More chains than ranks: then every rank gets one, however late it comes.
SETTINGS = {"chains": 8, "warmup": {"iterations": 300, "settle": 40}, "sampler": {"draws": 12000},
            "output": {"flush_seconds": 0.02, "save_warmup": True}}
# Where the rank is not in the run yet, or nobody needs it any more, no line has to say that it died.
UNNOTICED = ("places", "init", "job", "laid_out", "named", "broadcast_piece", "idle", "closed", "leaving")


class Phases(ranks.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.undisturbed = {}

    def expected(self, settings):
        """The datasets of the undisturbed run, made once for all tests."""
        key = str(settings)
        if key not in self.undisturbed:
            folder = pathlib.Path(ranks.tempfile.mkdtemp(dir=self.folder))
            config = ranks.write_config(folder, MODEL, **settings)
            self.assert_codes(ranks.run(folder, None, "--quiet", config.name), 0)
            self.undisturbed[key] = ranks.digest(folder / f"{MODEL}.h5")
        return self.undisturbed[key]

    def run_with(self, faults, settings, how, size, resumed=False):
        """Runs with ranks held at points, each killed once it is there. faults: (rank, phase, iteration)...; `resumed`: after
        another run of which nothing is left."""
        folder = pathlib.Path(ranks.tempfile.mkdtemp(dir=self.folder))
        config = ranks.write_config(folder, MODEL, **settings)
        if resumed:
            ranks.run(folder, None, "--quiet", config.name,
                      environment={"EXMC_FAULT_PLAN": "rank=0 phase=after_fsync iteration=3 signal=KILL"})
            self.assertEqual(ranks.run(folder, None, "--status", f"{MODEL}.h5").codes, {0: 5})
        plan = "; ".join(f"rank={rank} phase={phase} iteration={iteration} wait={folder}/held{rank}"
                         for rank, phase, iteration in faults)
        run = ranks.Run(folder, size, *["--resume"] * resumed, config.name, wrapped=False,
                        environment={"EXMC_FAULT_PLAN": plan})
        self.addCleanup(run.process.kill)
        for rank, phase, _ in faults:
            held = run.wait_for(lambda: ranks.read(folder / f"held{rank}")).split()
            self.assertEqual(held[0::2], [str(rank), phase])
            os.kill(int(held[1]), how)
        return run.finish(), folder / f"{MODEL}.h5"

    def check(self, *faults, settings=SETTINGS, how=signal.SIGKILL, size=5, resumed=False):
        expected = self.expected(settings)
        with self.subTest(faults=faults, how=how):
            result, file = self.run_with(faults, settings, how, size, resumed)
            self.assertEqual(result.complaints(), [], result.err)
            self.assertNotIn("NBC_Progress", result.err)  # of a collective of MPI's that a rank died in
            if len(faults) == 1 and faults[0][1] not in UNNOTICED:
                self.assertRegex(result.err, rf"rank {faults[0][0]} \(\S+\) died")
            self.assertEqual(ranks.digest(file), expected)

    def test_a_worker(self):
        for phase, iteration in (("places", 0), ("init", 0), ("job", 0), ("waiting", 0), ("broadcast", 0), ("settling", 0),
                                 ("settling", 17), ("sampling", 0), ("sampling", 6000), ("sent", 0), ("sent", 2),
                                 ("idle", 0), ("leaving", 0)):
            self.check((2, phase, iteration))

    def test_the_coordinator(self):
        for phase, iteration in (("places", 0), ("init", 0), ("job", 0), ("warmup", 0), ("warmup", 150), ("broadcast", 0),
                                 ("sampling", 0), ("sampling", 6000), ("sent", 2), ("idle", 0), ("closed", 0),
                                 ("leaving", 0)):
            self.check((0, phase, iteration))

    def test_the_writer_at_the_file(self):
        for phase in ("before_append", "after_append", "before_fsync", "between_fsyncs", "after_fsync"):
            for visit in (0, 4):
                self.check((0, phase, visit))

    def test_while_what_is_computed_beside_the_draws_is_written(self):
        settings = {**SETTINGS, "output": {**SETTINGS["output"], "prior": 500, "log_likelihood": True, "predictive": True}}
        groups = {name.split("/")[0] for name in self.expected(settings)}
        self.assertGreaterEqual(groups, {"prior", "prior_predictive", "posterior_predictive", "log_likelihood"})
        for fault in ((0, "laid_out", 0), (0, "named", 0), (0, "after_append", 4), (0, "between_fsyncs", 4),
                      (3, "sampling", 6000)):
            self.check(fault, settings=settings)

    def test_one_coordinator_after_the_other(self):
        self.check((0, "job", 0), (1, "sampling", 100))
        self.check((0, "sampling", 100), (1, "takeover", 0))
        self.check((0, "warmup", 100), (1, "takeover", 1), (2, "sampling", 5))
        self.check((0, "between_fsyncs", 3), (1, "takeover", 1), (2, "takeover", 0), (3, "takeover", 1))

    def test_in_a_resumed_run(self):
        for faults in ([(0, "job", 0)], [(0, "before_append", 3)], [(3, "sampling", 9000)],
                       [(0, "after_fsync", 2), (1, "takeover", 1)]):
            self.check(*faults, resumed=True)

    def test_with_as_few_ranks_as_can_be_and_with_more_than_chains(self):
        self.check((0, "sampling", 100), size=2)
        self.check((1, "sent", 1), size=2)
        self.check((0, "warmup", 100), (1, "sampling", 5000), (2, "takeover", 1), settings={**SETTINGS, "chains": 1})
        self.check((0, "sampling", 100), (1, "takeover", 1), (2, "takeover", 0), settings={**SETTINGS, "chains": 3}, size=8)

    def test_stopped_ranks_are_killed_and_survived(self):
        """They hang: the heartbeat finds them, before the run begins and after its end as well."""
        settings = {**SETTINGS, "runtime": {"heartbeat_seconds": 4}}
        for faults in ([(2, "broadcast", 0)], [(0, "broadcast_piece", 1)], [(2, "leaving", 0)], [(0, "init", 0)], [(0, "job", 0)],
                       [(0, "before_fsync", 4)], [(0, "closed", 0)],
                       [(0, "sampling", 50), (1, "takeover", 1)], [(1, "sampling", 50), (3, "settling", 0)]):
            self.check(*faults, settings=settings, how=signal.SIGSTOP)

    def test_in_the_broadcast_of_the_tuning(self):
        """One piece, after that of the job."""
        for rank in (0, 1, 4):
            self.check((rank, "broadcast_piece", 1))

    def test_in_the_broadcast_of_a_large_job(self):
        settings = {**SETTINGS, **ranks.large_job(self.folder)}
        for rank, piece in ((0, 0), (0, 30), (2, 30), (4, 53)):
            self.check((rank, "broadcast_piece", piece), settings=settings)
        self.check((3, "broadcast_piece", 30), settings={**settings, "runtime": {"heartbeat_seconds": 4}}, how=signal.SIGSTOP)

    def test_a_run_that_is_to_stop_in_a_broadcast(self):
        """By a signal to another rank, or as the launcher dies."""
        settings = {**SETTINGS, **ranks.large_job(self.folder)}
        for by_signal in (True, False):
            with self.subTest(by_signal=by_signal):
                folder = pathlib.Path(ranks.tempfile.mkdtemp(dir=self.folder))
                config = ranks.write_config(folder, MODEL, **settings)
                run = ranks.Run(folder, 5, config.name, wrapped=False,
                                environment={"EXMC_FAULT_PLAN": f"rank=2 phase=broadcast_piece iteration=30 wait={folder}/held"})
                self.addCleanup(run.process.kill)
                run.wait_for(lambda: ranks.read(folder / "held"))
                launcher = run.process.pid
                processes = pathlib.Path(f"/proc/{launcher}/task/{launcher}/children").read_text().split()
                self.assertEqual(len(processes), 5)
                if by_signal:
                    os.kill(int(processes[3]), signal.SIGTERM)
                else:
                    run.process.kill()
                (folder / "held").unlink()
                ranks.wait_for(lambda: not any(pathlib.Path(f"/proc/{process}").exists() for process in processes))
                self.assertEqual(run.process.wait(), 5 if by_signal else -signal.SIGKILL, run.err())

    def test_bad_input_is_complained_of_once_whoever_dies(self):
        for fault in ((2, "init", 0), (0, "init", 0), (0, "job", 0), (2, "broadcast_piece", 0), (0, "broadcast_piece", 0)):
            with self.subTest(fault=fault):
                result, file = self.run_with([fault], {"sead": 1}, signal.SIGKILL, 5)
                self.assertEqual(len(result.complaints()), 1, result.err)
                self.assertIn("sead", result.complaints()[0])
                self.assertFalse(file.exists())

    def test_a_worker_by_other_signals(self):
        for how in (signal.SIGSEGV, signal.SIGABRT):
            self.check((4, "sampling", 300), how=how)

    def test_a_worker_that_the_kernel_kills_for_its_memory(self):
        settings = {**SETTINGS, "output": {"flush_seconds": 100}}  # until which a rank keeps copies of what it sends
        expected = self.expected(settings)
        group = self.memory_group()
        folder = pathlib.Path(ranks.tempfile.mkdtemp(dir=self.folder))
        config = ranks.write_config(folder, MODEL, **settings)
        join = folder / "join.sh"
        join.write_text(f'#!/bin/sh\n[ $OMPI_COMM_WORLD_RANK != 2 ] || echo $$ >{group.path}/cgroup.procs\nexec "$@"\n')
        join.chmod(0o755)
        run = ranks.Run(folder, 5, config.name, wrapped=False, program=[join],
                        environment={"EXMC_FAULT_PLAN": f"rank=2 phase=sampling iteration=100 wait={folder}/held"})
        self.addCleanup(run.process.kill)
        run.wait_for(lambda: ranks.read(folder / "held"))
        group.leave_room_for(500000)
        (folder / "held").unlink()
        result = run.finish()
        self.assertEqual(group.kills(), 1, result.err)
        self.assertRegex(result.err, r"rank 2 \(\S+\) died; chain")
        self.assertEqual(ranks.digest(folder / f"{MODEL}.h5"), expected)

    def memory_group(self):
        try:
            group = MemoryGroup(f"exmc_{os.getpid()}")
        except OSError as error:
            self.skipTest(f"no group of processes with a memory limit can be made here: {error}")
        self.addCleanup(lambda: ranks.wait_for(group.remove))
        return group

    def test_several_workers(self):
        self.check((1, "settling", 0), (2, "sampling", 10))
        self.check((1, "sampling", 5), (2, "sampling", 10), (3, "sent", 0), (4, "idle", 0))

    def test_a_worker_and_the_spare_rank_that_took_over(self):
        spare = {**SETTINGS, "chains": 5, "sampler": {"draws": 40000}}
        self.check((1, "sampling", 1), (5, "sampling", 100), settings=spare, size=6)


class MemoryGroup:
    """A control group of version 1 or 2."""

    def __init__(self, name):
        root = pathlib.Path("/sys/fs/cgroup")
        self.old = (root / "memory").is_dir()
        self.path = (root / "memory" if self.old else root) / name
        self.limit, self.usage, self.events = (
            self.path / f"memory.{file}" for file in
            (("limit_in_bytes", "usage_in_bytes", "oom_control") if self.old else ("max", "current", "events")))
        self.path.mkdir()
        if not self.limit.exists():
            self.path.rmdir()
            raise FileNotFoundError(f"{self.limit} does not exist")

    def leave_room_for(self, more):
        self.limit.write_text(str(int(self.usage.read_text()) + more))

    def kills(self):
        return int(dict(line.split() for line in self.events.read_text().splitlines())["oom_kill"])

    def remove(self):
        try:
            self.path.rmdir()
        except OSError:  # the kernel is still at work on its last process
            return False
        return True


class Plan(ranks.TestCase):
    def test_a_plan_that_cannot_be_meant_is_refused_in_one_line(self):
        config = ranks.write_config(self.folder, "simple")
        for size in (None, 3):
            result = ranks.run(self.folder, size, config.name,
                               environment={"EXMC_FAULT_PLAN": "rank=0 phase=smapling signal=KILL"})
            self.assert_codes(result, 2)
            self.assertEqual(len(result.complaints()), 1, result.err)
            self.assertIn('unknown phase "smapling" (did you mean "sampling"?)', result.complaints()[0])
            self.assertFalse((self.folder / "simple.h5").exists())


if __name__ == "__main__":
    ranks.main()
