#pragma once

#include "../program/builder.hpp"

namespace exmc::density {

/// The product of a constant matrix (rows, columns) and a vector (columns), as in a linear predictor. The matrix is
/// copied tile by tile (DesignMatrix), so that both sweeps stream through it.
[[nodiscard]] View design_product(Builder& builder, const View& matrix, const View& vector);

}  // namespace exmc::density
