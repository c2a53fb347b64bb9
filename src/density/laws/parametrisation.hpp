#pragma once

#include <map>
#include <string>
#include <vector>

#include "../distributions/distribution.hpp"
#include "../program/builder.hpp"
#include "exmc/ir/expression.hpp"

namespace exmc::density {

/// The parametrisation of a distribution that the given parameters belong to.
/// @throws InputError with `where` for names it does not have, names that exclude each other, and missing ones.
[[nodiscard]] const std::vector<Parameter>& choose_parametrisation(
    const Distribution& distribution, const std::map<std::string, ir::ExpressionPtr>& given, const std::string& where);

/// @param own trailing axes that are one vector or matrix, where the domain is one of those.
/// @throws InputError with `where` naming the first element outside the domain.
void require_domain(const Domain& domain, const Array& array, const std::string& where, std::size_t own = 0);

/// An infinite bound is one that is none: @throws InputError with `where` for one at the other end, or that is NaN.
void require_end(const Builder& builder, const View& bound, bool is_upper, const std::string& where);

/// Where both bounds are data: @throws InputError with `where` when the lower is not below the upper somewhere; counts
/// may have one value.
void require_order(const Builder& builder, const Bounds& bounds, bool discrete, const std::string& where);

/// @throws InputError with `where` naming the first element outside those bounds that are data.
void require_between(const Builder& builder, const Bounds& bounds, const Array& array, const std::string& where);

/// One entry of `shape`: data, scalar, a whole number from 0 on.
[[nodiscard]] std::size_t axis_length(const Builder& builder, const View& view, const std::string& where);

}  // namespace exmc::density
