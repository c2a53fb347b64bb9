#pragma once

#include <Eigen/Core>
#include <functional>

namespace exmc::density {

/// Writes rows first, first + 1, ... of a matrix into all of `block`.
using RowReader = std::function<void(Eigen::Index first, Eigen::Ref<Eigen::MatrixXd> block)>;

/// R of the QR factorisation of a matrix by Householder reflections, (columns, columns), zeros below the diagonal;
/// |A x| = |R x| for every x. The rows come in blocks, each of which is factored below the R of those before it: memory
/// is that of some hundred rows. Stable column by column: R is that of a matrix whose columns differ from those of A by
/// rounding of their own norms (Higham 2002, "Accuracy and Stability of Numerical Algorithms", theorem 19.4).
[[nodiscard]] Eigen::MatrixXd triangular_factor(Eigen::Index rows, Eigen::Index columns, const RowReader& read);

}  // namespace exmc::density
