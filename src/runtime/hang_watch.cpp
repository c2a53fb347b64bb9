#include "exmc/runtime/hang_watch.hpp"

#include <algorithm>

namespace exmc::runtime {
namespace {

/// A rank looks at its watch every 8 ms. Of a longer time it cannot say who else did not run in it.
constexpr double kLongestStep = 1;

}  // namespace

std::optional<RankId> killer_of(RankId hung, RankId self, const std::vector<Process>& places,
                                const std::function<bool(RankId)>& answers) {
  const auto on_its_host = [&](RankId rank) {
    return places.at(static_cast<std::size_t>(rank.value)).host == places.at(static_cast<std::size_t>(hung.value)).host;
  };
  if (places.empty()) return std::nullopt;
  if (on_its_host(self)) return self;
  for (RankId other{0}; static_cast<std::size_t>(other.value) < places.size(); ++other.value) {
    if (other != hung && on_its_host(other) && answers(other)) return other;
  }
  return std::nullopt;
}

HangWatch::HangWatch(std::int32_t ranks, double limit, double now)
    : limit_(limit), now_(now), signs_(static_cast<std::size_t>(ranks)) {}

bool HangWatch::look(double now) {
  watch_ += std::min(now - now_, kLongestStep);
  now_ = now;
  if (watch_ < next_) return false;
  next_ = watch_ + std::min(limit_ / 100, kLongestStep);
  return true;
}

void HangWatch::heard(RankId rank) { of(rank).heard = watch_; }

void HangWatch::heard(RankId rank, const Heartbeat& beat) {
  heard(rank);
  Signs& signs = of(rank);
  if (!beat.sampling || !signs.sampling || beat.pulse != signs.pulse) signs.got_on = watch_;
  signs.stuck = watch_ - signs.got_on;
  signs.sampling = beat.sampling;
  signs.pulse = beat.pulse;
}

void HangWatch::start_again() { std::ranges::fill(signs_, Signs{watch_, watch_, 0, 0, false}); }

std::optional<Hang> HangWatch::hangs(RankId rank) {
  Signs& signs = of(rank);
  const bool silent = watch_ - signs.heard > limit_;
  if (!silent && signs.stuck <= limit_) return std::nullopt;
  signs.heard = signs.got_on = watch_;
  signs.stuck = 0;
  return silent ? Hang::silent : Hang::stuck;
}

}  // namespace exmc::runtime
