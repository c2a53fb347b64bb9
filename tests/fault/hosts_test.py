"""Runs over several hosts: network namespaces of this machine, each with its own name (hosts.sh)."""

import os
import pathlib
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "mpi"))
import ranks  # noqa: E402

NETWORK = "10.77.0.0/24"
# What would stand on the launcher's command line; ranks 1 and 2 are on h1, 3 and 4 on h2.
LAUNCHER = {"PRTE_MCA_plm_ssh_agent": str(HERE / "agent.sh"), "PRTE_MCA_plm_ssh_no_tree_spawn": "1",
            "PRTE_MCA_prte_if_include": NETWORK, "OMPI_MCA_btl": "tcp,self", "OMPI_MCA_btl_tcp_if_include": NETWORK}
RESUME = HERE.parents[1] / "jobs" / "until-complete.sh"
MODEL = "eight_schools"
SETTINGS = {"chains": 8, "warmup": {"iterations": 300, "settle": 40}, "sampler": {"draws": 12000},
            "output": {"flush_seconds": 0.02}}


class Hosts(ranks.TestCase):
    def setUp(self):
        super().setUp()
        self.prepare(MODEL, SETTINGS)

    def begin(self, plan, *arguments, prefix=(), program=()):
        (self.folder / "hostfile").write_text("h0 slots=1\nh1 slots=2\nh2 slots=2\n")
        path = os.pathsep.join([str(pathlib.Path(ranks.programs.exmc).parent), os.environ["PATH"]])
        environment = {**LAUNCHER, "PATH": path, "PRTE_MCA_prte_default_hostfile": str(self.folder / "hostfile"),
                       "EXMC_FAULT_PLAN": "; ".join(f"{fault} wait={self.folder}/held{number}"
                                                    for number, fault in enumerate(plan))}
        run = ranks.Run(self.folder, 5, *arguments, self.config.name, wrapped=False, prefix=prefix,
                        program=program, environment=environment)
        self.addCleanup(run.process.kill)
        return run

    def held(self, run, number):
        """Process of the rank that the plan's fault holds, once it is there."""
        return int(run.wait_for(lambda: ranks.read(self.folder / f"held{number}")).split()[1])

    def test_ranks_of_three_hosts_give_the_same_draws(self):
        run = self.begin([f"rank={rank} phase=init" for rank in range(5)])
        for rank in range(5):
            self.assertEqual(host_of(self.held(run, rank)), ("h0", "h1", "h1", "h2", "h2")[rank])
            (self.folder / f"held{rank}").unlink()
        result = run.finish()
        self.assertEqual(result.complaints(), [], result.err)
        self.assertEqual(ranks.digest(self.file), self.undisturbed)

    def test_a_rank_on_another_host_dies(self):
        # Several times: where MPI was just writing to the dead rank, SIGPIPE would end rank 0 as well.
        for fault in ["rank=2 phase=settling", *5 * ["rank=4 phase=sampling iteration=1000"]]:
            with self.subTest(fault):
                run = self.begin([fault])
                os.kill(self.held(run, 0), signal.SIGKILL)
                result = run.finish()
                self.assertEqual(result.complaints(), [], result.err)
                self.assertIn("died", result.err)
                self.assertEqual(ranks.digest(self.file), self.undisturbed)
            self.file.unlink()
            (self.folder / "held0").unlink()

    def test_a_rank_dies_with_its_blocks_on_their_way(self):
        """Rank 0 is held while they arrive. Open MPI's TCP transport crashes a receiver that then asks a dead sender for
        the rest of a large message: none may be large."""
        for _ in range(3):
            run = self.begin(["rank=0 phase=before_append iteration=100", "rank=2 phase=sampling iteration=100"])
            victim = self.held(run, 1)
            self.held(run, 0)
            (self.folder / "held1").unlink()
            time.sleep(0.3)  # for some blocks
            os.kill(victim, signal.SIGKILL)
            time.sleep(0.1)
            (self.folder / "held0").unlink()
            result = run.finish()
            self.assertEqual(result.complaints(), [], result.err)
            self.assertEqual(ranks.digest(self.file), self.undisturbed)
            self.file.unlink()

    def test_a_rank_dies_in_the_broadcast_of_a_large_job(self):
        self.prepare(MODEL, {**SETTINGS, **ranks.large_job(self.folder)})
        for rank, piece in ((0, 0), (0, 30), (2, 30), (4, 53)):
            with self.subTest(rank=rank, piece=piece):
                run = self.begin([f"rank={rank} phase=broadcast_piece iteration={piece}"])
                os.kill(self.held(run, 0), signal.SIGKILL)
                result = run.finish()
                self.assertEqual(result.complaints(), [], result.err)
                self.assertEqual(ranks.digest(self.file), self.undisturbed)
            self.file.unlink()
            (self.folder / "held0").unlink()

    def test_a_broadcast_that_nobody_can_end(self):
        """Rank 0 stops in it, alone on its host: the others leave; the launcher ends it once it runs again."""
        self.prepare(MODEL, {**SETTINGS, "runtime": {"heartbeat_seconds": 2}})
        run = self.begin([f"rank={rank} phase=broadcast_piece iteration=1" for rank in range(5)])
        processes = [self.held(run, number) for number in range(5)]
        os.kill(processes[0], signal.SIGSTOP)
        for number in range(5):
            (self.folder / f"held{number}").unlink()
        ranks.wait_for(lambda: not any(map(exists, processes[1:])))
        self.assertIn("a broadcast does not end", run.err())
        os.kill(processes[0], signal.SIGCONT)
        run.finish()
        ranks.wait_for(lambda: not exists(processes[0]))
        self.check_resumable(self.file)

    def test_a_successor_that_does_not_reach_the_file_ends_the_run_resumable(self):
        """Only rank 0 is on h0; the folder of the output is another one on the other hosts."""
        output = self.folder / "output"
        output.mkdir()
        private = self.folder / "private.sh"
        private.write_text(f'#!/bin/sh\n[ $OMPI_COMM_WORLD_RANK = 0 ] && exec "$@"\n'
                           f'exec unshare --mount sh -c \'mount -t tmpfs none {output} && exec "$@"\' sh "$@"\n')
        private.chmod(0o755)
        file = output / "run.h5"
        run = self.begin(["rank=0 phase=sampling iteration=1000"], "--set", f"output.file={file}", program=[private])
        os.kill(self.held(run, 0), signal.SIGKILL)
        result = run.finish()
        self.assertEqual(len(result.complaints()), 1, result.err)
        self.assertIn("can this host reach it?", result.complaints()[0])
        self.check_resumable(file)

    def test_a_link_that_is_cut_ends_the_run_resumable(self):
        """Rank 0 hears nothing of h2, where nobody can be asked to kill them; those there hear nothing of rank 0."""
        self.prepare(MODEL, {**SETTINGS, "runtime": {"heartbeat_seconds": 4}})
        run = self.begin([f"rank={rank} phase=sampling iteration=1000" for rank in (0, 3, 4)])
        processes = [self.held(run, number) for number in range(3)]
        subprocess.run(["ip", "link", "set", "to_h2", "down"], check=True)
        try:
            run.wait_for(lambda: "exmc_mpi: " in run.err())
            ranks.wait_for(lambda: not any(map(exists, processes)))
        finally:
            subprocess.run(["ip", "link", "set", "to_h2", "up"], check=True)
        result = run.finish()
        here, *there = result.complaints()  # what h2 said comes when the link is back, if the launcher still runs
        self.assertTrue(all("rank 0, which coordinates the run, does not answer" in line for line in there), result.err)
        self.assertRegex(here, r"rank [34] \(h2\) did not answer .* no other rank on its host answers")
        self.check_resumable(self.file)

    def test_a_link_that_is_cut_does_not_keep_a_job_script(self):
        """Open MPI's launcher waits for the daemon beyond the link: the script ends it."""
        self.prepare(MODEL, {**SETTINGS, "runtime": {"heartbeat_seconds": 4}})
        run = self.begin([f"rank={rank} phase=sampling iteration=1000" for rank in (0, 3, 4)], "--resume",
                         prefix=["env", "EXMC_LINGER=6", RESUME, self.file])
        for number in range(3):
            self.held(run, number)
        subprocess.run(["ip", "link", "set", "to_h2", "down"], check=True)
        try:
            run.wait_for(lambda: "the launcher stays" in run.err())
        finally:
            subprocess.run(["ip", "link", "set", "to_h2", "up"], check=True)
        self.let_go_until_it_ends(run)
        self.assertIn("try 2", run.err())
        self.assertEqual(ranks.digest(self.file), self.undisturbed)

    def check_resumable(self, file):
        self.assertEqual(ranks.run(self.folder, None, "--status", file).codes, {0: 5})
        result = ranks.run(self.folder, None, "--quiet", "--resume", "--set", f"output.file={file}", self.config.name)
        self.assert_codes(result, 0)
        self.assertEqual(ranks.digest(file), self.undisturbed)

    def test_a_host_is_lost_and_the_job_script_resumes(self):
        """Open MPI 5.0 ends the job then: the daemon by which the launcher knew the host is gone."""
        run = self.begin(["rank=3 phase=sampling iteration=1000"], "--resume", prefix=[RESUME, self.file])
        self.held(run, 0)
        lose("h2")
        self.let_go_until_it_ends(run)
        self.assertIn("try 2", run.err())
        self.assertEqual(ranks.digest(self.file), self.undisturbed)

    def let_go_until_it_ends(self, run):
        self.lift_holds_until(lambda: run.process.poll() is not None)
        result = run.finish()
        self.assertEqual(run.process.returncode, 0, result.err)


def exists(process):
    return pathlib.Path(f"/proc/{process}").exists()


def host_of(process):
    return subprocess.run(["nsenter", "--target", str(process), "--uts", "hostname"], capture_output=True, text=True,
                          check=True).stdout.strip()


def lose(host):
    """Kills every process of a host but the one that keeps its network."""
    keeper = (pathlib.Path(os.environ["EXMC_HOSTS_FOLDER"]) / f"{host}.pid").read_text().strip()
    network = os.readlink(f"/proc/{keeper}/ns/net")
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if process.name != keeper and os.readlink(process / "ns" / "net") == network:
                os.kill(int(process.name), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            continue


def main():
    if "EXMC_HOSTS_FOLDER" in os.environ:
        ranks.main()
    with ranks.tempfile.TemporaryDirectory() as folder:
        up = [HERE / "hosts.sh", folder, "2"]
        tried = subprocess.run([*up, "true"], capture_output=True, text=True)
        if tried.returncode:
            print(f"SKIPPED: no test hosts here: {tried.stderr.strip()}")
            return 0
        return subprocess.run([*up, sys.executable, *sys.argv]).returncode


if __name__ == "__main__":
    sys.exit(main())
