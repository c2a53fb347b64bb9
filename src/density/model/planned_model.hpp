#pragma once

#include <cstdint>
#include <optional>

#include "../coordinates/plan.hpp"
#include "exmc/ir/model.hpp"

namespace exmc::density {

/// Which coordinates of a model are learned, and the model that they are planned for where it is not the given one: the
/// same with names for products (named_products.hpp).
struct PlannedModel {
  CoordinatePlan plan;
  std::optional<ir::Model> named;
};
[[nodiscard]] PlannedModel plan_model(const ir::Model& model, std::uint64_t memory_limit);

}  // namespace exmc::density
