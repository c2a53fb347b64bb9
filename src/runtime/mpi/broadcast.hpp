#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "exmc/core/ids.hpp"

namespace exmc::runtime::mpi {

/// The ranks to which `rank` passes on what `root` broadcasts to `size` ranks: its children in a binomial tree.
[[nodiscard]] std::vector<RankId> children(RankId rank, RankId root, std::int32_t size);
/// The rank that passes it on to `rank`; the root itself for the root.
[[nodiscard]] RankId parent(RankId rank, RankId root, std::int32_t size);

/// What a rank knows of broadcasts, which all ranks begin in the same order. One that is here before this rank began it
/// waits; one that comes after this rank gave it up is dropped.
class Broadcasts {
 public:
  /// @return the broadcast as a message, for the root to send
  [[nodiscard]] static std::string encode(std::uint64_t number, RankId root, const std::string& bytes);
  [[nodiscard]] static RankId root_of(const std::string& message);

  /// @return the number of the broadcast begun, from 1
  std::uint64_t begin();
  [[nodiscard]] bool under_way() const { return under_way_; }
  void arrived(const std::string& message);
  /// The bytes of the broadcast under way, once they are here; then it is over.
  std::optional<std::string> take();
  void give_up() { under_way_ = false; }

 private:
  std::uint64_t begun_ = 0;
  bool under_way_ = false;
  std::map<std::uint64_t, std::string> arrived_;
};

}  // namespace exmc::runtime::mpi
