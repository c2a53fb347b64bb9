#include "regression.hpp"

#include <Eigen/Core>
#include <algorithm>
#include <utility>
#include <vector>

#include "../kernels/design_matrix.hpp"
#include "../numbers/triangular_factor.hpp"
#include "../operations/design_product.hpp"
#include "../operations/linear_form.hpp"

namespace exmc::density {
namespace {

using Eigen::Index;

/// Rows below which the sums cost as much as the data.
constexpr std::size_t kFewRows = 32;
/// Largest n width^2: a factorisation of about a second.
constexpr double kMostWork = 1e9;
/// Columns whose squares stay normal numbers.
constexpr double kSmallest = 1e-100, kLargest = 1e100;
/// A column of which less than this is left beside those before it counts as their combination.
constexpr double kDependent = 1e-8;

/// The matrix [X, ..., 1, y - data] of a linear form, read a block of rows at a time.
class Regression {
 public:
  Regression(const Builder& builder, const LinearForm& form, const View& y) : builder_(builder), form_(form), y_(y) {}

  [[nodiscard]] Index rows() const { return static_cast<Index>(y_.shape.front()); }
  [[nodiscard]] Index width() const { return static_cast<Index>(form_.width()); }

  void read(Index first, Eigen::Ref<Eigen::MatrixXd> block) const {
    Index column = 0;
    for (const LinearForm::Product& product : form_.products) {
      const auto columns = static_cast<Index>(product.vector.shape.front());
      read_design(product.design, first, block.middleCols(column, columns));
      column += columns;
    }
    if (form_.intercept) block.col(column++).setOnes();
    block.col(column) = part_of(y_, first, block.rows()) - part_of(form_.data, first, block.rows());
  }

 private:
  [[nodiscard]] Eigen::VectorXd part_of(const View& vector, Index first, Index count) const {
    const View rows = broadcast_to(vector, y_.shape);
    const Array part = builder_.evaluate(sliced(rows, 0, {first, 1, static_cast<std::size_t>(count)}));
    return Eigen::Map<const Eigen::VectorXd>(part.values.data(), count);
  }

  /// From tiles (tile, column, row of the tile).
  void read_design(const View& design, Index first, Eigen::Ref<Eigen::MatrixXd> block) const {
    constexpr auto height = static_cast<Index>(kTileRows);
    for (Index row = first; row < first + block.rows();) {
      const Index tile = row / height, in_tile = row % height;
      const Index count = std::min(height - in_tile, first + block.rows() - row);
      const Array values = builder_.evaluate(
          sliced(at(design, 0, static_cast<std::size_t>(tile)), 1, {in_tile, 1, static_cast<std::size_t>(count)}));
      block.middleRows(row - first, count) =
          Eigen::Map<const Eigen::MatrixXd>(values.values.data(), count, block.cols());
      row += count;
    }
  }

  const Builder& builder_;
  const LinearForm& form_;
  const View& y_;
};

/// Coefficients near those of least squares, of the first columns of a triangular factor for its last; any others would
/// do as well, but for rounding. 0 for a column that depends on others.
Eigen::VectorXd near_least_squares(const Eigen::MatrixXd& factor) {
  const Index width = factor.cols() - 1;
  Eigen::VectorXd coefficients = Eigen::VectorXd::Zero(width);
  for (Index j = width; j-- > 0;) {
    const Index after = width - 1 - j;
    const double left = factor(j, width) - factor.row(j).segment(j + 1, after).dot(coefficients.tail(after));
    if (std::abs(factor(j, j)) > kDependent * factor.col(j).norm()) coefficients[j] = left / factor(j, j);
  }
  return coefficients;
}

bool in_range(const Eigen::VectorXd& largest) {
  return (largest.array() == 0 || (largest.array() >= kSmallest && largest.array() <= kLargest)).all();
}

/// The coefficients of all columns, as one vector.
View coefficients_of(Builder& builder, const LinearForm& form) {
  std::vector<Builder::Part> parts;
  std::size_t width = 0;
  const auto append = [&](const View& part) {
    const View to = dense_view(Space::variable, width, part.shape);
    parts.push_back({part, to});
    width += part.shape.front();
  };
  for (const LinearForm::Product& product : form.products) append(product.vector);
  if (form.intercept) append(broadcast_to(*form.intercept, {1}));
  return parts.size() == 1 ? parts.front().from : builder.assemble({width}, parts);
}

Array to_array(const Eigen::MatrixXd& matrix) {
  Array array{{static_cast<std::size_t>(matrix.rows()), static_cast<std::size_t>(matrix.cols())}, {}};
  for (Index i = 0; i < matrix.rows(); ++i) {
    for (const double value : matrix.row(i)) array.values.push_back(value);
  }
  return array;
}

}  // namespace

std::optional<ReducedRegression> reduce_regression(Builder& builder, const View& y, const View& mu) {
  if (y.rank() != 1 || mu.shape != y.shape || mu.constant() || y.shape.front() < kFewRows) return std::nullopt;
  const auto form = linear_form(builder, mu);
  if (!form) return std::nullopt;
  const Regression regression(builder, *form, y);
  const Index width = regression.width(), rows = regression.rows();
  if (rows < 2 * (width + 1) || static_cast<double>(rows) * static_cast<double>(width * width) > kMostWork) {
    return std::nullopt;
  }
  Eigen::VectorXd largest = Eigen::VectorXd::Zero(width + 1);
  const Eigen::MatrixXd rough = triangular_factor(rows, width + 1, [&](Index first, Eigen::Ref<Eigen::MatrixXd> block) {
    regression.read(first, block);
    largest = largest.cwiseMax(block.cwiseAbs().colwise().maxCoeff().transpose());
  });
  if (!rough.allFinite() || !in_range(largest)) return std::nullopt;
  // Rounding is relative to the norm of the last column: once more, with what is left of it.
  const Eigen::VectorXd center = near_least_squares(rough);
  const Eigen::MatrixXd factor =
      triangular_factor(rows, width + 1, [&](Index first, Eigen::Ref<Eigen::MatrixXd> block) {
        regression.read(first, block);
        block.col(width) -= block.leftCols(width) * center;
      });
  if (!factor.allFinite()) return std::nullopt;
  const Eigen::MatrixXd design = factor.topLeftCorner(width, width);
  Array values = to_array(factor.col(width).head(width) + design * center);
  values.shape = {values.values.size()};
  const View coefficients = coefficients_of(builder, *form);
  const double rest = factor(width, width);
  return ReducedRegression{builder.constant(values),
                           design_product(builder, builder.constant(to_array(design)), coefficients), rest * rest};
}

}  // namespace exmc::density
