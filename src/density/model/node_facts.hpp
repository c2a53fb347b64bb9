#pragma once

#include <string>
#include <utility>
#include <vector>

#include "dependency.hpp"
#include "exmc/ir/model.hpp"

/// What can be told of a node before it is compiled, whatever its kind.
namespace exmc::density {

/// Expressions with the keys that they stand under.
using Expressions = std::vector<std::pair<std::string, ir::ExpressionPtr>>;
[[nodiscard]] Expressions expressions_of(const ir::Node& node);
/// "nodes.theta.mu"; for a generated variable the key stands in an object of its own.
[[nodiscard]] std::string path_of(const ir::Node& node, const std::string& key);
/// Whether a node's values are saved with the draws of the parameters.
[[nodiscard]] bool is_saved(const ir::Node& node);
/// Whether a node that is saved has whole numbers by its distribution.
[[nodiscard]] bool is_discrete(const ir::Node& node);

/// By node, whether it is a term of the density, or such a node depends on it. @param needs  of each node, without
/// cycles
[[nodiscard]] std::vector<bool> feed_the_density(const std::vector<ir::Node>& nodes, const Dependencies& needs);

}  // namespace exmc::density
