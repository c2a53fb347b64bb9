#include "expression_compiler.hpp"

#include <optional>
#include <stdexcept>
#include <utility>
#include <variant>
#include <vector>

#include "../kernels/elementary.hpp"
#include "../kernels/selection.hpp"
#include "../operations/covariance.hpp"
#include "../operations/indexing.hpp"
#include "../operations/join.hpp"
#include "../operations/matmul.hpp"
#include "arguments.hpp"
#include "exmc/core/error.hpp"
#include "families.hpp"
#include "shares.hpp"
#include "written_forms.hpp"

namespace exmc::density {
namespace {

std::string at_column(const std::string& where, const ir::Expression& expression) {
  return expression.column == 0 ? where : where + ": column " + std::to_string(expression.column);
}

bool is_comparison(ir::BinaryOperator op) {
  using enum ir::BinaryOperator;
  return op == less || op == less_equal || op == greater || op == greater_equal || op == equal || op == not_equal;
}

}  // namespace

/// Compiles one expression; the members for node types say where they stand by `expression`.
struct ExpressionCompiler::Visitor {
  Builder& builder;
  const Lookup& lookup;
  const HiddenLookup& hidden;
  const OfDistribution& of_distribution;
  const std::string& where;
  const ir::Expression& expression;

  [[noreturn]] void refuse(const std::string& message) const {
    throw InputError(at_column(where, expression), message);
  }
  [[nodiscard]] View compile(const ir::ExpressionPtr& part) const { return compile(*part); }
  [[nodiscard]] View compile(const ir::Expression& part) const {
    const View view = std::visit(Visitor{builder, lookup, hidden, of_distribution, where, part}, part.node);
    if (view.rank() > kMaxRank) {
      refuse(std::to_string(view.rank()) + " dimensions: at most " + std::to_string(kMaxRank) + " are possible");
    }
    return view;
  }

  View operator()(const ir::Literal& literal) const { return builder.constant(literal.value); }
  View operator()(const ir::Name& name) const { return lookup(name.name); }

  [[nodiscard]] std::vector<View> compile_all(const ir::List& list) const {
    std::vector<View> items;
    for (const ir::ExpressionPtr& item : list.items) items.push_back(compile(item));
    return items;
  }

  View operator()(const ir::List& list) const {
    const std::vector<View> items = compile_all(list);
    for (const View& item : items) {
      if (item.shape != items.front().shape) {
        refuse("a list of shapes " + to_string(items.front().shape) + " and " + to_string(item.shape) +
               ", expected equal ones");
      }
    }
    return stacked(builder, items, 0);
  }

  View operator()(const ir::Unary& unary) const {
    const View operand = compile(unary.operand);
    return unary.op == ir::UnaryOperator::plus ? operand : negate(builder, operand);
  }

  /// 1 / (1 + exp(-x)), 1 / (1 + exp(x)) or exp(x) / (1 + exp(x)) as a sigmoid, whose complement is known.
  [[nodiscard]] std::optional<View> logistic(const ir::Binary& binary) const {
    const ir::ExpressionPtr below = exponent_beside_one(binary.right), above = exponent_of(binary.left);
    if (binary.op != ir::BinaryOperator::divide || !below || (!above && !is_one(binary.left))) return std::nullopt;
    if (!above) return sigmoid(builder, negate(builder, compile(below)));
    const View argument = compile(below);
    return compile(above) == argument ? std::optional(sigmoid(builder, argument)) : std::nullopt;
  }

  /// a - x**2, exact where x is known to lie between the roots of a, or is a share and a as well: x (1 - x).
  [[nodiscard]] View distance_of_square(const View& a, const ir::ExpressionPtr& root) const {
    const View x = compile(root);
    if (!broadcast(a.shape, x.shape)) {
      refuse("shapes " + to_string(a.shape) + " and " + to_string(x.shape) + " do not broadcast");
    }
    if (a == x && is_known_share(builder, x)) return multiply(builder, x, complement(builder, x));
    const std::optional<View> known = known_distance_of_square(builder, a, x);
    return known ? *known : density::subtract(builder, a, density::power(builder, x, builder.constant(2.0)));
  }

  /// ln(1 - x**2)
  [[nodiscard]] View log_complement_of_square(const ir::ExpressionPtr& root) const {
    const View x = compile(root);
    const std::optional<View> left = known_distance_of_square(builder, builder.constant(1.0), x);
    return left ? logarithm(builder, *left)
                : log_complement(builder, density::power(builder, x, builder.constant(2.0)));
  }

  [[nodiscard]] View symmetric(const View& left, const View& right, const View& result) const {
    remember_symmetric(builder, left, right, result);
    return result;
  }

