#pragma once

#include "support.hpp"

/// Bounds of arrays of which some elements are infinite, so that there is none.
namespace exmc::density {

/// Whether a bound is data and infinite somewhere, or everywhere.
[[nodiscard]] bool is_partial(const Builder& builder, const std::optional<View>& bound);
[[nodiscard]] bool is_no_bound(const Builder& builder, const View& bound);

/// A bound that is data and the same everywhere as a scalar, of which more is known (Facts).
[[nodiscard]] std::optional<View> as_one_number(Builder& builder, const std::optional<View>& bound);

/// What constrain_between() does where a bound is partial: each element as its own bounds say.
[[nodiscard]] View constrain_partly(Builder& builder, const View& unconstrained, const Bounds& bounds);

/// For each element 1 where a bound is finite, else 0; and the bound with 0 where it is not.
struct FiniteBound {
  View is_finite, value;
};
[[nodiscard]] FiniteBound finite_bound(Builder& builder, const std::optional<View>& bound, double stand_in = 0);

}  // namespace exmc::density
