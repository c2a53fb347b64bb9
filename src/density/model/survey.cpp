#include <algorithm>
#include <cstring>

#include "../coordinates/vector_form.hpp"
#include "../distributions/terms.hpp"
#include "../functions/functions.hpp"
#include "../laws/own_support.hpp"
#include "exmc/core/random.hpp"
#include "model_compiler.hpp"
#include "node_facts.hpp"

/// What a model's variables depend on, found by computing their locations and scales.
namespace exmc::density {
namespace {

const ir::RandomVariable* random_variable(const ir::Node& node) { return std::get_if<ir::RandomVariable>(&node.kind); }

bool is_free(const ir::Node& node) {
  const ir::RandomVariable* const variable = random_variable(node);
  return variable != nullptr && variable->is_free();
}

/// Whether a variable lives where its distribution does.
bool is_everywhere(const ir::RandomVariable& variable, const Distribution& distribution) {
  return !variable.lower && !variable.upper && is_own_support(distribution, variable);
}

const LocationScale* family_of(const ir::RandomVariable& variable) {
  const Distribution* const distribution = find_distribution(variable.distribution);
  if (distribution == nullptr || !distribution->location_scale || !is_everywhere(variable, *distribution))
    return nullptr;
  const LocationScale& family = *distribution->location_scale;
  return family.of == LocationScale::Of::multiple ? nullptr : &family;
}

bool is_normal_vector(const ir::RandomVariable& variable) {
  return variable.distribution == "mv_normal" && is_everywhere(variable, *find_distribution("mv_normal"));
}

/// The key that the scale stands under.
std::string scale_key(const ir::RandomVariable& variable, const LocationScale& family) {
  return std::string(variable.parameters.contains(std::string(family.scale)) ? family.scale : family.precision);
}

View scale_of(Builder& builder, const Law& law, const LocationScale& family) {
  return law.variable.has(family.scale) ? law.variable[family.scale]
                                        : scale_of_precision(builder, law.variable[family.precision]);
}

struct SurveyedViews {
  View location, scale;
  bool constant_location, constant_scale;
};

SurveyedViews views_of(Builder& builder, const Law& law, const LocationScale& family) {
  const View scale = scale_of(builder, law, family);
  const Variable& v = law.variable;
  if (!family.walk) {
    const View& location = v[family.location];
    return {location, scale, location.constant(), scale.constant()};
  }
  const bool regresses = v.has("rho");
  const bool moves = regresses ? !v["constant"].constant() || !v["rho"].constant() : !v["mu"].constant();
  return {builder.constant(0.0), with_new_axis(scale, scale.rank()), v["init_mu"].constant() && !moves,
          scale.constant() && v["init_sigma"].constant()};
}

/// Values of the surveyed views at one position.
std::vector<std::vector<double>> evaluate(const Program& program, const std::vector<double>& position) {
  AlignedVector values(program.variables), adjoints(program.adjoints);
  const Arena arena{program.constants.data(), values.data(), adjoints.data()};
  std::copy(position.begin(), position.end(), values.begin());
  for (const Instruction& instruction : program.saved_instructions) instruction.forward(instruction, arena);
  std::vector<std::vector<double>> all;
  for (const View& view : program.saved_views) {
    all.emplace_back(element_count(view.shape));
    copy_elements(view.constant() ? arena.constants : arena.values, view, all.back().data());
  }
  return all;
}

}  // namespace

bool ModelCompiler::may_learn(const Dependencies& needs) const {
  std::vector<bool> varies(model_.nodes.size());
  for (const std::size_t index : sort_by_dependency(needs).order) {
    const ir::Node& node = model_.nodes[index];
    const bool depends =
        std::any_of(needs[index].begin(), needs[index].end(), [&](std::size_t n) { return varies[n]; });
    const ir::RandomVariable* const variable = random_variable(node);
    const bool has_family = variable != nullptr && (family_of(*variable) != nullptr || is_normal_vector(*variable));
    if (is_free(node) && depends && has_family && !variable->as_written) return true;
    const auto* const derived = std::get_if<ir::Derived>(&node.kind);
    if (derived != nullptr && depends && std::holds_alternative<ir::Binary>(derived->value->node)) return true;
    varies[index] = depends || is_free(node);
  }
  return false;
}

Survey ModelCompiler::survey() {
  Survey survey;
  const std::vector<std::size_t> order = order_nodes();
  for (const ir::Node& node : model_.nodes) survey.needs.push_back(needs_of(node));
  if (!may_learn(survey.needs)) return {};
  aim_ = Aim::survey;
  std::vector<View> views;
  for (const std::size_t index : order) {
    const ir::Node& node = model_.nodes[index];
    if (std::holds_alternative<ir::Generated>(node.kind)) continue;
    compile_node(index);
    if (random_variable(node) != nullptr) survey_variable(index, survey, views);
  }
  survey_standardised(survey, views);
  for (const ir::Node& node : model_.nodes) survey.random.push_back(is_random(node));
  evaluate_survey(survey, views);
  return survey;
}

std::set<std::size_t> ModelCompiler::nodes_named(const ir::ExpressionPtr& expression) const {
  std::set<std::string> names;
  if (expression) collect_names(*expression, model_.source, names);
  std::set<std::size_t> found;
  for (const std::string& name : names) {
    const auto node = nodes_.find(ir::node_of_value(name));
    if (node != nodes_.end()) found.insert(node->second);
  }
  return found;
}

void ModelCompiler::survey_vector(std::size_t index, const Law& law, Survey& survey, std::vector<View>& views) {
  if (law.shape.back() > kLongestVector) return;
  SurveyedVariable surveyed;
  surveyed.node = index;
  surveyed.shape = law.shape;
  surveyed.vectors = true;
  surveyed.constant_location = law.variable["mu"].constant();
  surveyed.constant_scale = std::ranges::none_of(law.variable.parameters, [](const auto& parameter) {
    return parameter.first != "mu" && !parameter.second.constant();
  });
  survey.variables.push_back(std::move(surveyed));
  views.push_back(broadcast_to(law.variable["mu"], law.shape));
  views.push_back(broadcast_to(builder_.constant(1.0), law.shape));
  views.push_back(values_[index]);
}

void ModelCompiler::survey_variable(std::size_t index, Survey& survey, std::vector<View>& views) {
  const ir::RandomVariable& variable = *random_variable(model_.nodes[index]);
  const Law& law = *surveyed_law_;
  const bool observed = !variable.is_free();
  if (variable.missing == ir::Missing::dropped || (observed && !values_[index].constant())) return;
  if (!observed && !variable.as_written) {
    const bool one_bound = law.bounds.any() && !(law.bounds.lower && law.bounds.upper);
    if (one_bound || (!law.bounds.any() && law.support == &kPositiveSupport)) survey.positive.insert(index);
  }
  const LocationScale* const family = family_of(variable);
  if (observed && law.distribution != nullptr && law.event_rank == 0) survey_sums(index, law, survey, views);
  if (is_normal_vector(variable) && !observed && !variable.as_written && element_count(law.shape) > 0) {
    return survey_vector(index, law, survey, views);
  }
  if (family == nullptr || element_count(law.shape) == 0 || (variable.as_written && !observed)) return;
  if (family->walk && (observed || (law.variable.has("rho") && law.variable["rho"].shape.back() != 1))) return;
  const SurveyedViews viewed = views_of(builder_, law, *family);
  SurveyedVariable surveyed;
  surveyed.node = index;
  surveyed.shape = law.shape;
  surveyed.observed = observed;
  surveyed.normal = family->normal && family->of == LocationScale::Of::value;
  surveyed.walk = family->walk;
  surveyed.constant_location = viewed.constant_location;
  surveyed.constant_scale = viewed.constant_scale;
  if (surveyed.observed) surveyed.data = builder_.evaluate(values_[index]).values;
  surveyed.scale_needs = nodes_named(variable.parameters.at(scale_key(variable, *family)));
  survey.variables.push_back(std::move(surveyed));
  views.push_back(broadcast_to(viewed.location, law.shape));
  views.push_back(broadcast_to(viewed.scale, law.shape));
  const bool logarithm = family->of == LocationScale::Of::logarithm && !observed;
  views.push_back(logarithm ? *builder_.facts().known_logarithm(values_[index]) : values_[index]);
  if (survey.variables.back().observed && survey.variables.back().normal) {
    survey_terms(index, survey, views);
  }
}

void ModelCompiler::evaluate_survey(Survey& survey, const std::vector<View>& views) {
  const Program program = builder_.finish(views);
  for (std::size_t probe = 0; probe < 2; ++probe) {
    RandomStream random({}, Purpose::start, probe);
    std::vector<double> position(program.dimension);
    for (double& x : position) x = 2 * random.uniform() - 1;
    std::vector<std::vector<double>> values = evaluate(program, position);
    for (std::size_t i = 0; i < survey.variables.size(); ++i) {
      survey.variables[i].location[probe] = std::move(values[3 * i]);
      survey.variables[i].scale[probe] = std::move(values[3 * i + 1]);
      survey.variables[i].value[probe] = std::move(values[3 * i + 2]);
    }
  }
}

}  // namespace exmc::density
