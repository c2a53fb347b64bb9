#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "../coordinates/variable_compiler.hpp"
#include "../distributions/distribution.hpp"
#include "../functions/expression_compiler.hpp"
#include "../laws/law.hpp"
#include "../laws/shape_inference.hpp"
#include "../program/builder.hpp"
#include "../program/dependency.hpp"
#include "../program/program.hpp"
#include "exmc/ir/model.hpp"
#include "outputs.hpp"

namespace exmc::density {

/// Compiles the nodes of one model, each after those it needs.
class ModelCompiler {
 public:
  /// @param plan which variables are sampled in learned coordinates
  ModelCompiler(const ir::Model& model, std::uint64_t memory_limit, CoordinatePlan plan = {});
  /// What a plan is made from; empty where there is nothing to learn. Nothing else can be asked afterwards.
  [[nodiscard]] Survey survey();
  /// The log density, and what is saved with a draw.
  [[nodiscard]] Program compile(const OutputSelection& selection);
  /// What draws from the prior: in place of each parameter there is a random number.
  [[nodiscard]] Program compile_prior();
  /// What is computed of a draw beside its posterior: the position holds the parameters on the constrained scale.
  [[nodiscard]] Program compile_quantities(const OutputSelection& selection);
  /// The free variables that observed nodes name, or what these are computed from.
  [[nodiscard]] std::vector<std::string> variables_behind_data() const;

 private:
  /// What the nodes are compiled for.
  enum class Aim {
    density,
    survey,     ///< what can be learned of them: nothing is added to the log density
    prior,      ///< free variables are random numbers
    quantities  ///< free variables are known: the position has them on the constrained scale
  };

  [[nodiscard]] std::vector<std::size_t> order_nodes() const;
  void compile_nodes(const std::vector<std::size_t>& order, bool generated);
  void sort_by_node();
  [[nodiscard]] Purpose purpose_of_draws(Purpose usual) const { return aim_ == Aim::prior ? Purpose::prior : usual; }
  [[nodiscard]] bool may_learn(const Dependencies& needs) const;
  void survey_variable(std::size_t index, Survey& survey, std::vector<View>& views);
  void survey_sums(std::size_t index, const Law& law, Survey& survey, std::vector<View>& views);
  [[nodiscard]] ir::ExpressionPtr inside_of_calls(const ir::ExpressionPtr& expression) const;
  [[nodiscard]] ir::ExpressionPtr definition(const std::string& name) const;
  void survey_terms(std::size_t index, Survey& survey, std::vector<View>& views);
  [[nodiscard]] std::optional<std::size_t> only_user(const Survey& survey, const std::vector<bool>& feeding,
                                                     std::size_t variable) const;
  void survey_standardised(Survey& survey, std::vector<View>& views);
  [[nodiscard]] std::size_t free_elements(const Survey& survey, const std::set<std::string>& names) const;
  void survey_standard_vector(const Survey& survey, std::size_t derived, const ir::Expression& expression,
                              SurveyedVariable& variable, std::span<View> views);
  void survey_vector(std::size_t index, const Law& law, Survey& survey, std::vector<View>& views);
  [[nodiscard]] std::set<std::size_t> nodes_named(const ir::ExpressionPtr& expression) const;
  void evaluate_survey(Survey& survey, const std::vector<View>& views);
  [[nodiscard]] std::vector<FreeParameter> place_parameters();
  [[nodiscard]] std::set<std::size_t> needs_of(const ir::Node& node) const;
  [[nodiscard]] std::optional<std::size_t> node_called(const std::string& name, const std::string& where) const;

  void compile_node(std::size_t index);
  void compile_node(std::size_t index, const ir::RandomVariable& node);
  void compile_node(std::size_t index, const ir::Derived& node);
  void compile_node(std::size_t index, const ir::Potential& node);
  void compile_node(std::size_t index, const ir::Generated& node);
  void compile_node(std::size_t index, const ir::Recurrence& node);
  void compile_node(std::size_t index, const ir::DifferentialEquation& node);
  void compile_arrays(std::size_t index, const ir::Scan& scan);
  void compile_arrays(std::size_t index, const ir::Ode& ode);
  void name_outputs(std::size_t index, const std::map<std::string, View>& arrays);
  void compile_node(std::size_t index, const ir::Imputed& node);
  void compile_value(std::size_t index, const ir::RandomVariable& node);
  [[nodiscard]] bool has_data(const ir::ExpressionPtr& value) const;
  void compile_with_missing(std::size_t index, const ir::RandomVariable& node);
  [[nodiscard]] View impute(std::size_t imputed, const Law& law, const Array& data, const std::string& place);
  void draw_missing(std::size_t index, std::size_t imputed, const Law& law, const Array& data);
  void require_complete(const ir::Node& user, const std::string& key, const std::string& name,
                        const std::string& place) const;
  [[nodiscard]] View generate(std::size_t index, const ir::RandomVariable& node);
  [[nodiscard]] ShapeRequest shape_request(std::size_t index, const ir::RandomVariable& node);
  [[nodiscard]] View data_of(std::size_t index, const ir::RandomVariable& node);
  void observe(std::size_t index, const Law& law, const std::string& key);
  [[nodiscard]] View introduce(std::size_t index, const Support& support, const Bounds& bounds, const Shape& shape);
  [[nodiscard]] View introduce_learned(std::size_t index, const Law& law);
  [[nodiscard]] View free_values(std::size_t index, const Law& law);
  [[nodiscard]] View draw_prior(std::size_t index, const Law& law, std::size_t stream);
  [[nodiscard]] View take_parameter(std::size_t index, const Support& support, const Shape& shape);
  [[nodiscard]] bool is_seen(const ir::Node& node) const;
  void add_saved(Outputs& outputs);
  void add_observed(const OutputSelection& selection, Outputs& outputs);
  void add_predictive(Outputs& outputs);
  void add_terms(const OutputSelection& selection, Outputs& outputs);
  void add_potentials(Outputs& outputs);
  void add_bounds(Outputs& outputs);
  void note_transform(std::size_t index, const Shape& free, const Support& support, const Bounds& bounds);
  [[nodiscard]] std::map<OutputGroup, std::size_t> group_sizes() const;
  void add_log_densities(OutputGroup group, const std::vector<NodeLaw>& nodes, Outputs& outputs);
  [[nodiscard]] View lookup(const std::string& name);
  [[nodiscard]] std::vector<View> hidden_states(const std::string& name);
  [[nodiscard]] std::string where(std::size_t index, const std::string& key = "") const;

  const ir::Model& model_;
  std::map<std::string, std::size_t> nodes_;
  Builder builder_;
  ExpressionCompiler expressions_;
  LawCompiler laws_;
  VariableCompiler learned_;
  std::set<std::string> incomplete_;  ///< data with missing values
  Aim aim_ = Aim::density;
  bool generating_ = false;          ///< a node whose values the density does not need
  std::optional<Law> surveyed_law_;  ///< of the variable compiled last
  std::map<std::string, View> data_;
  std::vector<View> values_;             ///< by node; of one with several outputs nothing
  std::map<std::string, View> outputs_;  ///< of such nodes, by "node.output"
  std::vector<FreeParameter> parameters_;
  std::vector<ParameterTransform> transforms_;
  std::map<std::string, Bounds> bounds_;  ///< by parameter, of those that have some
  std::vector<ObservedVariable> observed_;
  std::vector<NodeLaw> observations_, priors_;  ///< of observed nodes, of free ones
};

}  // namespace exmc::density
