#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "../program/builder.hpp"
#include "exmc/ir/expression.hpp"
#include "subscripts.hpp"

namespace exmc::density {

/// The elements of an array of data that must be whole numbers.
/// @throws InputError with `where` when they are not, or depend on parameters.
[[nodiscard]] std::vector<std::ptrdiff_t> index_numbers(const Builder& builder, const View& view,
                                                        const std::string& where);

/// One entry between brackets: an index or an array of them, a slice, or a new axis.
using IndexEntry = std::variant<View, SliceBounds, ir::NewAxis>;

/// numpy's `base[entries]`. Arrays as indices broadcast with each other; the axes of what they broadcast to stand where
/// the first of them stood if they and the single indices beside them are neighbours, else in front.
/// @throws InputError with `where` for what is out of range or too many.
[[nodiscard]] View indexed(Builder& builder, const View& base, std::span<const IndexEntry> entries,
                           const std::string& where);

}  // namespace exmc::density
