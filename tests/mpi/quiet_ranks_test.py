"""What ranks cost and touch while they wait: hardly any time, and no file but the config."""

import os
import pathlib
import time

import ranks

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Waiting(ranks.TestCase):
    def test_four_waiting_ranks_use_less_than_a_twentieth_of_a_core(self):
        config = ranks.write_config(self.folder, "logistic", chains=5, warmup={"iterations": 1000000})
        run = ranks.Run(self.folder, 5, config.name)
        self.addCleanup(run.process.kill)
        ranks.wait_for(lambda: (self.folder / "logistic.h5").exists())
        waiting = [run.pid(rank) for rank in range(1, 5)]
        time.sleep(0.5)
        start, before = time.monotonic(), [cpu_seconds(process) for process in waiting]
        time.sleep(6)
        used = sum(map(cpu_seconds, waiting)) - sum(before)
        share = used / (time.monotonic() - start)
        os.kill(run.pid(0), 15)
        self.assert_codes(run.finish(), 5)
        print(f"four waiting ranks: {100 * share:.2f} % of a core")
        self.assertLess(share, 0.05)


class Files(ranks.TestCase):
    def test_rank_0_alone_opens_model_and_data(self):
        self.require_tracing()
        (self.folder / "m.json").write_text(
            '{"exmc_ir": 1, "name": "m", "data": {"y": {"file": "y.csv", "column": "y"}}, "nodes": {'
            '"mu": {"dist": "normal", "mu": 0, "sigma": 1},'
            '"obs": {"dist": "normal", "mu": "mu", "sigma": 1, "shape": [2], "observed": "y"}}}')
        (self.folder / "y.csv").write_text("y\n0.5\n1.5\n")
        config = ranks.write_config(self.folder, "run", model="m.json", chains=3, warmup={"iterations": 50},
                                    sampler={"draws": 20})
        trace = self.folder / "trace"
        result = ranks.run(self.folder, 3, "--quiet", config.name,
                           prefix=["strace", "-f", "-qq", "-e", "trace=open,openat,execve", "-o", str(trace)])
        self.assert_codes(result, 0)
        readers, programs = {}, set()
        for line in trace.read_text().splitlines():
            process = line.split()[0]
            if "execve(\"" in line and line.split('"')[1] == ranks.programs.exmc:
                programs.add(process)
            for name in ("run.json", "m.json", "y.csv"):
                if "open" in line and f'{name}"' in line:
                    readers.setdefault(name, set()).add(process)
        self.assertEqual(len(programs), 3, "all ranks were traced")
        self.assertEqual(set(readers), {"run.json", "m.json", "y.csv"})
        # Each looks into the config for how long to wait for the others; the rest comes from rank 0.
        self.assertEqual(len(readers["m.json"] | readers["y.csv"]), 1, readers)


if __name__ == "__main__":
    ranks.main()
