#pragma once

#include <chrono>

/// How long a rank waits for what may never come, while a run ends. All in one place, since a rank that was asked to
/// stop goes through one after the other, and all have left `kAllLeave` after it.
namespace exmc::runtime {

using Limit = std::chrono::milliseconds;

/// From a signal to the end of the last process, where nothing but an iteration or another rank is slow.
inline constexpr Limit kAllLeave{5000};
/// From there until the coordinator waits no more for ranks that are in an iteration.
inline constexpr Limit kStopLimit{2000};
/// Until a rank that was asked to stop waits no more for the coordinator to end the run.
inline constexpr Limit kOrderedStopLimit{3000};

/// What a rank waits for once it knows how the run ended.
struct LeaveLimits {
  Limit iteration;  ///< its own, in progress
  Limit meeting;    ///< after a death: the other survivors to know it, too
  Limit turn;       ///< with an error: the launcher to note the end of the lower ranks of this host
};
inline constexpr LeaveLimits kLeaving{Limit{2000}, Limit{2000}, Limit{2000}};
/// Of a run that was asked to stop: the iteration has had the time until then.
inline constexpr LeaveLimits kLeavingStopped{Limit{500}, Limit{750}, Limit{750}};
/// A further turn for each lower rank of the host where nobody asked the run to stop.
inline constexpr Limit kTurnOfEach{50};

/// After which a rank ends whatever it is in.
inline constexpr Limit kLeaveLimit{10000};

static_assert(kOrderedStopLimit + kLeavingStopped.iteration + kLeavingStopped.meeting + kLeavingStopped.turn <=
              kAllLeave);
static_assert(kStopLimit < kOrderedStopLimit,
              "the coordinator writes what there is before the others leave by themselves");
static_assert(kLeaving.meeting + kLeaving.turn < kLeaveLimit);

}  // namespace exmc::runtime
