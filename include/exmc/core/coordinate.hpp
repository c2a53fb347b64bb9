#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace exmc {

/// The values along a dimension of the output.
using Coordinate = std::variant<std::vector<double>, std::vector<std::string>>;

[[nodiscard]] inline std::size_t length_of(const Coordinate& coordinate) {
  return std::visit([](const auto& values) { return values.size(); }, coordinate);
}

}  // namespace exmc
