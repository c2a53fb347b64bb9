#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

namespace exmc::density {

/// What one thing needs of others, by index.
using Dependencies = std::vector<std::set<std::size_t>>;

/// An order in which everything comes after what it needs, nearest to the given one.
struct DependencyOrder {
  std::vector<std::size_t> order;
  std::vector<std::size_t> cycle;  ///< not empty where there is none: each needs the next, the last the first
};
[[nodiscard]] DependencyOrder sort_by_dependency(const Dependencies& needs);

}  // namespace exmc::density
