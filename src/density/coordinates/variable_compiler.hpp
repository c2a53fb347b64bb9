#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "../distributions/distribution.hpp"
#include "../functions/expression_compiler.hpp"
#include "../laws/law.hpp"
#include "../program/builder.hpp"
#include "exmc/ir/model.hpp"
#include "learnable.hpp"
#include "plan.hpp"
#include "upward.hpp"
#include "walk.hpp"

namespace exmc::density {

/// Writes the instructions of the variables whose coordinates are learned.
class VariableCompiler {
 public:
  /// @param where gives the place of a node, or of one of its keys, for messages
  VariableCompiler(const ir::Model& model, Builder& builder, ExpressionCompiler& expressions, CoordinatePlan plan,
                   std::function<std::string(std::size_t, const std::string&)> where)
      : model_(model), builder_(builder), expressions_(expressions), plan_(std::move(plan)), where_(std::move(where)) {}

  [[nodiscard]] const CoordinatePlan& plan() const { return plan_; }
  [[nodiscard]] bool plans(std::size_t node) const { return plan_.variables.contains(node); }

  /// A planned variable's values: takes them from the position and adds prior and log-Jacobian to the density.
  [[nodiscard]] View introduce(std::size_t node, const Law& law);

  /// What introduce() computed in place of a derived node; nothing where it is to be compiled as any other.
  [[nodiscard]] std::optional<View> derived(std::size_t node) const {
    const auto found = derived_.find(node);
    return found == derived_.end() ? std::nullopt : std::optional(found->second);
  }

  /// What stands for the logarithm of a positive variable: itself, unless its scale is learned. Then the transform of
  /// it is emitted already, with its log-Jacobian (Builder::remember).
  [[nodiscard]] View logarithm_of(std::size_t node, const View& unconstrained);

  /// The views that what is returned by learnable() names.
  [[nodiscard]] const std::vector<View>& inner_views() const { return inner_; }
  [[nodiscard]] Learnable learnable() const;

 private:
  /// What is known of a variable before its location is.
  struct Prepared {
    View scale;
    std::optional<Message> message{}, seen{}, up{};
    std::optional<View> c{}, slot_k{}, slot_h{}, beside{};

    [[nodiscard]] bool only_slots() const { return message && slot_h && message->k == slot_k && message->h == slot_h; }
  };
  const Prepared& prepare(std::size_t node);
  [[nodiscard]] std::optional<View> one_shrinkage(const Prepared& known, const PlannedVariable& planned);
  [[nodiscard]] View scale_of(std::size_t node);
  [[nodiscard]] View compile_scale(std::size_t node, double information);
  [[nodiscard]] Message observed(const ObservedElements& seen, const Shape& shape);
  [[nodiscard]] View sums_less_rest(const ObservedElements& seen, const Shape& shape);
  [[nodiscard]] View mean_beside(const BesideElements& sums, const Shape& shape);
  void add_prior(const Law& law, const View& z);
  [[nodiscard]] std::size_t look_at(const View& view);
  [[nodiscard]] View location_of(std::size_t node, const Law& law);
  [[nodiscard]] View located(const View& location, const View& scale, const View& x);
  [[nodiscard]] View outer_scale(std::size_t node);
  [[nodiscard]] Walk walk_of(std::size_t node, const Law& law, const View& eta);
  [[nodiscard]] View introduce_walk(std::size_t node, const Law& law);
  [[nodiscard]] View introduce_vector(std::size_t node, const Law& law);
  LearnedVariable& record(std::size_t node, const View& eta, const View& x, const View& scale,
                          const std::optional<View>& z, const std::optional<View>& c);

  [[nodiscard]] const ir::RandomVariable& variable(std::size_t node) const;

  const ir::Model& model_;
  Builder& builder_;
  ExpressionCompiler& expressions_;
  CoordinatePlan plan_;
  std::function<std::string(std::size_t, const std::string&)> where_;
  std::map<std::size_t, Prepared> prepared_;
  std::map<std::size_t, View> derived_;
  std::vector<View> inner_;
  std::vector<std::size_t> order_;  ///< nodes, as introduced
  std::map<std::size_t, LearnedVariable> variables_;
  std::map<std::size_t, LearnedScale> scales_;
};

}  // namespace exmc::density
