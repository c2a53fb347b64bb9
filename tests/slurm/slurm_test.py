"""jobs/*.sbatch in a real Slurm: two nodes on this machine, started for the test (slurm.sh)."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "mpi"))
import ranks  # noqa: E402

MODEL = "eight_schools"
SETTINGS = {"chains": 8, "warmup": {"iterations": 300, "settle": 40}, "sampler": {"draws": 12000},
            "output": {"flush_seconds": 0.05}}
ENDED = ("COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY", "DEADLINE", "BOOT_FAIL")
JOB_LIMIT = 240  # seconds: a minute until the warning, the requeue, the rest


class Jobs(ranks.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.slurm = ranks.tempfile.TemporaryDirectory(prefix="exmc_slurm_")
        cls.addClassCleanup(cls.slurm.cleanup)
        cls.addClassCleanup(subprocess.run, [HERE / "slurm.sh", "down", cls.slurm.name])
        subprocess.run([HERE / "slurm.sh", "up", cls.slurm.name], check=True)

    def setUp(self):
        super().setUp()
        self.prepare(MODEL, SETTINGS)

    def submit(self, *arguments, script="exmc.sbatch", options=(), plan=""):
        """Submits a job from the folder of the test; a plan holds its rank by the file `held`."""
        path = os.pathsep.join([str(pathlib.Path(ranks.programs.exmc).parent),
                                str(pathlib.Path(ranks.programs.mpiexec).parent), os.environ["PATH"]])
        environment = dict(ranks.launcher_environment(self.folder), SLURM_CONF=f"{self.slurm.name}/slurm.conf",
                           EXMC_ROOT=str(self.root()), PATH=path)
        if plan:
            environment["EXMC_FAULT_PLAN"] = f"{plan} wait={self.folder}/held"
        self.environment = environment
        submitted = self.slurm_says("sbatch", "--parsable", "--output=job.log", *options,
                                    str(ranks.ROOT / "jobs" / script), *arguments)
        return submitted.split(";")[0]

    def root(self):
        """Where the job finds jobs/, without build/env.sh, which would put another exmc_mpi before the tested one."""
        root = self.folder / "root"
        if not root.exists():
            root.mkdir()
            (root / "jobs").symlink_to(ranks.ROOT / "jobs")
        return root

    def slurm_says(self, *command):
        return subprocess.run(command, cwd=self.folder, env=self.environment, capture_output=True, text=True,
                              check=True).stdout.strip()

    def state(self, job, field="JobState"):
        fields = self.slurm_says("scontrol", "show", "job", job).split()
        return dict(pair.split("=", 1) for pair in fields if "=" in pair)[field]

    def wait_for_state(self, job, *wanted):
        return ranks.wait_for(lambda: self.state(job) in wanted and self.state(job), JOB_LIMIT)

    def held(self, name="held"):
        """Process of the rank that the plan holds, once it is there."""
        return int(ranks.wait_for(lambda: ranks.read(self.folder / name), JOB_LIMIT).split()[1])

    def check_complete(self, job):
        self.assertEqual(self.wait_for_state(job, "COMPLETED", "FAILED", "CANCELLED"), "COMPLETED", self.log())
        self.assertEqual(ranks.digest(self.file), self.undisturbed)

    def log(self):
        return ranks.read(self.folder / "job.log")

    def test_two_nodes(self):
        self.check_complete(self.submit(self.config.name))

    def test_warned_ahead_of_the_time_limit_and_requeued(self):
        job = self.submit(self.config.name, options=["--time=30", "--signal=B:USR1@110"],
                          plan="rank=2 phase=sampling iteration=5000")
        self.held()
        minutes = int(time.time() - self.started(job)) // 60  # full ones: one or two are left from here on
        self.limit(job, minutes + 2)
        ranks.wait_for(lambda: self.state(job, "Restarts") == "1", JOB_LIMIT)
        self.limit(job, 30)  # else the next try is warned after some seconds as well
        self.assertIn("SIGUSR1", self.log())
        self.assertEqual(self.status(), 5)
        self.let_go_until_complete(job)

    def limit(self, job, minutes):
        self.slurm_says("scontrol", "update", f"JobId={job}", f"TimeLimit={minutes}")

    def started(self, job):
        return time.mktime(time.strptime(self.state(job, "StartTime"), "%Y-%m-%dT%H:%M:%S"))

    def let_go_until_complete(self, job):
        self.lift_holds_until(lambda: self.state(job) in ENDED, JOB_LIMIT)
        self.check_complete(job)

    def status(self):
        return ranks.run(self.folder, None, "--status", self.file.name).codes[0]

    def test_cancelled_and_submitted_again(self):
        job = self.submit(self.config.name, plan="rank=1 phase=sampling iteration=5000")
        self.held()
        self.slurm_says("scancel", job)
        self.wait_for_state(job, "CANCELLED")
        ranks.wait_for(lambda: self.status() == 5)
        (self.folder / "held").unlink()
        self.check_complete(self.submit(self.config.name))

    def test_a_rank_is_killed(self):
        job = self.submit(self.config.name, plan="rank=3 phase=sampling iteration=5000")
        os.kill(self.held(), signal.SIGKILL)
        self.check_complete(job)
        self.assertRegex(self.log(), r"rank 3 \(\S+\) died")
        self.assertNotIn("try 2", self.log())

    def test_all_ranks_are_killed(self):
        point = "phase=sampling iteration=5000"
        plan = [f"rank={rank} {point} wait={self.folder}/held{rank}" for rank in range(4)] + [f"rank=4 {point}"]
        job = self.submit(self.config.name, plan="; ".join(plan))
        victims = [self.held(f"held{rank}") for rank in range(4)] + [self.held()]
        for victim in victims:
            os.kill(victim, signal.SIGKILL)
        self.let_go_until_complete(job)
        self.assertIn("try 2", self.log())

    def test_bad_input_is_not_tried_again(self):
        (self.folder / "bad.json").write_text("{")
        job = self.submit("bad.json")
        self.assertEqual(self.wait_for_state(job, "COMPLETED", "FAILED"), "FAILED")
        self.assertEqual(self.state(job, "ExitCode"), "2:0")
        self.assertNotIn("try 2", self.log())

    def test_an_array_of_seeds(self):
        self.submit(self.config.name, script="exmc-array.sbatch", options=["--array=1-2", "--ntasks=2"])
        files = [self.folder / f"{MODEL}-{seed}.h5" for seed in (1, 2)]
        ranks.wait_for(lambda: all(self.is_complete(file) for file in files), JOB_LIMIT)
        self.assertEqual(ranks.digest(files[0]), self.undisturbed)
        self.assertNotEqual(ranks.digest(files[1])["posterior/mu"], self.undisturbed["posterior/mu"])

    def is_complete(self, file):
        return ranks.run(self.folder, None, "--status", file.name).codes[0] == 0


def main():
    missing = [name for name in ("slurmctld", "slurmd", "sbatch", "munged") if not shutil.which(name)]
    if missing or os.getuid() != 0:
        print(f"SKIPPED: needs root, slurm-wlm and munge ({', '.join(missing) or 'not root'})")
        return 0
    ranks.main()


if __name__ == "__main__":
    sys.exit(main())
