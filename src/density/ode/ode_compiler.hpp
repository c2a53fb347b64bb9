#pragma once

#include <map>
#include <string>

#include "../functions/expression_compiler.hpp"
#include "../program/builder.hpp"
#include "exmc/ir/model.hpp"

namespace exmc::density {

/// The solution of a differential equation, by the names of its states: times along the first axis.
/// @param outside  gives what the model's names stand for
/// @param where    "model.json: nodes.z.ode"
/// @throws InputError, also where it depends on data alone and cannot be solved
[[nodiscard]] std::map<std::string, View> compile_ode(Builder& builder, const ExpressionCompiler::Lookup& outside,
                                                      const ir::Ode& ode, const std::string& where);

}  // namespace exmc::density
