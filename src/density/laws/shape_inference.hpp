#pragma once

#include <optional>
#include <string>
#include <vector>

#include "../distributions/distribution.hpp"
#include "../program/builder.hpp"

namespace exmc::density {

/// What a model says about the shape of a random variable besides its parameters.
struct ShapeRequest {
  std::optional<Shape> given;       ///< "shape"
  std::optional<Shape> observed{};  ///< that of the data
  std::optional<Shape> labelled{};  ///< that of the labels along its "dims"
  std::string key = "shape";        ///< which key `given` is from

  /// The shape of a variable whose parameters are single draws' and which has no "shape": that of the data, or of the
  /// labels. (Data without elements is too likely a mistake.)
  [[nodiscard]] const std::optional<Shape>& otherwise() const {
    return observed && element_count(*observed) > 0 ? observed : labelled;
  }
};

/// The shape of a variable: batch axes, then those of one draw. The batch is the broadcast of what the parameters have
/// beyond their own axes, or what is left of the given shape, which the parameters must then broadcast to, or where
/// both say nothing what the data, or else the labels along the axes, have beyond one draw. Lengths of own axes come
/// from the parameters, else from the given shape, else from data or labels.
///
/// Parameters that are vectors are made as long as they must be: a scalar or a single element stands for all.
/// @param where of the node; @throws InputError naming the key whose shape does not fit.
[[nodiscard]] Shape infer_shape(const Builder& builder, const Distribution& distribution,
                                const std::vector<Parameter>& parameters, Variable& variable,
                                const ShapeRequest& request, const std::string& where);

/// @throws InputError where the data has another shape than the variable.
void require_observed_shape(const ShapeRequest& request, const Shape& shape, const std::string& where);

}  // namespace exmc::density
