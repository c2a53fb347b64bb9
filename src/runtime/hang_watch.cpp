#include "exmc/runtime/hang_watch.hpp"

#include <algorithm>

namespace exmc::runtime {
namespace {

/// A rank looks at its watch every 8 ms. Of a longer time it cannot say who else did not run in it.
constexpr double kLongestStep = 1;

}  // namespace

HangWatch::HangWatch(std::int32_t ranks, double limit, double now)
    : limit_(limit), now_(now), signs_(static_cast<std::size_t>(ranks)) {}

void HangWatch::look(double now) {
  watch_ += std::min(now - now_, kLongestStep);
  now_ = now;
}

void HangWatch::heard(RankId rank) {
  of(rank).heard = watch_;
  of(rank).excused = false;
}

void HangWatch::heard(RankId rank, const Heartbeat& beat) {
  heard(rank);
  Signs& signs = of(rank);
  if (!beat.sampling || !signs.sampling || beat.pulse != signs.pulse) signs.got_on = watch_;
  signs.stuck = watch_ - signs.got_on;
  signs.sampling = beat.sampling;
  signs.pulse = beat.pulse;
  signs.excused = beat.busy;
}

void HangWatch::start_again() { std::ranges::fill(signs_, Signs{watch_, watch_, 0, 0, false, false}); }

std::optional<Hang> HangWatch::hangs(RankId rank) {
  Signs& signs = of(rank);
  const bool silent = !signs.excused && watch_ - signs.heard > limit_;
  if (!silent && signs.stuck <= limit_) return std::nullopt;
  signs.heard = signs.got_on = watch_;
  signs.stuck = 0;
  return silent ? Hang::silent : Hang::stuck;
}

}  // namespace exmc::runtime
