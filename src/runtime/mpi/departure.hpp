#pragma once

#include <cstdint>
#include <set>
#include <vector>

#include "exmc/core/ids.hpp"

namespace exmc::runtime::mpi {

/// When a rank may leave: once all have said that they do. Word of it goes up a binomial tree, in which a rank's parent
/// is its number without the lowest bit, to rank 0 and down again, by one kind of message without content. (In MPI's
/// own barrier this rank would take no messages, and their senders would wait.)
class Departure {
 public:
  Departure(RankId self, std::int32_t size);

  /// Word from another rank, also where this one is not about to leave yet.
  void heard(RankId from) { heard_.insert(from); }
  /// To be called while this rank is about to leave.
  /// @return whom to send word to now
  [[nodiscard]] std::vector<RankId> due();
  /// Whether all are about to leave, and those below know it.
  [[nodiscard]] bool over() const { return passed_on_; }

 private:
  RankId self_, parent_;
  std::vector<RankId> children_;
  std::set<RankId> heard_;
  bool told_parent_ = false, passed_on_ = false;
};

}  // namespace exmc::runtime::mpi
