#pragma once

#include <optional>
#include <vector>

#include "../program/builder.hpp"

namespace exmc::density {

/// A vector of n rows as data plus a linear function of variables, X b + ... + intercept + data, as far as its making
/// is known (Facts).
struct LinearForm {
  struct Product {
    View design, vector;  ///< operands of a design product
  };
  std::vector<Product> products;
  std::optional<View> intercept;  ///< scalar
  View data;                      ///< constant, broadcasts to n

  /// Coefficients in all.
  [[nodiscard]] std::size_t width() const;
};

/// Empty where `value`, a vector, has a part that is no such thing.
[[nodiscard]] std::optional<LinearForm> linear_form(Builder& builder, const View& value);

/// The view's one element, where all elements are the same one.
[[nodiscard]] std::optional<View> as_scalar(const View& view);

}  // namespace exmc::density
