#pragma once

#include <set>
#include <string>

#include "../program/builder.hpp"
#include "exmc/ir/model.hpp"

namespace exmc::density {

/// The names of data with missing values. Only such as a node observes that says what becomes of them can have any.
[[nodiscard]] std::set<std::string> incomplete_data(const ir::Model& model);

/// Elements of an array, by a vector of their row-major numbers, as a vector.
[[nodiscard]] View elements_of(Builder& builder, const View& array, const View& numbers);

}  // namespace exmc::density
