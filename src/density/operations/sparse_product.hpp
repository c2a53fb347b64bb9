#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "../program/builder.hpp"

namespace exmc::density {

/// A constant matrix by its elements that are not zero, row after row.
struct SparseMatrix {
  std::size_t rows = 0, columns = 0;
  std::vector<std::int32_t> ends;   ///< per row, how many elements up to its end
  std::vector<std::int32_t> where;  ///< per element, its column
  std::vector<double> values;
};

/// matrix @ x (..., columns, m).
[[nodiscard]] View sparse_product(Builder& builder, const SparseMatrix& matrix, const View& x);

/// A constant matrix whose zeros make it worth while, else nothing.
[[nodiscard]] std::optional<SparseMatrix> worthwhile_sparse(const Builder& builder, const View& matrix);

}  // namespace exmc::density
