#include "expression_compiler.hpp"

#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "exmc/core/error.hpp"
#include "functions.hpp"
#include "matmul.hpp"
#include "subscripts.hpp"

namespace exmc::density {
namespace {

std::string at_column(const std::string& where, const ir::Expression& expression) {
  return expression.column == 0 ? where : where + ": column " + std::to_string(expression.column);
}

class NameCollector {
 public:
  NameCollector(const std::string& where, std::set<std::string>& names) : where_(where), names_(names) {}

  void visit(const ir::ExpressionPtr& expression) {
    if (expression) visit(*expression);
  }
  void visit(const ir::Expression& expression) {
    if (++depth_ > kMaxDepth) {
      throw InputError(where_, "an expression nested deeper than " + std::to_string(kMaxDepth) + " levels");
    }
    std::visit([this](const auto& node) { collect(node); }, expression.node);
    --depth_;
  }

 private:
  void collect(const ir::Literal&) {}
  void collect(const ir::Name& name) { names_.insert(name.name); }
  void collect(const ir::Unary& unary) { visit(unary.operand); }
  void collect(const ir::Binary& binary) {
    visit(binary.left);
    visit(binary.right);
  }
  void collect(const ir::Call& call) {
    for (const auto& argument : call.arguments) visit(argument);
    for (const auto& [name, argument] : call.keywords) visit(argument);
  }
  void collect(const ir::Index& index) {
    visit(index.base);
    for (const ir::Subscript& subscript : index.subscripts) {
      if (const auto* expression = std::get_if<ir::ExpressionPtr>(&subscript)) visit(*expression);
      if (const auto* slice = std::get_if<ir::Slice>(&subscript)) {
        visit(slice->start);
        visit(slice->stop);
        visit(slice->step);
      }
    }
  }

  const std::string& where_;
  std::set<std::string>& names_;
  std::size_t depth_ = 0;
};

}  // namespace

void collect_names(const ir::Expression& expression, const std::string& where, std::set<std::string>& names) {
  NameCollector(where, names).visit(expression);
}

/// Compiles one expression; the members for node types say where they stand by `expression`.
struct ExpressionCompiler::Visitor {
  Builder& builder;
  const Lookup& lookup;
  const std::string& where;
  const ir::Expression& expression;

  [[noreturn]] void refuse(const std::string& message) const {
    throw InputError(at_column(where, expression), message);
  }
  [[nodiscard]] View compile(const ir::ExpressionPtr& part) const {
    return std::visit(Visitor{builder, lookup, where, *part}, part->node);
  }

  View operator()(const ir::Literal& literal) const { return builder.constant(literal.value); }
  View operator()(const ir::Name& name) const { return lookup(name.name); }

  View operator()(const ir::Unary& unary) const {
    const View operand = compile(unary.operand);
    return unary.op == ir::UnaryOperator::plus ? operand : builder.apply<Negate>({operand});
  }

  View operator()(const ir::Binary& binary) const {
    const View left = compile(binary.left), right = compile(binary.right);
    if (binary.op == ir::BinaryOperator::matmul) return matmul(builder, left, right, at_column(where, expression));
    if (!broadcast(left.shape, right.shape)) {
      refuse("shapes " + to_string(left.shape) + " and " + to_string(right.shape) + " do not broadcast");
    }
    switch (binary.op) {
      case ir::BinaryOperator::add:
        return builder.apply<Add>({left, right});
      case ir::BinaryOperator::subtract:
        return builder.apply<Subtract>({left, right});
      case ir::BinaryOperator::multiply:
        return builder.apply<Multiply>({left, right});
      case ir::BinaryOperator::divide:
        return builder.apply<Divide>({left, right});
      case ir::BinaryOperator::power:
        return power(builder, left, right);
      default:
        refuse("comparisons are not available yet");
    }
  }

  View operator()(const ir::Call& call) const {
    const Function* function = find_function(call.function);
    if (function == nullptr) refuse(advise_function(call.function));
    if (!call.keywords.empty()) {
      refuse("function \"" + call.function + "\" has no argument \"" + call.keywords.front().first + "\"");
    }
    if (call.arguments.size() != function->arguments) {
      refuse("function \"" + call.function + "\" takes " + std::to_string(function->arguments) + " argument" +
             (function->arguments == 1 ? "" : "s") + ", found " + std::to_string(call.arguments.size()));
    }
    std::vector<View> arguments;
    Shape shape;
    for (const ir::ExpressionPtr& argument : call.arguments) {
      arguments.push_back(compile(argument));
      const auto both = broadcast(shape, arguments.back().shape);
      if (!both) {
        refuse("shapes " + to_string(shape) + " and " + to_string(arguments.back().shape) + " do not broadcast");
      }
      shape = *both;
    }
    return function->lower(builder, arguments);
  }

  View operator()(const ir::Index& index) const {
    const View base = compile(index.base);
    View result = base;
    std::size_t axis = 0;
    for (const ir::Subscript& subscript : index.subscripts) {
      if (std::holds_alternative<ir::NewAxis>(subscript)) {
        result = with_new_axis(result, axis++);
        continue;
      }
      if (axis >= result.rank()) refuse("too many indices for an array of shape " + to_string(base.shape));
      if (const auto* slice = std::get_if<ir::Slice>(&subscript)) {
        const Range range = resolve_slice(bounds(*slice), result.shape[axis]);
        result = sliced(result, axis++, range);
      } else {
        result = at(result, axis, element(std::get<ir::ExpressionPtr>(subscript), result.shape[axis]));
      }
    }
    return result;
  }

  /// The value of an index or a bound: data, scalar, a whole number.
  [[nodiscard]] std::ptrdiff_t whole_number(const ir::ExpressionPtr& part) const {
    const View view = compile(part);
    if (!view.constant()) refuse("an index must not depend on parameters");
    if (view.rank() != 0) refuse("arrays as indices are not available yet");
    const double value = builder.evaluate(view).values.front();
    if (value != std::floor(value) || std::abs(value) > 0x1p53) refuse("an index must be a whole number");
    return static_cast<std::ptrdiff_t>(value);
  }

  [[nodiscard]] std::size_t element(const ir::ExpressionPtr& part, std::size_t length) const {
    const std::ptrdiff_t index = whole_number(part), size = static_cast<std::ptrdiff_t>(length);
    if (index < -size || index >= size) {
      refuse("index " + std::to_string(index) + " is outside an axis of length " + std::to_string(length));
    }
    return static_cast<std::size_t>(index < 0 ? index + size : index);
  }

  [[nodiscard]] SliceBounds bounds(const ir::Slice& slice) const {
    SliceBounds result;
    if (slice.start) result.start = whole_number(slice.start);
    if (slice.stop) result.stop = whole_number(slice.stop);
    if (slice.step) result.step = whole_number(slice.step);
    if (result.step == 0) refuse("the step of a slice must not be 0");
    return result;
  }
};

View ExpressionCompiler::compile(const ir::Expression& expression, const std::string& where) {
  builder_.locate(where);
  return std::visit(Visitor{builder_, lookup_, where, expression}, expression.node);
}

}  // namespace exmc::density
