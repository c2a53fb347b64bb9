#pragma once

#include "exmc/config/points.hpp"
#include "json/value.hpp"

namespace exmc::config {

/// @throws InputError where it is no point.
[[nodiscard]] Point read_point(const json::Value& value);

}  // namespace exmc::config
