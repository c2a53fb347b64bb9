#pragma once

#include <string>

#include "../program/builder.hpp"

namespace exmc::density {

/// numpy's `a @ b`: of more than two axes products of the matrices in the last two, the others broadcast. A constant
/// matrix on the left is copied column by column, so that both sweeps stream through it.
/// @throws InputError with `where` and both shapes when they do not fit.
[[nodiscard]] View matmul(Builder& builder, const View& a, const View& b, const std::string& where);

}  // namespace exmc::density