  View operator()(const ir::Binary& binary) const {
    if (const std::optional<View> known = logistic(binary)) return *known;
    const View left = compile(binary.left);
    if (const ir::ExpressionPtr root = root_of(binary.right); root && binary.op == ir::BinaryOperator::subtract) {
      return distance_of_square(left, root);
    }
    const View right = compile(binary.right);
    if (binary.op == ir::BinaryOperator::matmul) return matmul(builder, left, right, at_column(where, expression));
    if (!broadcast(left.shape, right.shape)) {
      refuse("shapes " + to_string(left.shape) + " and " + to_string(right.shape) + " do not broadcast");
    }
    switch (binary.op) {
      using enum ir::BinaryOperator;
      case add:
        return symmetric(left, right, density::add(builder, left, right));
      case subtract:
        return density::subtract(builder, left, right);
      case multiply:
        return symmetric(left, right, density::multiply(builder, left, right));
      case divide:
        return quotient(builder, left, right);
      case power:
        return density::power(builder, left, right);
      case less:
        return builder.apply<Comparison<less>>({left, right});
      case less_equal:
        return builder.apply<Comparison<less_equal>>({left, right});
      case greater:
        return builder.apply<Comparison<greater>>({left, right});
      case greater_equal:
        return builder.apply<Comparison<greater_equal>>({left, right});
      case equal:
        return builder.apply<Comparison<equal>>({left, right});
      case not_equal:
        return builder.apply<Comparison<not_equal>>({left, right});
      case matmul:
        break;
    }
    throw std::logic_error("an operator that is none");
  }

  [[nodiscard]] std::vector<View> hidden_states(const Arguments& given, const ir::ExpressionPtr& part) const {
    const auto* name = std::get_if<ir::Name>(&part->node);
    std::vector<View> states = name != nullptr ? hidden(name->name) : std::vector<View>{};
    if (states.empty()) given.refuse("takes the name of an observed node that is an hmm, and stands in \"generated\"");
    return states;
  }

  View operator()(const ir::Call& call) const {
    if (const ir::ExpressionPtr root = root_below_one(call)) return log_complement_of_square(root);
    const Function* function = find_function(call.function);
    if (function == nullptr) refuse(advise_function(call.function));
    Arguments given(builder, *function, at_column(where, expression));
    const std::vector<ir::ExpressionPtr> sorted = given.sort(call);
    if (function->lower == nullptr) {
      return of_distribution(function->name, *sorted[0], compile(sorted[1]), at_column(where, expression));
    }
    for (std::size_t place = 0; place < sorted.size(); ++place) {
      if (!sorted[place]) {
        given.add({});
      } else if (function->arguments[place].kind == Argument::Kind::list) {
        const auto* list = std::get_if<ir::List>(&sorted[place]->node);
        if (list == nullptr) given.refuse("takes a list such as [a, b] as its first argument");
        given.add(compile_all(*list));
      } else if (asks_hidden_states(*function)) {
        given.add(hidden_states(given, sorted[place]));
      } else {
        given.add({compile(sorted[place])});
      }
    }
    return function->lower(builder, given);
  }

  View operator()(const ir::Index& index) const {
    const View base = compile(index.base);
    std::vector<IndexEntry> entries;
    for (const ir::Subscript& subscript : index.subscripts) {
      if (std::holds_alternative<ir::NewAxis>(subscript)) {
        entries.emplace_back(ir::NewAxis{});
      } else if (const auto* slice = std::get_if<ir::Slice>(&subscript)) {
        entries.emplace_back(bounds(*slice));
      } else {
        entries.emplace_back(position(std::get<ir::ExpressionPtr>(subscript)));
      }
    }
    return indexed(builder, base, entries, at_column(where, expression));
  }

  [[nodiscard]] View position(const ir::ExpressionPtr& part) const {
    const auto* binary = std::get_if<ir::Binary>(&part->node);
    if (binary != nullptr && is_comparison(binary->op)) {
      refuse("a comparison is no index, since it gives 0 and 1: multiply by it, or use where");
    }
    return compile(part);
  }

  [[nodiscard]] std::optional<std::ptrdiff_t> bound(const ir::ExpressionPtr& part) const {
    if (!part) return std::nullopt;
    const View view = compile(part);
    if (view.rank() != 0) refuse("a bound of a slice must be one number, found shape " + to_string(view.shape));
    return index_numbers(builder, view, at_column(where, expression)).front();
  }

  [[nodiscard]] SliceBounds bounds(const ir::Slice& slice) const {
    const SliceBounds result{bound(slice.start), bound(slice.stop), bound(slice.step)};
    if (result.step == 0) refuse("the step of a slice must not be 0");
    return result;
  }
};

ExpressionCompiler::HiddenLookup ExpressionCompiler::nothing_hidden() {
  return [](const std::string&) { return std::vector<View>{}; };
}

ExpressionCompiler::OfDistribution ExpressionCompiler::no_distributions() {
  return [](std::string_view function, const ir::Expression&, const View&, const std::string& where) -> View {
    throw InputError(where, std::string(function) +
                                " has no place in what is computed again and again: call it outside, of the "
                                "recurrence's or equation's output");
  };
}

View ExpressionCompiler::compile(const ir::Expression& expression, const std::string& where) {
  builder_.locate(where);
  return Visitor{builder_, lookup_, hidden_, of_distribution_, where, expression}.compile(expression);
}

}  // namespace exmc::density
