#pragma once

#include <map>
#include <string>

#include "../functions/expression_compiler.hpp"
#include "../program/builder.hpp"
#include "exmc/ir/model.hpp"

namespace exmc::density {

/// The arrays that a recurrence makes, by the names of its outputs: steps along the first axis.
/// @param outside  gives what the model's names stand for
/// @param where    "model.json: nodes.h.scan"
/// @throws InputError
[[nodiscard]] std::map<std::string, View> compile_scan(Builder& builder, const ExpressionCompiler::Lookup& outside,
                                                       const ir::Scan& scan, const std::string& where);

}  // namespace exmc::density
