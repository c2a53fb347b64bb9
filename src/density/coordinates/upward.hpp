#pragma once

#include <cstdint>
#include <span>

#include "../program/builder.hpp"

namespace exmc::density {

/// A variable's message K, H and scale u, which broadcast to its shape, and which element of its parent each of its
/// elements is located at.
struct Message {
  View k, h;
};
struct Child {
  Message message;
  View scale;
  Shape shape;
  std::span<const std::int32_t> parents;
  bool slots = false;  ///< K and H are slots, whose gradient nobody wants
};

/// c = (1 + K u^2)^(-1/2) of the child, one number where K and u are, and what goes up to the parent, of its shape: the
/// sums of K c^2 and H c^2 (docs/decisions/0013).
struct Upward {
  View c;
  Message message;
};
[[nodiscard]] Upward emit_upward(Builder& builder, const Child& child, const Shape& parent);

}  // namespace exmc::density
