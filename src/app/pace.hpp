#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "exmc/runtime/ledger.hpp"
#include "job.hpp"

namespace exmc::app {

/// Iterations that a run has before it, as far as they are known.
struct Course {
  std::uint64_t chains = 0, draws = 0;      ///< draws of each chain
  std::uint64_t warmup = 0;                 ///< of a chain that warms itself up, at most
  std::optional<std::uint64_t> settling{};  ///< of the others; none: each warms itself up
  std::uint64_t places = 1;                 ///< chains that can run at a time

  /// Of all chains from their beginning; settling again not foreseen.
  [[nodiscard]] std::uint64_t planned() const;
  /// Of one from where it stands. @param warms_up  where it has not begun
  [[nodiscard]] std::uint64_t remaining(const runtime::ChainRecord& chain, bool warms_up) const;
};

/// @param places  ranks, or threads
[[nodiscard]] Course course_of(const Job& job, std::uint64_t places);

/// What is measured of a chain while it samples; nothing where that is not known yet.
struct ChainPace {
  std::optional<double> per_second{};  ///< draws
  std::optional<double> seconds_left{};
};

/// How far a run is, and how fast it goes.
struct Pace {
  std::uint64_t draws = 0, planned_draws = 0;  ///< of all chains
  std::uint64_t done = 0, planned = 0;  ///< iterations; what an early end of a warm-up saved is not planned any more
  std::optional<double> seconds_left{};
  std::vector<ChainPace> chains{};
  bool may_end_early = false;  ///< where a goal is reached
  std::string goal{};          ///< how far that is; empty: not known yet
};

/// Measures a run by looking at it now and then. What was there at the first look took no time.
class PaceMeter {
 public:
  explicit PaceMeter(const Course& course) : course_(course) {}

  /// @param seconds  of a clock that does not go back
  [[nodiscard]] Pace look(std::span<const runtime::ChainRecord> chains, double seconds);

 private:
  struct Look {
    double seconds;
    std::vector<std::uint64_t> received;  ///< iterations of each chain
  };

  void forget(const Look& now);
  [[nodiscard]] std::optional<double> rate_of(std::size_t chain, const Look& now);
  [[nodiscard]] ChainPace pace_of(const runtime::ChainRecord& chain, std::optional<double> rate, bool warms_up) const;

  Course course_;
  double begun_ = 0;
  std::vector<double> still_;  ///< when each chain was last seen where it was at the first look
  std::optional<Look> since_,
      later_;  ///< rates are measured since the first of them, which the second takes the place of
};

}  // namespace exmc::app
