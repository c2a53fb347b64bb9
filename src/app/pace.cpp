#include "pace.hpp"

#include <algorithm>
#include <utility>

namespace exmc::app {
namespace {

/// Rates are those of the last third of the run, and of that many seconds at least.
constexpr double kShortestSpan = 20, kShareOfRun = 1. / 3;

using Status = runtime::ChainRecord::Status;

bool is_over(const runtime::ChainRecord& chain) {
  return chain.status == Status::complete || chain.status == Status::failed;
}

}  // namespace

Course course_of(const Job& job, std::uint64_t places) {
  const config::Config& config = job.config;
  Course course{*config.chains, config.sampler.draws, longest_warmup(sampler_settings(job)), {}, places};
  if (config.warmup.mode == config::WarmupMode::coordinator) course.settling = config.warmup.settle;
  return course;
}

std::uint64_t Course::planned() const { return warmup + (chains - 1) * settling.value_or(warmup) + chains * draws; }

std::uint64_t Course::remaining(const runtime::ChainRecord& chain, bool warms_up) const {
  if (is_over(chain)) return 0;
  const runtime::ChainProgress& progress = chain.progress;
  if (progress.stage.empty()) return (warms_up ? warmup : settling.value_or(warmup)) + draws;
  const std::uint64_t of_stage = progress.iterations - std::min(progress.iteration, progress.iterations);
  return of_stage + (progress.stage == "sampling" ? 0 : draws);
}

/// What lies too far back to say how fast the run is now.
void PaceMeter::forget(const Look& now) {
  if (!since_) begun_ = now.seconds;
  const double span = std::max(kShortestSpan, kShareOfRun * (now.seconds - begun_));
  if (!since_) {
    since_ = later_ = now;
  } else if (now.seconds - later_->seconds > span / 2) {
    since_ = std::exchange(later_, now);
  }
}

/// Iterations per second, without the time before its first one.
std::optional<double> PaceMeter::rate_of(std::size_t chain, const Look& now) {
  const std::uint64_t before = since_->received[chain];
  if (now.received[chain] == before) {
    still_[chain] = now.seconds;
    return std::nullopt;
  }
  return static_cast<double>(now.received[chain] - before) / (now.seconds - std::max(since_->seconds, still_[chain]));
}

ChainPace PaceMeter::pace_of(const runtime::ChainRecord& chain, std::optional<double> rate, bool warms_up) const {
  if (!rate || chain.progress.stage != "sampling") return {};
  return {rate, static_cast<double>(course_.remaining(chain, warms_up)) / *rate};
}

Pace PaceMeter::look(std::span<const runtime::ChainRecord> chains, double seconds) {
  Look now{seconds, {}};
  for (const runtime::ChainRecord& chain : chains) now.received.push_back(chain.received);
  still_.resize(chains.size(), seconds);
  forget(now);
  Pace pace;
  pace.planned_draws = course_.chains * course_.draws;
  std::uint64_t left = 0, unfinished = 0, moving = 0;
  double rates = 0;
  for (std::size_t i = 0; i < chains.size(); ++i) {
    const std::uint64_t own_left = course_.remaining(chains[i], i == 0);
    const std::string& stage = chains[i].progress.stage;
    if (stage == "sampling" || stage == "complete") pace.draws += chains[i].progress.iteration;
    pace.done += chains[i].received;
    left += own_left;
    unfinished += own_left > 0 ? 1 : 0;
    const std::optional<double> rate = own_left > 0 ? rate_of(i, now) : std::nullopt;
    rates += rate.value_or(0);
    moving += rate ? 1 : 0;
    pace.chains.push_back(pace_of(chains[i], rate, i == 0));
  }
  pace.planned = pace.done + left;
  if (moving == 0) return pace;
  const auto at_a_time = static_cast<double>(std::min(course_.places, unfinished));
  pace.seconds_left = static_cast<double>(left) / (rates / static_cast<double>(moving) * at_a_time);
  for (const ChainPace& own : pace.chains) pace.seconds_left = std::max(pace.seconds_left, own.seconds_left);
  return pace;
}

}  // namespace exmc::app
