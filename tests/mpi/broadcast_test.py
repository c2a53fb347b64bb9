"""Job and tuning reach the ranks by MPI_Bcast, as long as none has died."""

import h5py
import ranks

PIECE = 60000
SLOT_HEADER = 40  # bytes of a slot of /run/tunings before its content; the last eight tell how long that is


class Broadcasts(ranks.TestCase):
    def test_job_and_tuning_come_by_mpi_bcast(self):
        config = ranks.write_config(self.folder, "run", chains=5, warmup={"iterations": 300, "settle": 40},
                                    **ranks.large_job(self.folder))
        heard, _ = self.run_heard(config)
        with h5py.File(self.folder / "run.h5") as file:
            tunings = [content(slot) for slot in file["run/tunings"][0]]
        job_and_tuning = self.heard_by(heard, 0)
        self.assertGreater(len(job_and_tuning), 8 * 400000, "the data of the job")
        self.assertTrue(any(tuning and job_and_tuning.endswith(tuning) for tuning in tunings), "the tuning comes last")
        for rank in range(1, 5):
            self.assertEqual(self.heard_by(heard, rank), job_and_tuning)

    def test_a_broadcast_that_takes_longer_than_a_heartbeat(self):
        """Rank 0 is through with it at once, over TCP, and hears of rank 4, which takes 5 s, nothing but its beats."""
        config = ranks.write_config(self.folder, "run", chains=5, warmup={"iterations": 100}, runtime={"heartbeat_seconds": 2},
                                    **ranks.large_job(self.folder))
        _, result = self.run_heard(config, SLOW_RANK="4", OMPI_MCA_btl="self,tcp")
        self.assertNotIn("died", result.err)

    def run_heard(self, config, **environment):
        heard = self.folder / "heard"
        result = ranks.run(self.folder, 5, config.name, environment={"HEARD_BROADCASTS": str(heard), **environment},
                           program=["env", f"LD_PRELOAD={ranks.programs.shim}"])
        self.assert_codes(result, 0)
        return heard, result

    def heard_by(self, heard, rank):
        """All bytes of the rank's broadcasts. Each is in pieces, from rank 0, on the thread that communicates."""
        calls = heard.with_name(f"heard{rank}.calls").read_text().splitlines()
        for call in calls:
            count, root, main_thread = map(int, call.split())
            self.assertTrue(0 < count <= PIECE and root == 0 and main_thread, call)
        return heard.with_name(f"heard{rank}").read_bytes()


def content(slot):
    length = int.from_bytes(slot[SLOT_HEADER - 8:SLOT_HEADER].tobytes(), "little")
    return slot[SLOT_HEADER:SLOT_HEADER + length].tobytes()


if __name__ == "__main__":
    ranks.main("shim")
