#pragma once

#include <array>
#include <cstddef>

#include "../functions/functions.hpp"
#include "../program/builder.hpp"

namespace exmc::density {

/// c v over (c, v).
struct ScaledTerm {
  static constexpr std::size_t kOperands = 2;
  static constexpr double kConstant = 0;
  static constexpr std::array kVariants = {0b10U, 0b11U};
  template <class T>
  static T evaluate(const T* p, T* d) {
    d[0] = p[1];
    d[1] = p[0];
    return p[0] * p[1];
  }
};

/// Adds `factor` times each element of `view`, repeated to `shape`, to the log density.
inline void add_multiple(Builder& builder, double factor, const View& view, const Shape& shape) {
  builder.add_term<ScaledTerm>({builder.constant(factor), broadcast_to(view, shape)});
}

/// The scale of a precision: tau^(-1/2).
[[nodiscard]] inline View scale_of_precision(Builder& builder, const View& precision) {
  return builder.apply<Divide>({builder.constant(1.0), builder.apply<Sqrt>({precision})});
}

}  // namespace exmc::density
