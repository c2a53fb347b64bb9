#pragma once

#include "exmc/ir/model.hpp"
#include "json/value.hpp"

namespace exmc::ir {

inline constexpr auto kExpectedOde = "a differential equation: an object with \"initial\", \"rhs\" and \"times\"";

/// Parses what "ode" stands before; what names of the model stand for is not looked at.
/// @throws InputError
[[nodiscard]] Ode read_ode(const json::Value& value);

}  // namespace exmc::ir
