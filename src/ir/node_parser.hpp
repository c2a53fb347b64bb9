#pragma once

#include <string>

#include "exmc/ir/model.hpp"
#include "json/value.hpp"

namespace exmc::ir {

/// Parses one of a model's nodes, expressions included; what its names stand for is not looked at.
/// @throws InputError
[[nodiscard]] Node read_node(const std::string& name, const json::Value& value);

}  // namespace exmc::ir
