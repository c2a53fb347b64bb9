#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "../program/dependency.hpp"
#include "exmc/ir/model.hpp"

/// What can be told of a node before it is compiled, whatever its kind.
namespace exmc::density {

/// An expression with the key that it stands under.
struct Use {
  std::string key;
  ir::ExpressionPtr expression;
  std::function<bool(const std::string&)> is_local{};  ///< names that are not the model's; empty: none
};
[[nodiscard]] std::vector<Use> expressions_of(const ir::Node& node);
/// The model's names that it has. @throws InputError with `where`
[[nodiscard]] std::set<std::string> names_in(const Use& use, const std::string& where);
/// "nodes.theta.mu"; for a generated variable the key stands in an object of its own.
[[nodiscard]] std::string path_of(const ir::Node& node, const std::string& key);
/// Whether it is a variable or a potential, and not computed from others.
[[nodiscard]] bool is_random(const ir::Node& node);
/// Whether it is one: a free variable, or values that are missing from an observed one.
[[nodiscard]] bool is_parameter(const ir::Node& node);
/// Whether a node's values are saved with the draws of the parameters.
[[nodiscard]] bool is_saved(const ir::Node& node);
/// Whether a node that is saved has whole numbers by its distribution.
[[nodiscard]] bool is_discrete(const ir::Node& node);

/// By node, whether it is a term of the density, or such a node depends on it. @param needs  of each node, without
/// cycles
[[nodiscard]] std::vector<bool> feed_the_density(const std::vector<ir::Node>& nodes, const Dependencies& needs);

}  // namespace exmc::density
