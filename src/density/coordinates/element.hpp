#pragma once

#include <optional>

#include "../program/builder.hpp"
#include "upward.hpp"

namespace exmc::density {

/// What stands in eta's place where the model's position is given.
enum class ModelsElement { x, z };

/// A variable x of location m and scale u, sampled as eta, given its message K, H (docs/decisions/0013):
///   z = c (eta + c u (H - K m)),  x = m + u z,  c = (1 + K u^2)^(-1/2).
/// All views broadcast to the shape of eta.
struct Element {
  View eta, location, scale;
  std::optional<Message> message{};  ///< K and H; none: z is eta
  std::optional<View> c{};           ///< where it is known already
  bool normal = false;               ///< z is standard normal
  bool slots = false;                ///< K and H are slots, whose gradient nobody wants
  ModelsElement models = ModelsElement::x;
};

struct ElementViews {
  View x;
  std::optional<View> z;  ///< where the model has it, or it is not normal
  std::optional<View> c;  ///< where there is a message
};

/// Adds the log-Jacobian ln c to the density and, where z is normal, -z^2 / 2.
[[nodiscard]] ElementViews emit_element(Builder& builder, const Element& element);

}  // namespace exmc::density
