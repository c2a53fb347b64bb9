#pragma once

#include "exmc/ir/model.hpp"
#include "json/value.hpp"

namespace exmc::ir {

inline constexpr auto kExpectedScan = "a recurrence: an object with \"carry\" and \"step\"";

/// Parses what "scan" stands before; what names of the model stand for is not looked at.
/// @throws InputError
[[nodiscard]] Scan read_scan(const json::Value& value);

}  // namespace exmc::ir
