#pragma once

#include "../numbers/simd.hpp"

namespace exmc::density {

/// The logarithm of a product of factors that are at least 1, lane by lane: one multiplication each, and a logarithm
/// only at the end or before the product would overflow.
class LogProduct {
 public:
  void multiply(Pack factor) {
    constexpr double limit = 0x1p1000;
    const Pack next = product_ * factor;
    if (any(~(next <= limit))) [[unlikely]] {
      logarithms_ += log(product_) + log(factor);
      product_ = splat(1);
    } else {
      product_ = next;
    }
  }
  [[nodiscard]] Pack logarithm() const { return logarithms_ + log(product_); }
  /// Of all lanes together: one logarithm where their product is a number.
  [[nodiscard]] double total() const {
    constexpr double limit = 0x1p125;
    if (any(~(product_ <= limit))) [[unlikely]]
      return sum(logarithm());
    double product = 1;
    for (std::size_t lane = 0; lane < kLanes; ++lane) product *= product_[lane];
    return sum(logarithms_) + log(product);
  }

 private:
  Pack product_ = splat(1), logarithms_{};
};

}  // namespace exmc::density
