#include "progress.hpp"

#include <fmt/core.h>

#include <map>

namespace exmc::app {
namespace {

std::string duration(double seconds) {
  if (seconds < 100) return fmt::format("{:.0f} s", seconds);
  if (seconds < 6000) return fmt::format("{:.0f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

/// "1 warmup, 3 sampling", in the order of a chain's life.
std::string stages(std::span<const runtime::ChainRecord> chains) {
  std::map<std::string, int> count;
  for (const runtime::ChainRecord& chain : chains) {
    const bool waiting = chain.status == runtime::ChainRecord::Status::queued || chain.progress.stage.empty();
    ++count[waiting ? "waiting" : chain.progress.stage];
  }
  std::string text;
  for (const char* stage : {"waiting", "warmup", "settling", "sampling", "complete"}) {
    if (count.contains(stage)) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count[stage], stage);
  }
  return text;
}

}  // namespace

std::uint64_t planned_iterations(const Job& job) {
  const config::Config& config = job.config;
  const std::uint64_t chains = *config.chains;
  const bool settles = config.warmup.mode == config::WarmupMode::coordinator;
  const std::uint64_t others = settles ? config.warmup.settle : config.warmup.iterations;
  return config.warmup.iterations + (chains - 1) * others + chains * config.sampler.draws;
}

std::string progress_line(std::span<const runtime::ChainRecord> chains, const Pace& pace) {
  std::uint64_t done = 0, divergences = 0;
  double step_sizes = 0;
  int moving = 0;
  for (const runtime::ChainRecord& chain : chains) {
    done += chain.received;
    divergences += chain.progress.divergences;
    if (chain.received == 0) continue;
    step_sizes += chain.progress.step_size;
    ++moving;
  }
  std::string line = fmt::format("{} | {}/{} | {} divergent", stages(chains), done, pace.planned, divergences);
  if (moving > 0) line += fmt::format(" | step {:.3g}", step_sizes / moving);
  if (done > pace.recovered && done < pace.planned) {
    const double left =
        pace.seconds * static_cast<double>(pace.planned - done) / static_cast<double>(done - pace.recovered);
    line += " | " + duration(left) + " left";
  }
  return line;
}

}  // namespace exmc::app
