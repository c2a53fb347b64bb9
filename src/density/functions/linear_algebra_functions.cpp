#include <vector>

#include "../operations/linear_algebra.hpp"
#include "functions.hpp"

/// Linear algebra in expressions, on the last two axes.
namespace exmc::density {
namespace {

void require_square(const Arguments& given) {
  const Shape& shape = given[0].shape;
  if (shape.size() >= 2 && shape[shape.size() - 2] == shape.back() && shape.back() > 0) return;
  given.refuse("expected a square matrix in the last two axes, found shape " + to_string(shape));
}

View cholesky_of(Builder& builder, const Arguments& given) {
  require_square(given);
  return cholesky(builder, given[0]);
}

View logdet_of(Builder& builder, const Arguments& given) {
  const View half = log_diagonal_sum(builder, cholesky_of(builder, given));
  return builder.apply<Multiply>({builder.constant(2.0), half});
}

/// One axis of b is a vector; with more, the last two are a matrix, as for numpy's solve.
View solve_triangular_of(Builder& builder, const Arguments& given) {
  require_square(given);
  const View &a = given[0], &b = given[1];
  const std::size_t own = b.rank() == 1 ? 1 : 2;
  const auto refuse = [&] {
    given.refuse("shapes " + to_string(a.shape) + " and " + to_string(b.shape) +
                 " do not fit: b has a row for each of a");
  };
  if (b.rank() == 0 || b.shape[b.rank() - own] != a.shape.back()) refuse();
  const auto batch = [](const View& view, std::size_t axes) {
    return Shape(view.shape.begin(), view.shape.end() - static_cast<std::ptrdiff_t>(axes));
  };
  if (!broadcast(batch(a, 2), batch(b, own))) refuse();
  return own == 1 ? solve_vector(builder, a, b) : solve_matrix(builder, a, b);
}

const std::vector<Function> kFunctions = {
    {"cholesky", {{"a"}}, cholesky_of, "the lower triangle L with L L' = a"},
    {"solve_triangular",
     {{"a"}, {"b"}},
     solve_triangular_of,
     "the x with L x = b, where L is the lower triangle of `a`; `b` is a vector if it has one axis, else matrices"},
    {"logdet", {{"a"}}, logdet_of, "the logarithm of the determinant of a positive definite matrix"},
};

}  // namespace

std::span<const Function> linear_algebra_functions() { return kFunctions; }

}  // namespace exmc::density
