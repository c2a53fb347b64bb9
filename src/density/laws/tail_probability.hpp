#pragma once

#include <string>
#include <vector>

#include "../distributions/distribution.hpp"
#include "../supports/support.hpp"

namespace exmc::density {

/// The logarithm of the probability that a variable with these parameters is up to or above a point.
[[nodiscard]] View tail_probability(Builder& builder, const Distribution& distribution, const Variable& variable,
                                    const View& point, Tail tail);

/// @param use "truncated" or "censored".
/// @param place of what asks for it; @param where of the variable.
/// @throws InputError where the distribution function is not known, or a parameter must be data for it and is not.
void require_tail_probability(const Distribution& distribution, const Variable& variable, const std::string& use,
                              const std::string& place, const std::string& where);

/// Bounds of counts are data and whole numbers: @throws InputError otherwise.
void require_whole_bounds(const Builder& builder, const Bounds& bounds, const std::string& where);

/// Whether each number is in the domain and between those bounds that are data.
[[nodiscard]] std::vector<bool> possible_numbers(const Builder& builder, const Domain& domain, const Bounds& bounds,
                                                 const Array& data);

}  // namespace exmc::density
