#include "triangular_factor.hpp"

#include <Eigen/QR>
#include <algorithm>

namespace exmc::density {

Eigen::MatrixXd triangular_factor(Eigen::Index rows, Eigen::Index columns, const RowReader& read) {
  const Eigen::Index most = std::max<Eigen::Index>(256, 2 * columns);
  Eigen::MatrixXd factor = Eigen::MatrixXd::Zero(columns, columns);
  for (Eigen::Index first = 0; first < rows; first += most) {
    const Eigen::Index count = std::min(most, rows - first);
    Eigen::MatrixXd stacked(columns + count, columns);
    stacked.topRows(columns) = factor;
    read(first, stacked.bottomRows(count));
    const Eigen::HouseholderQR<Eigen::Ref<Eigen::MatrixXd>> decomposition(stacked);
    factor = stacked.topRows(columns).triangularView<Eigen::Upper>();
  }
  return factor;
}

}  // namespace exmc::density
