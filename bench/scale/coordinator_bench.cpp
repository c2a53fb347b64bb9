// Question: what do the decisions of a whole run cost the rank that coordinates it, and how does that grow with ranks
// and chains? Method: the real coordinator and a real worker for each rank in one process (fleet.hpp), no file, no MPI;
// processor time within the coordinator's calls, decoding of what it is sent included. The answer is checked: the run
// ends, with every chain complete.
//
//   coordinator_bench [RANKS CHAINS BLOCKS DYING-HOSTS]      default: a table of sizes
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "fleet.hpp"

namespace {

using exmc::bench::Fleet;
using exmc::bench::FleetPlan;
using exmc::bench::FleetReport;
using exmc::bench::Spent;

double microseconds(const Spent& spent) {
  return spent.events == 0 ? 0 : 1e6 * spent.seconds / static_cast<double>(spent.events);
}

void measure(const FleetPlan& plan) {
  const FleetReport report = Fleet(plan).run();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("%7d %8u %4llu %5d %9.3f %8.3f %8.2f %8.2f %9.0f %9ld\n", plan.ranks, plan.chains,
              static_cast<unsigned long long>(plan.blocks), plan.dying_hosts, report.seconds(), report.begun.seconds,
              microseconds(report.blocks), microseconds(report.deaths), microseconds(report.flushes),
              usage.ru_maxrss / 1024);
  std::fflush(stdout);
}

}  // namespace

int main(int count, char** arguments) {
  std::printf("%7s %8s %4s %5s %9s %8s %8s %8s %9s %9s\n", "ranks", "chains", "blks", "hosts", "all s", "begin s",
              "block us", "death us", "flush us", "peak MiB");
  if (count == 5) {
    FleetPlan plan;
    plan.ranks = std::atoi(arguments[1]);
    plan.chains = static_cast<std::uint32_t>(std::atoi(arguments[2]));
    plan.blocks = static_cast<std::uint64_t>(std::atoi(arguments[3]));
    plan.dying_hosts = std::atoi(arguments[4]);
    measure(plan);
    return 0;
  }
  const std::vector<FleetPlan> plans = {
      {.ranks = 64, .chains = 64},
      {.ranks = 1000, .chains = 1000},
      {.ranks = 4000, .chains = 4000},
      {.ranks = 10000, .chains = 10000},
      {.ranks = 5, .chains = 100000},
      {.ranks = 10000, .chains = 100000},
      {.ranks = 10000, .chains = 100000, .dying_hosts = 100},
      {.ranks = 10000, .chains = 1000000, .blocks = 2},
  };
  for (const FleetPlan& plan : plans) measure(plan);
  return 0;
}
