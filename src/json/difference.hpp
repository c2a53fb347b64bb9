#pragma once

#include <optional>

#include "exmc/core/difference.hpp"
#include "json/parse.hpp"

namespace exmc::json {

/// The first difference of two values, in the order of `is`; nothing when they are equal. Numbers are compared as
/// numbers (5 equals 5.0), objects with the order of their keys.
[[nodiscard]] std::optional<Difference> first_difference(const Json& was, const Json& is);

}  // namespace exmc::json
