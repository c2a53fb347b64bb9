#include "additive_terms.hpp"

#include <cstddef>
#include <utility>
#include <variant>

namespace exmc::density {
namespace {

using Definition = std::function<ir::ExpressionPtr(const std::string&)>;

struct Signed {
  ir::ExpressionPtr term;
  bool positive;
};

/// More terms than this are no sum that a person wrote.
constexpr std::size_t kMostTerms = 64;

ir::ExpressionPtr made(decltype(ir::Expression::node) node, std::size_t column) {
  return std::make_shared<const ir::Expression>(ir::Expression{std::move(node), column});
}

/// Splits sums, and names `depth` levels deep.
void collect(const ir::ExpressionPtr& expression, bool positive, int depth, const Definition& definition,
             std::vector<Signed>& terms) {
  if (terms.size() > kMostTerms) return;
  if (const auto* const binary = std::get_if<ir::Binary>(&expression->node)) {
    const bool adds = binary->op == ir::BinaryOperator::add;
    if (adds || binary->op == ir::BinaryOperator::subtract) {
      collect(binary->left, positive, depth, definition, terms);
      return collect(binary->right, positive == adds, depth, definition, terms);
    }
  }
  const auto* const name = std::get_if<ir::Name>(&expression->node);
  if (name != nullptr && depth > 0) {
    if (const ir::ExpressionPtr meaning = definition(name->name)) {
      return collect(meaning, positive, depth - 1, definition, terms);
    }
  }
  terms.push_back({expression, positive});
}

/// The sum of all but one.
ir::ExpressionPtr sum_without(const std::vector<Signed>& terms, std::size_t left_out) {
  ir::ExpressionPtr sum;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (i == left_out) continue;
    const ir::ExpressionPtr& term = terms[i].term;
    if (sum) {
      const auto op = terms[i].positive ? ir::BinaryOperator::add : ir::BinaryOperator::subtract;
      sum = made(ir::Binary{op, sum, term}, term->column);
    } else {
      sum = terms[i].positive ? term : made(ir::Unary{ir::UnaryOperator::negate, term}, term->column);
    }
  }
  return sum;
}

}  // namespace

std::vector<AdditiveTerm> additive_terms(const ir::ExpressionPtr& expression, const Definition& definition) {
  constexpr int deepest = 3;
  std::vector<AdditiveTerm> found;
  std::size_t coarser = 1;
  for (int depth = 0; depth <= deepest; ++depth) {
    std::vector<Signed> terms;
    collect(expression, true, depth, definition, terms);
    if (terms.size() > kMostTerms) break;
    if (terms.size() <= coarser) continue;
    coarser = terms.size();
    for (std::size_t i = 0; i < terms.size(); ++i) {
      if (terms[i].positive) found.push_back({terms[i].term, sum_without(terms, i)});
    }
  }
  return found;
}

}  // namespace exmc::density
