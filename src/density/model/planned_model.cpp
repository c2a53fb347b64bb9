#include "planned_model.hpp"

#include <set>
#include <string>
#include <utility>

#include "model_compiler.hpp"
#include "named_products.hpp"

namespace exmc::density {
namespace {

/// Whether a standard normal variable is planned as the vectors that a derived node makes of it.
bool is_vectors(const CoordinatePlan& plan, std::size_t variable) {
  const auto found = plan.variables.find(variable);
  return found != plan.variables.end() && found->second.vectors && found->second.standardised;
}

}  // namespace

PlannedModel plan_model(const ir::Model& model, std::uint64_t memory_limit) {
  CoordinatePlan plan = plan_coordinates(ModelCompiler(model, memory_limit).survey());
  std::set<std::string> as_written;
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    if (is_vectors(plan, i)) as_written.insert(model.nodes[i].name);
  }
  while (std::optional<NamedProducts> named = name_products(model, as_written)) {
    CoordinatePlan with_names = plan_coordinates(ModelCompiler(named->model, memory_limit).survey());
    bool all = true;
    for (const NamedProducts::Product& product : named->products) {
      if (is_vectors(with_names, product.vector)) continue;
      as_written.insert(model.nodes[product.vector].name);
      all = false;
    }
    if (all) return {std::move(with_names), std::move(named->model)};
  }
  return {std::move(plan), std::nullopt};
}

}  // namespace exmc::density
