#include "named_products.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <variant>

#include "../functions/expression_compiler.hpp"
#include "../functions/expression_parts.hpp"
#include "node_facts.hpp"

namespace exmc::density {
namespace {

using ir::ExpressionPtr;

/// How often a name stands in an expression. In a subscript it counts as often, as nothing can be done there.
std::size_t count(const ExpressionPtr& expression, const std::string& name) {
  constexpr std::size_t often = 2;
  if (!expression) return 0;
  if (const auto* const found = std::get_if<ir::Name>(&expression->node)) return found->name == name ? 1 : 0;
  std::size_t total = 0;
  if (const auto* const index = std::get_if<ir::Index>(&expression->node)) {
    const auto add = [&](const ExpressionPtr& part) { total += often * count(part, name); };
    for (const ir::Subscript& subscript : index->subscripts) {
      if (const auto* const one = std::get_if<ExpressionPtr>(&subscript)) add(*one);
      if (const auto* const slice = std::get_if<ir::Slice>(&subscript)) {
        for (const ExpressionPtr& part : {slice->start, slice->stop, slice->step}) add(part);
      }
    }
  }
  (void)with_parts(expression, [&](const ExpressionPtr& part) {
    total += count(part, name);
    return part;
  });
  return total;
}

ExpressionPtr replaced(const ExpressionPtr& expression, const std::string& name, const ExpressionPtr& by) {
  if (const auto* const found = std::get_if<ir::Name>(&expression->node)) return found->name == name ? by : expression;
  return with_parts(expression, [&](const ExpressionPtr& part) { return replaced(part, name, by); });
}

/// The outermost product with a matrix that a name stands in; null where there is none.
ExpressionPtr product_with(const ExpressionPtr& expression, const std::string& name) {
  if (count(expression, name) == 0) return nullptr;
  const auto* const binary = std::get_if<ir::Binary>(&expression->node);
  if (binary != nullptr && binary->op == ir::BinaryOperator::matmul) return expression;
  ExpressionPtr found;
  (void)with_parts(expression, [&](const ExpressionPtr& part) {
    if (!found) found = product_with(part, name);
    return part;
  });
  return found;
}

ExpressionPtr with_part_replaced(const ExpressionPtr& expression, const ExpressionPtr& part, const ExpressionPtr& by) {
  if (expression == part) return by;
  return with_parts(expression, [&](const ExpressionPtr& inner) { return with_part_replaced(inner, part, by); });
}

/// The expressions of a node that a product may be taken out of.
std::vector<ExpressionPtr*> changeable(ir::Node& node) {
  std::vector<ExpressionPtr*> all;
  if (auto* const variable = std::get_if<ir::RandomVariable>(&node.kind)) {
    for (auto& [key, value] : variable->parameters) all.push_back(&value);
    if (variable->value) all.push_back(&variable->value);
  }
  if (auto* const derived = std::get_if<ir::Derived>(&node.kind)) all.push_back(&derived->value);
  if (auto* const potential = std::get_if<ir::Potential>(&node.kind)) all.push_back(&potential->value);
  return all;
}

bool is_number(const ir::RandomVariable& variable, const std::string& key, double expected) {
  const auto found = variable.parameters.find(key);
  const auto* const literal =
      found == variable.parameters.end() ? nullptr : std::get_if<ir::Literal>(&found->second->node);
  return literal != nullptr && literal->value.shape.empty() && literal->value.values.front() == expected;
}

bool is_standard_normal(const ir::Node& node) {
  const auto* const variable = std::get_if<ir::RandomVariable>(&node.kind);
  return variable != nullptr && variable->is_free() && !variable->support && !variable->as_written &&
         variable->distribution == "normal" && is_number(*variable, "mu", 0) && is_number(*variable, "sigma", 1);
}

class Namer {
 public:
  explicit Namer(NamedProducts& named) : named_(named) {}

