#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "exmc/core/ids.hpp"
#include "exmc/runtime/communicator.hpp"

namespace exmc::runtime {

/// Who coordinates, as one rank sees it: the lowest rank that it does not know to be dead. Ranks die and never return,
/// so that each next coordinator has a higher number than the one before: a coordinator's number is its term, and what
/// comes late from an earlier one is known by its sender. A value.
class Membership {
 public:
  Membership(RankId self, std::int32_t ranks) : self_(self), alive_(static_cast<std::size_t>(ranks), true) {}

  enum class Route : std::uint8_t {
    coordinator,  ///< for this rank's coordinator
    worker,       ///< for its worker
    later,        ///< from or for a coordinator that this rank does not know of yet: keep it until it does
    never,        ///< of a term that is over
  };
  /// What to do with a message from `peer`.
  [[nodiscard]] Route route(RankId peer, MessageKind kind) const;

  /// Notes a death. @return whether another rank coordinates now.
  bool died(RankId rank);

  [[nodiscard]] std::int32_t size() const { return static_cast<std::int32_t>(alive_.size()); }
  [[nodiscard]] RankId self() const { return self_; }
  [[nodiscard]] RankId coordinator() const { return coordinator_; }
  [[nodiscard]] bool coordinates() const { return coordinator_ == self_; }
  [[nodiscard]] bool alive(RankId rank) const { return alive_.at(static_cast<std::size_t>(rank.value)); }
  /// The next living rank, beginning again after the last one; nothing where this rank is alone.
  [[nodiscard]] std::optional<RankId> neighbour() const;
  [[nodiscard]] std::vector<RankId> dead() const;

 private:
  RankId self_, coordinator_{0};
  std::vector<bool> alive_;
};

}  // namespace exmc::runtime
