#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "exmc/core/ids.hpp"
#include "exmc/core/process.hpp"
#include "exmc/runtime/message.hpp"

namespace exmc::runtime {

/// In what way a rank hangs.
enum class Hang : std::uint8_t {
  silent,  ///< nothing is heard of it
  stuck,   ///< it answers, but its chain has finished no gradient
};

/// The rank that is to kill one that hangs, on its host: `self` where that is there, which may be the one that hangs;
/// else the first other one there that answers; nothing where there is none, or nobody knows who is where.
[[nodiscard]] std::optional<RankId> killer_of(RankId hung, RankId self, const std::vector<Process>& places,
                                              const std::function<bool(RankId)>& answers);

/// Tells which ranks hang, from what is heard of them and when. A value; the time, in seconds, comes from outside.
/// Time in which the watching rank did not run itself does not count: after a suspended job goes on, nobody hangs.
class HangWatch {
 public:
  /// @param limit  seconds without a sign of life after which a rank hangs
  HangWatch(std::int32_t ranks, double limit, double now);

  void heard(RankId rank);
  void heard(RankId rank, const Heartbeat& beat);
  /// Forgets all that was heard: everybody has the whole limit again.
  void start_again();
  /// How long the watch has run counts up to `now`.
  /// @return whether to ask which ranks hang, a hundred times within the limit: each time all of them are looked at
  bool look(double now);
  /// Seconds since a sign of life.
  [[nodiscard]] double silent_for(RankId rank) { return watch_ - of(rank).heard; }
  /// Whether it has been silent for so long that nothing is to be asked of it.
  [[nodiscard]] bool answers(RankId rank) { return silent_for(rank) <= limit_ / 2; }
  /// Whether the rank hangs; asked again, only after another limit.
  [[nodiscard]] std::optional<Hang> hangs(RankId rank);

 private:
  struct Signs {
    double heard = 0, got_on = 0;  ///< when, by the watch
    double stuck = 0;              ///< for how long, by its last beat
    std::uint64_t pulse = 0;
    bool sampling = false;
  };

  [[nodiscard]] Signs& of(RankId rank) { return signs_.at(static_cast<std::size_t>(rank.value)); }

  double limit_, now_, watch_ = 0, next_ = 0;
  std::vector<Signs> signs_;
};

}  // namespace exmc::runtime