  /// Follows a variable through what it is scaled to, into the only product that it stands in.
  void name(std::size_t vector) {
    std::string name = named_.model.nodes[vector].name;
    ExpressionPtr meaning = std::make_shared<const ir::Expression>(ir::Expression{ir::Name{name}});
    constexpr int deepest = 4;
    for (int depth = 0; depth < deepest; ++depth) {
      ExpressionPtr* const user = only_user(name);
      if (user == nullptr) return;
      if (const ExpressionPtr product = product_with(*user, name)) {
        return take_out(*user, product, replaced(product, name, meaning), vector);
      }
      if (user_is_ == nullptr) return;
      meaning = replaced(*user, name, meaning);
      name = *user_is_;
    }
  }

 private:
  /// Where a name stands, if once; user_is_ then names the derived node that it is.
  ExpressionPtr* only_user(const std::string& name) {
    const std::vector<bool> feeding = feed_the_density(named_.model.nodes, needs());
    std::size_t uses = 0;
    ExpressionPtr* found = nullptr;
    user_is_ = nullptr;
    for (std::size_t i = 0; i < feeding.size(); ++i) {
      if (!feeding[i]) continue;
      ir::Node& node = named_.model.nodes[i];
      for (const Use& use : expressions_of(node)) uses += count(use.expression, name);
      for (ExpressionPtr* const expression : changeable(node)) {
        if (count(*expression, name) == 0) continue;
        found = expression;
        if (std::holds_alternative<ir::Derived>(node.kind)) user_is_ = &node.name;
      }
    }
    return uses == 1 ? found : nullptr;
  }

  [[nodiscard]] Dependencies needs() const {
    std::map<std::string, std::size_t> numbers;
    for (const ir::Node& node : named_.model.nodes) numbers.emplace(node.name, numbers.size());
    Dependencies needs;
    for (const ir::Node& node : named_.model.nodes) {
      std::set<std::size_t>& needed = needs.emplace_back();
      for (const Use& use : expressions_of(node)) {
        for (const std::string& name : names_in(use, "")) {
          const auto number = numbers.find(ir::node_of_value(name));
          if (number != numbers.end()) needed.insert(number->second);
        }
      }
    }
    return needs;
  }

  void take_out(ExpressionPtr& user, const ExpressionPtr& product, ExpressionPtr meaning, std::size_t vector) {
    const std::string name = named_.model.nodes[vector].name + "@";  // which no author can write
    const ir::Name named{name};
    user = with_part_replaced(user, product, std::make_shared<const ir::Expression>(ir::Expression{named}));
    named_.products.push_back({vector, named_.model.nodes.size()});
    named_.model.nodes.push_back({name, ir::Derived{std::move(meaning), false}});
  }

  NamedProducts& named_;
  const std::string* user_is_ = nullptr;
};

bool has_product(const ir::Model& model) {
  bool found = false;
  for (const ir::Node& node : model.nodes) {
    const std::function<void(const ExpressionPtr&)> look = [&](const ExpressionPtr& expression) {
      const auto* const binary = std::get_if<ir::Binary>(&expression->node);
      found = found || (binary != nullptr && binary->op == ir::BinaryOperator::matmul);
      (void)with_parts(expression, [&](const ExpressionPtr& part) {
        look(part);
        return part;
      });
    };
    for (const Use& use : expressions_of(node)) look(use.expression);
  }
  return found;
}

}  // namespace

std::optional<NamedProducts> name_products(const ir::Model& model, const std::set<std::string>& left_out) {
  if (!has_product(model) || std::ranges::none_of(model.nodes, is_standard_normal)) return std::nullopt;
  NamedProducts named{model, {}};
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    if (is_standard_normal(model.nodes[i]) && !left_out.contains(model.nodes[i].name)) Namer(named).name(i);
  }
  return named.products.empty() ? std::nullopt : std::optional(std::move(named));
}

}  // namespace exmc::density
