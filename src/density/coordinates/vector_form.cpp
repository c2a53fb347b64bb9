#include "vector_form.hpp"

#include <set>
#include <utility>
#include <variant>

#include "../functions/functions.hpp"
#include "../operations/matmul.hpp"

namespace exmc::density {
namespace {

bool names(const ir::Expression& expression, const std::string& name) {
  std::set<std::string> found;
  collect_names(expression, "", found);
  return found.contains(name);
}

/// Without the axes that it does not step along, from the first on.
View without_repeated(View view) {
  while (view.rank() > 0 && view.strides.front() == 0) view = at(view, 0, 0);
  return view;
}

/// `factors`, which broadcasts to an array of vectors, as what broadcasts to one of matrices: to each of their rows or
/// columns one.
View along(const View& factors, const Shape& shape, bool columns, bool rows_of_matrix) {
  View all = broadcast_to(factors, shape);
  if (columns) all = transposed(all);
  if (element_count(shape) == 0 || all.rank() == 0) return all;
  const View own = without_repeated(all);
  if (own.rank() == 0) return own;
  return rows_of_matrix ? with_new_axis(own, own.rank()) : with_new_axis(own, own.rank() - 1);
}

}  // namespace

/// What of an expression is known from within: of z itself, scaled, no matrix yet.
struct VectorForms::Partial {
  Shape shape;
  std::optional<View> scale{}, matrix{}, shift{};
  bool columns = false;
  std::set<std::string> names{};
};

std::optional<VectorForm> VectorForms::find(const ir::Expression& expression, const std::string& z,
                                            const Shape& shape) {
  if (shape.empty() || shape.size() > 2) return std::nullopt;
  const std::optional<Partial> found = visit(expression, z, shape);
  if (!found || !found->matrix) return std::nullopt;
  return VectorForm{*found->matrix, found->shift, found->shape, found->columns, found->names};
}

std::optional<VectorForms::Partial> VectorForms::visit(const ir::Expression& expression, const std::string& z,
                                                       const Shape& shape) {
  if (const auto* const name = std::get_if<ir::Name>(&expression.node)) {
    return name->name == z ? std::optional(Partial{shape}) : std::nullopt;
  }
  const auto* const binary = std::get_if<ir::Binary>(&expression.node);
  if (binary == nullptr) return std::nullopt;
  const bool on_left = names(*binary->left, z);
  const ir::ExpressionPtr &with = on_left ? binary->left : binary->right,
                          &rest = on_left ? binary->right : binary->left;
  if (on_left == names(*binary->right, z)) return std::nullopt;
  std::optional<Partial> inner = visit(*with, z, shape);
  if (!inner) return std::nullopt;
  const bool adds = binary->op == ir::BinaryOperator::add || binary->op == ir::BinaryOperator::subtract;
  if (!adds) collect_names(*rest, where_, inner->names);
  const auto other = [&] { return expressions_.compile(*rest, where_); };
  switch (binary->op) {
    using enum ir::BinaryOperator;
    case add:
      return this->add(*std::move(inner), other(), false);
    case subtract:
      return on_left ? this->add(*std::move(inner), other(), true) : std::nullopt;
    case multiply:
      return this->multiply(*std::move(inner), other());
    case divide:
      if (!on_left) return std::nullopt;
      return this->multiply(*std::move(inner), builder_.apply<Divide>({builder_.constant(1.0), other()}));
    case matmul:
      return matrix_product(*std::move(inner), other(), !on_left);
    default:
      return std::nullopt;
  }
}

std::optional<VectorForms::Partial> VectorForms::add(Partial inner, const View& other, bool subtract) {
  if (!broadcasts_to(other.shape, inner.shape)) return std::nullopt;
  const View term = subtract ? negate(builder_, other) : other;
  inner.shift = inner.shift ? builder_.apply<Add>({*inner.shift, term}) : term;
  return inner;
}

std::optional<VectorForms::Partial> VectorForms::multiply(Partial inner, const View& other) {
  if (!broadcasts_to(other.shape, inner.shape)) return std::nullopt;
  const auto times = [&](const View& view, const View& by) { return builder_.apply<Multiply>({by, view}); };
  if (inner.shift) inner.shift = times(*inner.shift, other);
  if (inner.matrix) {
    inner.matrix = times(*inner.matrix, along(other, inner.shape, inner.columns, true));
  } else {
    inner.scale = inner.scale ? times(*inner.scale, other) : other;
  }
  return inner;
}

std::optional<VectorForms::Partial> VectorForms::matrix_product(Partial inner, const View& other, bool from_left) {
  const std::size_t rank = inner.shape.size();
  const bool columns = from_left && rank == 2;
  if (other.rank() != 2 || (inner.matrix && inner.columns != columns)) return std::nullopt;
  const View matrix = from_left ? other : transposed(other);
  const std::size_t length = columns ? inner.shape.front() : inner.shape.back();
  if (matrix.shape[1] != length || element_count(inner.shape) == 0) return std::nullopt;
  if (inner.shift) {
    const View shift = broadcast_to(*inner.shift, inner.shape);
    inner.shift = from_left ? matmul(builder_, other, shift, where_) : matmul(builder_, shift, other, where_);
  }
  if (inner.matrix) {
    inner.matrix = matmul(builder_, matrix, *inner.matrix, where_);
  } else if (inner.scale) {
    inner.matrix = builder_.apply<Multiply>({matrix, along(*inner.scale, inner.shape, columns, false)});
  } else {
    inner.matrix = matrix;
  }
  (columns ? inner.shape.front() : inner.shape.back()) = matrix.shape[0];
  inner.columns = columns;
  return inner;
}

}  // namespace exmc::density
