#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "../operations/batched.hpp"
#include "../operations/general_matrices.hpp"
#include "../operations/linear_algebra.hpp"
#include "../operations/reshape.hpp"
#include "../operations/sparse_product.hpp"
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

/// The last two axes exchanged.
View exchanged(const View& a) {
  std::vector<std::size_t> order(a.rank());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::swap(order[order.size() - 1], order[order.size() - 2]);
  return permuted(a, order);
}

/// x of a system a x = b by `solve`, which takes matrices. One axis of b is a vector; with more, the last two are a
/// matrix, as for numpy's solve.
template <class Solve>
View solved(const Arguments& given, Solve&& solve) {
  require_square(given);
  const View &a = given[0], &b = given[1];
  const std::size_t own = b.rank() == 1 ? 1 : 2;
  const bool fits = b.rank() > 0 && b.shape[b.rank() - own] == a.shape.back() &&
                    broadcast(batch_of(a.shape, 2), batch_of(b.shape, own));
  if (!fits) {
    given.refuse("shapes " + to_string(a.shape) + " and " + to_string(b.shape) +
                 " do not fit: b has a row for each of a");
  }
  if (own == 2) return solve(a, b);
  const View x = solve(a, with_new_axis(b, 1));
  return at(x, x.rank() - 1, 0);
}

View solve_triangular_of(Builder& builder, const Arguments& given) {
  const auto flag = [&](std::size_t place, bool otherwise) {
    return given.has(place) ? given.integer(place) != 0 : otherwise;
  };
  const bool transposed = flag(2, false), lower = flag(3, true);
  return solved(given, [&](const View& a, const View& b) {
    const View factor = lower ? a : exchanged(a);  // of an upper triangle U, U = L'
    return transposed == lower ? solve_transposed(builder, factor, b) : solve_matrix(builder, factor, b);
  });
}

View solve_of(Builder& builder, const Arguments& given) {
  return solved(given, [&](const View& a, const View& b) { return solve_system(builder, a, b); });
}

View inverse_of(Builder& builder, const Arguments& given) {
  require_square(given);
  const std::size_t n = given[0].shape.back();
  builder.require_room({n, n});
  Array identity{{n, n}, std::vector<double>(n * n)};
  for (std::size_t i = 0; i < n; ++i) identity.values[i * (n + 1)] = 1;
  return solve_system(builder, given[0], builder.constant(identity));
}

View quadratic_form_of(Builder& builder, const Arguments& given) {
  require_square(given);
  const View &a = given[0], &x = given[1];
  if (x.rank() == 0 || x.shape.back() != a.shape.back() || !broadcast(batch_of(a.shape, 2), batch_of(x.shape, 1))) {
    given.refuse("shapes " + to_string(a.shape) + " and " + to_string(x.shape) + " do not fit: x is as long as a");
  }
  return quadratic_form(builder, a, x);
}

View eigenvalues_of(Builder& builder, const Arguments& given) {
  require_square(given);
  return symmetric_eigenvalues(builder, given[0]);
}

View exponential_of(Builder& builder, const Arguments& given) {
  require_square(given);
  return matrix_exponential(builder, given[0]);
}

/// Blocks a[i, j] b.
View kron(Builder& builder, const Arguments& given) {
  const View &a = given[0], &b = given[1];
  if (a.rank() != 2 || b.rank() != 2) {
    given.refuse("takes two matrices, found shapes " + to_string(a.shape) + " and " + to_string(b.shape));
  }
  const View of_a = with_new_axis(with_new_axis(a, 1), 3), of_b = with_new_axis(with_new_axis(b, 0), 2);
  builder.require_room({a.shape[0], b.shape[0], a.shape[1], b.shape[1]});
  return reshaped(builder, builder.apply<Multiply>({of_a, of_b}), {a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]});
}

/// The product with a matrix of zeros, and a 1 in each column.
View scatter_add(Builder& builder, const Arguments& given) {
  const View& values = given[0];
  const std::vector<std::ptrdiff_t> index = given.integers(1);
  const std::ptrdiff_t length = given.integer(2);
  if (length < 1) given.refuse("takes a length from 1 on, found " + std::to_string(length));
  if (values.rank() == 0 || values.rank() > 2 || given[1].rank() != 1 || values.shape[0] != index.size()) {
    given.refuse("takes numbers, or rows, and as many positions, found shapes " + to_string(values.shape) + " and " +
                 to_string(given[1].shape));
  }
  builder.require_room({static_cast<std::size_t>(length)});
  SparseMatrix matrix{static_cast<std::size_t>(length), index.size(), {}, {}, std::vector<double>(index.size(), 1.0)};
  std::vector<std::vector<std::int32_t>> rows(matrix.rows);
  for (std::size_t i = 0; i < index.size(); ++i) {
    if (index[i] < 0 || index[i] >= length) {
      given.refuse("takes positions from 0 to " + std::to_string(length - 1) + ", found " + std::to_string(index[i]));
    }
    rows[static_cast<std::size_t>(index[i])].push_back(static_cast<std::int32_t>(i));
  }
  for (const std::vector<std::int32_t>& row : rows) {
    matrix.where.insert(matrix.where.end(), row.begin(), row.end());
    matrix.ends.push_back(static_cast<std::int32_t>(matrix.where.size()));
  }
  if (values.rank() == 2) return sparse_product(builder, matrix, values);
  return at(sparse_product(builder, matrix, with_new_axis(values, 1)), 1, 0);
}

constexpr auto kOptional = Argument::Kind::optional;

const std::vector<Function> kFunctions = {
    {"cholesky", {{"a"}}, cholesky_of, "the lower triangle L with L L' = a"},
    {"solve_triangular",
     {{"a"}, {"b"}, {"trans", kOptional}, {"lower", kOptional}},
     solve_triangular_of,
     "the x with L x = b, where L is the lower triangle of `a`; `b` is a vector if it has one axis, else matrices. "
     "With "
     "`trans=1` that with L' x = b; with `lower=0` L is the upper triangle of `a`"},
    {"solve", {{"a"}, {"b"}}, solve_of, "the x with a x = b; `b` as there"},
    {"inv", {{"a"}}, inverse_of, "the inverse"},
    {"quadratic_form",
     {{"a"}, {"x"}},
     quadratic_form_of,
     "x' a x of symmetric matrices and vectors, the last axis of `x`"},
    {"eigvalsh", {{"a"}}, eigenvalues_of, "eigenvalues of symmetric matrices, in increasing order"},
    {"expm", {{"a"}}, exponential_of, "the matrix exponential"},
    {"kron", {{"a"}, {"b"}}, kron, "the Kronecker product of two matrices"},
    {"scatter_add",
     {{"values"}, {"index"}, {"n"}},
     scatter_add,
     "n sums: each of `values`, numbers or rows, goes to the one whose position its `index`, data, says"},
    {"logdet", {{"a"}}, logdet_of, "the logarithm of the determinant of a positive definite matrix"},
};

}  // namespace

std::span<const Function> linear_algebra_functions() { return kFunctions; }

}  // namespace exmc::density
