#pragma once

#include <compare>
#include <cstdint>

namespace exmc {

/// Names a chain: the unit of work and of reproducibility. Counts from 0. Not a rank: any rank may run any chain.
struct ChainId {
  std::uint32_t value = 0;
  friend auto operator<=>(const ChainId&, const ChainId&) = default;
};

/// Names a process of the run by its place when the run started. Never reused, unlike a communicator's rank, which
/// changes when others die.
struct RankId {
  std::int32_t value = 0;
  friend auto operator<=>(const RankId&, const RankId&) = default;
};

}  // namespace exmc
