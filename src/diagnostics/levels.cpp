#include <algorithm>
#include <numeric>

#include "exmc/diagnostics/summary.hpp"

namespace exmc::diagnostics {

std::vector<ChainLevel> levels_of(const DrawsView& log_density) {
  std::vector<ChainLevel> levels;
  for (std::size_t chain = 0; chain < log_density.chains; ++chain) {
    const DrawsView own{log_density.values.subspan(chain * log_density.draws, log_density.draws), 1, log_density.draws};
    levels.push_back({mean(own), sd(own)});
  }
  return levels;
}

std::vector<std::vector<std::size_t>> separate_levels(const std::vector<ChainLevel>& chains) {
  std::vector<std::size_t> order(chains.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return chains[a].mean > chains[b].mean; });
  std::vector<std::vector<std::size_t>> levels;
  for (const std::size_t chain : order) {
    const bool begins = levels.empty() || chains[levels.back().back()].mean - chains[chain].mean >
                                              std::max(chains[levels.back().back()].sd, chains[chain].sd);
    if (begins) levels.emplace_back();
    levels.back().push_back(chain);
  }
  for (std::vector<std::size_t>& level : levels) std::ranges::sort(level);
  return levels;
}

}  // namespace exmc::diagnostics
