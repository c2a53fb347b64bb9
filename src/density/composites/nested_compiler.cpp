#include "nested_compiler.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <span>
#include <variant>

#include "../functions/expression_parts.hpp"
#include "../functions/functions.hpp"
#include "../program/dependency.hpp"
#include "exmc/core/error.hpp"

namespace exmc::density {
namespace {

using ir::ExpressionPtr;

/// Where inputs stand in the nested position: by kind.
constexpr std::size_t kStateRank = std::size_t{1} << 20, kSequenceRank = std::size_t{1} << 21;

/// The same elements one after the other; along the first axis with any stride where `rows` are wanted.
View made_dense(Builder& builder, const View& view, bool rows) {
  const bool has_rows = rows && view.rank() > 0 && view.shape.front() > 0;
  if (has_rows ? is_dense(at(view, 0, 0)) : is_dense(view)) return view;
  return builder.assemble(view.shape, std::array{Builder::Part{view, dense_view(Space::constant, 0, view.shape)}});
}

bool is_elementwise(const ir::Call& call) {
  const std::span<const Function> functions = elementwise_functions();
  return std::ranges::any_of(functions, [&](const Function& function) { return function.name == call.function; });
}

bool names_any(const ExpressionPtr& expression, const std::map<std::string, View>& among, const std::string& where) {
  std::set<std::string> names;
  ir::collect_names(*expression, where, names);
  return std::ranges::any_of(names, [&](const std::string& name) { return among.contains(name); });
}

}  // namespace

NestedCompiler::NestedCompiler(Builder& around, ExpressionCompiler::Lookup outside, Refusals refusals)
    : around_(around),
      outside_(std::move(outside)),
      refusals_(std::move(refusals)),
      once_(around, [this](const std::string& name) { return lookup_around(name); }),
      nested_(around.memory_limit()),
      each_(nested_, [this](const std::string& name) { return lookup_inside(name); }) {}

void NestedCompiler::add_state(const std::string& name, const Shape& shape) {
  states_.push_back(nested_.position_block(shape, kStateRank + states_.size()));
  changing_[name] = states_.back();
}

void NestedCompiler::add_sequence(const std::string& name, const View& array) { sequences_[name] = array; }

void NestedCompiler::add_local(const std::string& name, const ExpressionPtr& expression, const std::string& where) {
  if (names_any(expression, changing_, where)) {
    changing_[name] = compile(expression, where);
  } else if (!names_any(expression, sequences_, where)) {
    given_[name] = once_.compile(*expression, where);
  } else if (runs_along(expression, where)) {
    sequences_[name] = once_.compile(*expression, where);
  } else {
    changing_[name] = compile(expression, where);
  }
}

void NestedCompiler::add_locals(const std::map<std::string, ExpressionPtr>& expressions,
                                const std::map<std::string, ExpressionPtr>& states, const std::string& where) {
  std::vector<std::string> names;
  for (const auto& [name, expression] : expressions) {
    if (!states.contains(name)) names.push_back(name);
  }
  Dependencies needs;
  for (const std::string& name : names) {
    std::set<std::string> used;
    ir::collect_names(*expressions.at(name), where + "." + name, used);
    std::set<std::size_t>& needed = needs.emplace_back();
    for (std::size_t other = 0; other < names.size(); ++other) {
      if (used.contains(names[other])) needed.insert(other);
    }
  }
  const DependencyOrder sorted = sort_by_dependency(needs);
  if (!sorted.cycle.empty()) throw InputError(where + "." + names[sorted.cycle.front()], refusals_.cycle);
  for (const std::size_t index : sorted.order) {
    add_local(names[index], expressions.at(names[index]), where + "." + names[index]);
  }
}

View NestedCompiler::compile(const ExpressionPtr& expression, const std::string& where) {
  return each_.compile(*hoisted(expression, where), where);
}

/// A name that no author can write.
ExpressionPtr NestedCompiler::named(const View& value, std::map<std::string, View>& among) {
  const std::string name = "@" + std::to_string(given_.size() + sequences_.size());
  among[name] = value;
  return std::make_shared<const ir::Expression>(ir::Expression{ir::Name{name}});
}

/// The same with names for the parts that are left to the program around.
ExpressionPtr NestedCompiler::hoisted(const ExpressionPtr& expression, const std::string& where) {
  if (std::holds_alternative<ir::Literal>(expression->node)) return expression;
  const bool is_list = std::holds_alternative<ir::List>(expression->node);  // functions want to see it
  if (!is_list && !names_any(expression, changing_, where)) {
    if (!names_any(expression, sequences_, where)) return named(once_.compile(*expression, where), given_);
    if (std::holds_alternative<ir::Name>(expression->node)) return expression;
    if (runs_along(expression, where)) return named(once_.compile(*expression, where), sequences_);
  }
  require_fixed_positions(expression, where);
  return with_parts(expression, [&](const ExpressionPtr& part) { return hoisted(part, where); });
}

/// Positions are data, of the nested program too.
void NestedCompiler::require_fixed_positions(const ExpressionPtr& expression, const std::string& where) const {
  const auto* const index = std::get_if<ir::Index>(&expression->node);
  if (index == nullptr) return;
  const auto require = [&](const ExpressionPtr& position) {
    if (!position || (!names_any(position, changing_, where) && !names_any(position, sequences_, where))) return;
    throw InputError(where + ": column " + std::to_string(position->column), refusals_.moving_position);
  };
  for (const ir::Subscript& subscript : index->subscripts) {
    if (const auto* const position = std::get_if<ExpressionPtr>(&subscript)) require(*position);
    if (const auto* const slice = std::get_if<ir::Slice>(&subscript)) {
      for (const ExpressionPtr& bound : {slice->start, slice->stop, slice->step}) require(bound);
    }
  }
}

/// Whether an expression of names that do not change and sequences of numbers is, for sequences as a whole, the
/// sequence of its values.
bool NestedCompiler::runs_along(const ExpressionPtr& expression, const std::string& where) {
  if (!names_any(expression, sequences_, where)) return once_.compile(*expression, where).rank() == 0;
  if (const auto* const name = std::get_if<ir::Name>(&expression->node)) return sequences_.at(name->name).rank() == 1;
  const auto* const binary = std::get_if<ir::Binary>(&expression->node);
  const auto* const call = std::get_if<ir::Call>(&expression->node);
  const bool of_each = std::holds_alternative<ir::Unary>(expression->node) ||
                       (binary != nullptr && binary->op != ir::BinaryOperator::matmul) ||
                       (call != nullptr && is_elementwise(*call));
  bool along = of_each;
  if (!of_each) return false;
  (void)with_parts(expression, [&](const ExpressionPtr& part) {
    along = along && runs_along(part, where);
    return part;
  });
  return along;
}

View NestedCompiler::lookup_around(const std::string& name) const {
  if (const auto given = given_.find(name); given != given_.end()) return given->second;
  if (const auto sequence = sequences_.find(name); sequence != sequences_.end()) return sequence->second;
  return outside_(name);
}

View NestedCompiler::lookup_inside(const std::string& name) {
  if (const auto changing = changing_.find(name); changing != changing_.end()) return changing->second;
  const auto sequence = sequences_.find(name);
  if (sequence == sequences_.end()) return take_in(lookup_around(name));
  if (const auto known = elements_.find(name); known != elements_.end()) return known->second;
  const View array = made_dense(around_, sequence->second, true);
  inputs_.sequences.push_back(array);
  const Shape shape(array.shape.begin() + 1, array.shape.end());
  sequence_blocks_.push_back(nested_.position_block(shape, kSequenceRank + sequence_blocks_.size()));
  return elements_[name] = sequence_blocks_.back();
}

View NestedCompiler::take_in(const View& fixed) {
  const auto known = std::ranges::find(taken_, fixed, &std::pair<View, View>::first);
  if (known != taken_.end()) return known->second;
  View inside;
  if (fixed.constant()) {
    inside = nested_.constant(around_.evaluate(fixed));
  } else {
    inputs_.fixed.push_back(made_dense(around_, fixed, false));
    inside = nested_.position_block(fixed.shape, fixed_blocks_.size());
    fixed_blocks_.push_back(inside);
  }
  taken_.emplace_back(fixed, inside);
  return inside;
}

void NestedCompiler::add_result(const View& value, const Shape& shape) {
  const View whole = broadcast_to(value, shape);
  results_.push_back(whole.constant() ? nested_.constant(nested_.evaluate(whole)) : made_dense(nested_, whole, false));
}

std::pair<NestedProgram, NestedCompiler::Inputs> NestedCompiler::finish() {
  std::vector<View> blocks = fixed_blocks_;
  blocks.insert(blocks.end(), states_.begin(), states_.end());
  blocks.insert(blocks.end(), sequence_blocks_.begin(), sequence_blocks_.end());
  NestedProgram program(nested_, blocks, results_);
  return {std::move(program), std::move(inputs_)};
}

}  // namespace exmc::density
