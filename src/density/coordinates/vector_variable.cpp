#include <array>
#include <numeric>
#include <variant>

#include "../distributions/terms.hpp"
#include "../functions/functions.hpp"
#include "../operations/linear_algebra.hpp"
#include "kernels.hpp"
#include "variable_compiler.hpp"
#include "vector.hpp"
#include "vector_form.hpp"

/// Vectors of learned coordinates: what variable_compiler.cpp does for single numbers.
namespace exmc::density {
namespace {

View with_last_two_exchanged(const View& view) {
  std::vector<std::size_t> order(view.rank());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::swap(order[order.size() - 2], order.back());
  return permuted(view, order);
}

struct Factor {
  View matrix;
  ModelsVector models;
};

/// The L of x = mu + L z.
Factor factor_of(Builder& builder, const Variable& v) {
  if (v.has("chol")) return {v["chol"], ModelsVector::x_of_lower};
  if (v.has("cov")) return {cholesky(builder, v["cov"]), ModelsVector::x_of_lower};
  const std::size_t n = v["tau"].shape.back();
  Array identity{{n, n}, std::vector<double>(n * n)};
  for (std::size_t i = 0; i < n; ++i) identity.values[i * (n + 1)] = 1;
  const View inverse = solve_matrix(builder, cholesky(builder, v["tau"]), builder.constant(identity));
  return {with_last_two_exchanged(inverse), ModelsVector::x_of_upper};
}

}  // namespace

View VariableCompiler::introduce_vector(std::size_t node, const Law& law) {
  const PlannedVariable& planned = plan_.variables.at(node);
  const Prepared& known = prepare(node);
  VectorForm form{{}, std::nullopt, law.shape, false, {}};
  ModelsVector models = ModelsVector::z;
  if (planned.standardised) {
    const std::size_t derived = planned.standardised->derived;
    const ir::Expression& expression = *std::get<ir::Derived>(model_.nodes[derived].kind).value;
    const std::string where = where_(derived, "expr");
    form = *VectorForms(builder_, expressions_, where).find(expression, model_.nodes[node].name, law.shape);
  } else {
    Factor factor = factor_of(builder_, law.variable);
    form.matrix = std::move(factor.matrix);
    form.shift = law.variable["mu"];
    models = factor.models;
    for (const Condition& condition : law.conditions) {
      if (condition.of_density) builder_.require(condition.value, condition.range, condition.place);
    }
  }
  const View zero = builder_.constant(0.0), eta = builder_.position_block(law.shape, node);
  const Message message = known.message.value_or(Message{zero, zero});
  const auto turned = [&](const View& view) { return form.columns ? transposed(view) : view; };
  const auto vectors = [&](const View& view) { return turned(broadcast_to(view, form.shape)); };
  const View factor = message_factor(builder_, form.matrix, vectors(message.k));
  const View z = vector_value(
      builder_,
      {turned(eta), factor, form.matrix, vectors(message.k), vectors(message.h), vectors(form.shift.value_or(zero))},
      models);
  View x = turned(matrix_times_vector(builder_, form.matrix, z));
  if (form.shift) x = builder_.apply<Add>({*form.shift, x});
  Shape batch(z.shape.begin(), z.shape.end() - 1);
  add_multiple(builder_, -1, log_diagonal_sum(builder_, factor), batch);
  builder_.add_term<StandardNormalTerm>({z});
  LearnedVariable& learned = record(node, eta, x, known.scale, turned(z), std::nullopt);
  const auto for_each = [&](const View& matrices) {
    Shape shape = batch;
    shape.insert(shape.end(), matrices.shape.end() - 2, matrices.shape.end());
    return look_at(broadcast_to(matrices, shape));
  };
  learned.vectors = LearnedVariable::Vectors{for_each(form.matrix), for_each(factor), form.columns};
  learned.standardised = planned.standardised.has_value();
  if (!planned.standardised) return x;
  derived_[planned.standardised->derived] = x;
  return turned(z);
}

}  // namespace exmc::density
