#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exmc/core/process.hpp"
#include "exmc/runtime/message.hpp"

namespace exmc::app {

/// What a rank says of itself before the run begins.
struct RankCard {
  RankId rank;
  Process process;
  std::string build;
  std::uint64_t job_hash = 0;
  std::optional<runtime::Ending> failure;  ///< why it cannot take part
};

/// This process's card, for a job of that hash.
[[nodiscard]] RankCard own_card(RankId rank, std::uint64_t job_hash);

[[nodiscard]] std::string encode(const RankCard& card);
[[nodiscard]] RankCard decode_card(const std::string& bytes);

// Of the cards of the ranks that live, in order:

/// @throws Error where a rank cannot take part, or rebuilt another model than the first.
void require_same_job(const std::vector<RankCard>& cards);

/// One line for each rank whose build is not the first one's: its draws may differ in the last bits.
[[nodiscard]] std::vector<std::string> differences(const std::vector<RankCard>& cards);

/// "rank host pid", a line each, for /run.
[[nodiscard]] std::string describe(const std::vector<RankCard>& cards);

}  // namespace exmc::app
